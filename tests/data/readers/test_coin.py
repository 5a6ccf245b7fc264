"""CoIN: families of one image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.data.readers import coin
from downscaling.data.readers.annotations import Omission
from downscaling.records.files import RecordError
from downscaling.records.rows import Question, Sample, Turn

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def test_a_row_is_one_conversation_of_several_turns(source: Source, row: Row) -> None:
    """Catches several questions on one image split up, or options lost from a training prompt."""
    rows = [
        row("a.png", "<image>\nhow many?\noptions: 1, 2", "2", "what color?", "red"),
        row(None, "what does the zorb eat?", "moss"),
    ]
    omitted: list[Omission] = []
    assert coin.samples(source("coin", "VQAv2/train.json", rows), "vqav2", omitted) == [
        Sample(
            "vqav2-0",
            "vqav2",
            ("raw/coin/images/a.png",),
            (Turn("how many?\noptions: 1, 2", "2"), Turn("what color?", "red")),
        ),
        Sample("vqav2-1", "vqav2", (), (Turn("what does the zorb eat?", "moss"),)),
    ]
    assert omitted == []


def test_questions_list_options_apart_and_name_the_answer(source: Source, row: Row) -> None:
    """Catches options read twice by a model, and answers that point at a wrong option."""
    rows = [
        row("a.png", "<image>\nwhat?\noptions: cup, tin can", "tin can"),
        row("a.png", "<image>\nWhat?\nA. cup\nB. can\nReply with the letter.", "A"),
        row("a.png", "<image>\nopen?", "cup"),
        row("a.png", "<image>\nwhat?\noptions: cup, can", "jar"),
        row("b.png", "<image>\none?\noptions: 1, 2", "1", "two?\noptions: 1, 2", "2"),
    ]
    omitted: list[Omission] = []
    folder = source("coin", "GQA/test.json", rows)
    made = coin.questions(folder, "gqa", omitted)
    image = ("raw/coin/images/a.png",)
    assert made[0] == Question(
        "gqa-0", "families", "gqa", "", image, "what?", ("cup", "tin can"), "B", "choice"
    )
    assert (made[1].text, made[1].options, made[1].answer) == ("What?", ("cup", "can"), "A")
    assert [q.id for q in made] == ["gqa-0", "gqa-1", "gqa-2", "gqa-4-0", "gqa-4-1"]
    assert (made[2].text, made[2].kind, made[2].answer) == ("open?", "text", "cup")
    assert [(o.row, o.reason) for o in omitted] == [
        (3, "turn 0: its answer 'jar' is none of its options"),
    ]


def test_grounding_asks_for_boxes(source: Source, row: Row) -> None:
    """Catches a box read as a choice, and an answer that no box can be scored against."""
    rows = [
        row("a.png", "<image>\nbox the ring.", "1 2 5 6"),
        row("a.png", "<image>\nbox", "there"),
    ]
    omitted: list[Omission] = []
    (made,) = coin.questions(source("coin", "Grounding/test.json", rows), "grounding", omitted)
    assert (made.kind, made.options, made.answer) == ("box", (), "1 2 5 6")
    assert omitted[0].reason == "turn 0: its answer 'there' is no box"


def test_a_validation_file_serves_where_there_is_no_test_file(source: Source, row: Row) -> None:
    """Catches tasks that publish val.json taken as missing."""
    rows = [row("a.png", "<image>\nwhat?\noptions: a, b", "a")]
    assert coin.questions(source("coin", "VizWiz/val.json", rows), "vizwiz", [])


def test_an_image_path_that_leads_out_stops_with_file_and_row(source: Source, row: Row) -> None:
    """Catches an annotation that reads /etc/passwd being left out quietly, or followed."""
    rows = [row("a.png", "<image>\nQ", "A"), row("../../../../etc/passwd", "<image>\nQ", "A")]
    with pytest.raises(RecordError, match=r"train.json, row 1: image '../../../../etc/passwd'"):
        coin.samples(source("coin", "GQA/train.json", rows), "gqa", [])
