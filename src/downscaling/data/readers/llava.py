"""Conversations for training in LLaVA's layout: captions, CoIN's families, M4-Instruct's families.

Layout: one JSON array or several, image paths relative to a folder; several turns may ask about one
image, and a row without an image key is text alone. Where many data sets share a file, a row's
metadata name the one that it is of. Other keys are passed over.
Sources: huggingface.co/datasets/liuhaotian/LLaVA-Pretrain, FreedomIntelligence/ALLaVA-4V,
Zacks-Chen/CoIN and lmms-lab/M4-Instruct-Data.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from ...catalogue.readers import Llava
from ...records.rows import Sample
from ..images import ImageFolder
from .annotations import conversations, dataset_of
from .files import matching
from .omissions import Omission


def samples(
    name: str,
    reader: Llava,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Sample]:
    """The training conversations of a set, named `<set>-<place among its rows>`, or
    `<set>-<file>-<place>` where the set has several files.

    source: the data set's folder. root: the preset's, which image paths are made relative to. What
    is left out is added to `omitted`. seen: as of `ImageFolder`. Raises RecordError if there is no
    file, or one is refused.
    """
    paths = matching(source, reader.files)
    images = ImageFolder(source / reader.images, root, seen)

    def is_wanted(row: dict[str, Any]) -> bool:
        return not reader.datasets or dataset_of(row) in reader.datasets

    conversed: list[Sample] = []
    for number, path in enumerate(paths):
        stem = name if len(paths) == 1 else f"{name}-{number}"
        for place, _, _, row in conversations(path, images, omitted, is_wanted):
            conversed.append(Sample(f"{stem}-{place}", name, row.images, row.turns))
    return conversed
