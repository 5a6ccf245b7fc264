"""Visual-Extraction-Tuning-382K: the extraction data as the paper's authors released them.

Layout (presumed: no page seen shows a row): a JSON file a subset, in LLaVA's layout, a request to
describe and the teacher's description; image paths as CoIN's. Another layout is refused by file
and row.
Source: huggingface.co/datasets/markendo/Visual-Extraction-Tuning-382K.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from ...catalogue.readers import Vet
from ...records.rows import Sample
from ..images import ImageFolder
from .annotations import conversations
from .files import matching
from .omissions import Omission, RowError

SKIPPED = "SKIP"
"""What the official pipeline writes in place of a description where it had no image."""


def samples(
    name: str,
    reader: Vet,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Sample]:
    """The training conversations, named `<set>-<file>-<row>`. Rows without an image, and those that
    the teacher skipped, are left out.

    source, root, omitted, seen and errors: as of `llava.samples`.
    """
    images = ImageFolder(source / reader.images, root, seen)
    usable: list[Sample] = []
    for path in matching(source, reader.files):
        for _, number, _, row in conversations(path, images, omitted, _has_an_image):
            if any(turn.reply.strip() == SKIPPED for turn in row.turns):
                omitted.append(Omission(str(path), number, "the teacher skipped it"))
                continue
            usable.append(Sample(f"{name}-{path.stem}-{number}", name, row.images, row.turns))
    return usable


def _has_an_image(row: dict[str, Any]) -> bool:
    if not row.get("image"):
        raise RowError("no image")
    return True
