"""Visual-Extraction-Tuning-382K: the extraction data as the paper's authors released them.

Layout (presumed: no page seen shows a row): a JSON file a subset, in LLaVA's layout, a request to
describe and the teacher's description; image paths as CoIN's, relative to images/. Another layout
is refused by file and row.
Source: huggingface.co/datasets/markendo/Visual-Extraction-Tuning-382K.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...records.files import RecordError
from ...records.rows import Sample
from ..images import Folder, preset_of
from .annotations import Omission, RowError, conversations

SETS = ("extraction",)
SKIPPED = "SKIP"
"""What the official pipeline writes in place of a description where it had no image."""


def samples(source: Path, name: str, omitted: list[Omission]) -> list[Sample]:
    """The training conversations, named `<set>-<file>-<row>`. Rows without an image, and those that
    the teacher skipped, are left out. Raises RecordError if there is no file."""
    paths = sorted(source.glob("*.json"))
    if not paths:
        raise RecordError(f"{source / '*.json'}: no such file")
    folder = Folder(source / "images", preset_of(source))
    made: list[Sample] = []
    for path in paths:
        for _, number, _, read in conversations(path, folder, omitted, _has_an_image):
            if any(turn.reply == SKIPPED for turn in read.turns):
                omitted.append(Omission(str(path), number, "the teacher skipped it"))
                continue
            made.append(Sample(f"{name}-{path.stem}-{number}", name, read.images, read.turns))
    return made


def _has_an_image(row: dict[str, Any]) -> bool:
    if not row.get("image"):
        raise RowError("no image")
    return True
