"""CoIN: families of one image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from downscaling.catalogue import datasets
from downscaling.catalogue.readers import Coin
from downscaling.data.readers import coin
from downscaling.data.readers.omissions import Omission
from downscaling.records.rows import Question

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def questions(folder: Path, name: str, omitted: list[Omission]) -> list[Question]:
    """A family's questions, read as the catalogue says from raw/coin of a preset."""
    reader = datasets.question_reader(name, rendered=False)
    assert isinstance(reader, Coin)
    return coin.questions(name, reader, folder, folder.parent.parent, omitted)


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
    made = questions(folder, "gqa", omitted)
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
    (made,) = questions(source("coin", "Grounding/test.json", rows), "grounding", omitted)
    assert (made.kind, made.options, made.answer) == ("box", (), "1 2 5 6")
    assert omitted[0].reason == "turn 0: its answer 'there' is no box"


def test_a_validation_file_serves_where_there_is_no_test_file(source: Source, row: Row) -> None:
    """Catches tasks that publish val.json taken as missing."""
    rows = [row("a.png", "<image>\nwhat?\noptions: a, b", "a")]
    assert questions(source("coin", "VizWiz/val.json", rows), "vizwiz", [])
