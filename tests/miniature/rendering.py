"""Renderings for tests."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from downscaling.miniature import layouts
from downscaling.miniature.sets import Rendering

SOURCES = ("coin", "m4", "blip558k", "allava", "vmcbench", "mmstar")
TRUTH = {"vmcbench": "in-domain", "mmstar": "out-of-domain"}


def changed(rendering: Rendering, **change: Any) -> Rendering:
    """A rendering with some of its values changed."""
    form = change.pop("answer_form", rendering.answer_form)
    data = rendering.data.model_copy(update=change)
    return dataclasses.replace(rendering, data=data, answer_form=form)


def render_to(folder: Path, rendering: Rendering) -> None:
    """Render everything below a preset's folder."""
    layouts.write(
        folder,
        {source: folder / "raw" / source for source in SOURCES},
        folder / "truth/scenes.jsonl",
        {name: folder / f"truth/{truth}/gold.parquet" for name, truth in TRUTH.items()},
        {name: folder / f"truth/{truth}/facts.parquet" for name, truth in TRUTH.items()},
        rendering,
    )
