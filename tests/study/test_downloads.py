"""What a study fetches."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from downscaling.config.errors import ConfigError
from downscaling.stages import fetch, prepare
from planned import planned, published


def test_everything_published_is_fetched_and_nothing_rendered_is() -> None:
    """Catches a weight or set that some job reads and no job makes, and a miniature that asks for
    the network."""
    assert planned().downloads.all() == {}
    fetched = published().downloads.all()
    places = {name: path.removeprefix("results/paper/") for name, path in fetched.items()}
    assert places["qwen3-8b"] == "backbones/8B"
    assert places["siglip-so400m"] == "backbones/tower"
    assert places["qwen3-vl-8b"] == "backbones/qwen3-vl-8b"
    assert places["extract-0.6b"] == "backbones/extract-0.6b"
    assert {places[name] for name in ("m4", "interleave-bench", "mmstar")} == {
        "raw/m4",
        "raw/interleave-bench",
        "raw/mmstar",
    }


def test_a_rehearsal_fetches_what_drawn_rows_need() -> None:
    """Catches a study that fetches in part, or whose finished downloads are made anew, because a
    rehearsal can; an archive of rows of which only some are fetched; and images that are fetched
    before the rows that need them."""
    study = published()
    assert not any(study.downloads.drawn_for(name) for name in study.downloads.sets())
    assert fetch.settings(study, "gqa", "gqa").values().keys() == {"source", "pin", "entry"}
    assert "archives" not in prepare.settings(study, "coin").values()
    study = published(sources={"archives": "needed"}, tuning={"max_steps": 2})
    drawn = {name: study.downloads.drawn_for(name) for name in study.downloads.all()}
    assert {name: sets for name, sets in drawn.items() if sets} == {
        **{name: ["coin"] for name in ("coco2014", "gqa", "textvqa", "vizwiz", "ocr-vqa")},
        **{name: ["coin"] for name in ("scienceqa", "imagenet")},
        **{name: [name] for name in ("m4", "interleave-bench", "blip558k", "allava")},
        "vision-flan": ["allava"],
    }
    assert fetch.inputs(study, "gqa", "gqa").drawn == [Path("results/paper/raw/coin")]
    assert fetch.inputs(study, "m4", "m4").drawn == []
    rows = fetch.settings(study, "gqa", "gqa").rows
    assert rows is not None
    assert {one.source for one in rows} == {"coin"}
    assert len(rows) == 16
    assert prepare.settings(study, "coin").archives == "needed"


GOLDEN = {"perception": ["gold"], "reasoning": ["8B"], "modes": ["plain"]}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"prompts": "miniature"}, "prompts: given miniature with data.source published"),
        ({"data": {"train": {"nigths": 3}}}, "data.train.nigths: unknown training set"),
        ({"backbones": {"weights": {"8B": "qwen3-8b"}}}, "backbones.weights.4B: missing"),
        (
            {"backbones": {"weights": dict.fromkeys(["8B", "4B", "1.7B", "0.6B", "tower"], "x")}},
            "backbones.weights: given x twice",
        ),
        ({"released": {"extract": {"0.6B": "extract-0.6b"}}}, "released.extract: given the name"),
        ({"released": {"other": {"3B": "extract-0.6b"}}}, "released.other: given 3B"),
        ({"sources": {"mirrors": {"gqa": "here"}}}, "sources.mirrors.gqa: given here"),
        ({"runs": {"decoupled": [GOLDEN]}}, "runs.decoupled, entry 1, perception: given gold"),
        ({"sources": {"missing_share": 1.5}}, "sources.missing_share: given 1.5"),
    ],
)
def test_what_cannot_be_fetched_or_known_is_refused_in_one_line(
    changes: dict[str, Any], answer: str
) -> None:
    """Catches a fault of the configuration that a job finds out after days."""
    with pytest.raises(ConfigError, match=f"^config: {re.escape(answer)}"):
        published(**changes)
