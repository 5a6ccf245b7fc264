"""Captioning sets in LLaVA's layout: BLIP558K (alignment) and ALLaVA (detailed captions).

Layouts: blip_laion_cc_sbu_558k.json, image paths relative to images/; ALLaVA-Caption-*.json in the
folder or one below it, image paths relative to the folder itself. Keys beyond image and
conversations are passed over.
Sources: huggingface.co/datasets/liuhaotian/LLaVA-Pretrain, huggingface.co/datasets/
FreedomIntelligence/ALLaVA-4V.
"""

from __future__ import annotations

from pathlib import Path

from ...records.files import RecordError
from ...records.rows import Sample
from ..images import Folder, preset_of
from .annotations import Omission, conversations

SETS = {
    "blip558k": ("blip_laion_cc_sbu_558k.json", "images"),
    "allava": ("ALLaVA-Caption-*.json", ""),
}
"""Of each set: its annotation files, and the folder that image paths are relative to."""


def samples(source: Path, name: str, omitted: list[Omission]) -> list[Sample]:
    """The training conversations of a set, named `<set>-<row>`, or `<set>-<file>-<row>` where the
    set has several files. Raises RecordError if it has none."""
    pattern, images = SETS[name]
    paths = sorted([*source.glob(pattern), *source.glob(f"*/{pattern}")])
    if not paths:
        raise RecordError(f"{source / pattern}: no such file")
    folder = Folder(source / images, preset_of(source))
    made: list[Sample] = []
    for file, path in enumerate(paths):
        stem = name if len(paths) == 1 else f"{name}-{file}"
        for number, _, _, read in conversations(path, folder, omitted):
            made.append(Sample(f"{stem}-{number}", name, read.images, read.turns))
    return made
