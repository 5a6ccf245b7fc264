"""CoIN: families of one image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.catalogue import datasets
from downscaling.catalogue.readers import Coin
from downscaling.data.readers import coin
from downscaling.data.readers.omissions import Omission
from downscaling.records.files import RecordError
from downscaling.records.rows import Question

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def questions(folder: Path, name: str, omitted: list[Omission]) -> list[Question]:
    """A family's questions, read as the catalogue says from raw/coin of a preset."""
    reader = datasets.question_reader(name, rendered=False)
    assert isinstance(reader, Coin)
    return coin.questions(name, reader, folder, folder.parent.parent, omitted)


def asked(
    text: str, answer: str | None, image: str | None = "a.png", **more: Any
) -> dict[str, Any]:
    """A row of CoIN's test files; without what is None."""
    row = {"question_id": "7", "image": image, "text": text, "answer": answer} | more
    return {key: value for key, value in row.items() if value is not None}


def test_questions_list_options_apart_and_name_the_answer(source: Source) -> None:
    """Catches test rows that are looked for in conversations, options read twice by a model, and
    answers that point at a wrong option."""
    rows = [
        asked("what?\noptions: cup, tin can", "tin can"),
        asked("What?\nA. cup\nB. can\nReply with the letter.", "A"),
        asked("open?\nReply in one word.", "cup"),
        asked("what?\noptions: cup, can", "jar"),
        asked("which?", None),
        asked("", "cup"),
        asked("which?", "cup", "gone.png"),
    ]
    omitted: list[Omission] = []
    folder = source("coin", "GQA/test.json", rows)
    made = questions(folder, "gqa", omitted)
    image = ("raw/coin/images/a.png",)
    assert made[0] == Question(
        "gqa-0", "families", "gqa", "", image, "what?", ("cup", "tin can"), "B", "choice"
    )
    assert (made[1].text, made[1].options, made[1].answer) == ("What?", ("cup", "can"), "A")
    assert (made[2].text, made[2].kind) == ("open?\nReply in one word.", "unstopped")
    assert (made[2].id, made[2].answer) == ("gqa-2", "cup")
    assert [(o.row, o.reason, o.image) for o in omitted] == [
        (3, "its answer 'jar' is none of its options", ""),
        (4, "its answer is empty or no text", ""),
        (5, "its text is empty or no text", ""),
        (6, "no image 'gone.png'", "gone.png"),
    ]


def test_a_row_without_an_image_is_text_alone(source: Source) -> None:
    """Catches ScienceQA's rows of text lost, and an image place that the text brings along."""
    rows = [asked("Which?\nA. a\nB. b", "B", None), asked("<image>\nWhich?\nA. a\nB. b", "A")]
    made = questions(source("coin", "ScienceQA/test.json", rows), "scienceqa", [])
    assert [(q.images, q.text, q.answer) for q in made] == [
        ((), "Which?", "B"),
        (("raw/coin/images/a.png",), "Which?", "A"),
    ]


def test_grounding_asks_for_boxes(source: Source) -> None:
    """Catches a box looked for under another key, read as a choice, or one that no box can be
    scored against."""
    size = [640, 480]
    rows = [
        asked("box the ring.", None, answer_bbox="[0.1, 0.2, 0.5, 0.61]", size=size),
        asked("box the ring.", None, answer_bbox="there", size=size),
        asked("box the ring.", "[0.1, 0.2, 0.5, 0.61]"),
    ]
    omitted: list[Omission] = []
    (made,) = questions(source("coin", "Grounding/test.json", rows), "grounding", omitted)
    assert (made.kind, made.options, made.answer) == ("box", (), "[0.1, 0.2, 0.5, 0.61]")
    assert [o.reason for o in omitted] == [
        "its answer 'there' is no box",
        "its answer_bbox is empty or no text",
    ]


@pytest.mark.parametrize(
    ("name", "task"), [("textvqa", "TextVQA"), ("vizwiz", "VizWiz"), ("vqav2", "VQAv2")]
)
def test_a_task_whose_test_file_has_no_answers_is_read_from_its_other(
    source: Source, name: str, task: str
) -> None:
    """Catches test.json, which has no answers, read in place of val.json, which CoIN scores."""
    source("coin", f"{task}/test.json", [asked("which?", None)])
    folder = source("coin", f"{task}/val.json", [asked("which?\noptions: cup, can", "cup")])
    (made,) = questions(folder, name, [])
    assert made.gold == "cup"


def test_an_open_question_is_of_its_familys_kind(source: Source) -> None:
    """Catches a family that is scored by the rule of another, and a question of ScienceQA that
    lists no options scored as words."""
    kinds = {"OCRVQA/test": "equal", "VQAv2/val": "equal", "VizWiz/val": "equal"}
    kinds |= {"GQA/test": "unstopped", "ImageNet/test": "within"}
    for file, kind in kinds.items():
        folder = source("coin", f"{file}.json", [asked("which?", "cup")])
        (made,) = questions(folder, file.split("/")[0].lower(), [])
        assert (made.kind, made.answer) == (kind, "cup")
    omitted: list[Omission] = []
    source("coin", "ScienceQA/test.json", [asked("which?", "cup")])
    assert not questions(folder, "scienceqa", omitted)
    assert [o.reason for o in omitted] == ["lists no options"]


def test_textvqa_holds_what_ten_people_answered(source: Source) -> None:
    """Catches CoIN's one answer scored in the place of the ten, those of another question, and
    fewer than ten taken for ten."""
    rows = [asked("which?", "cup", question_id=number) for number in (7, "8", 9)]
    folder = source("coin", "TextVQA/val.json", rows)
    omitted: list[Omission] = []
    with pytest.raises(RecordError, match=r"TextVQA_0.5.1_val.json: no such file"):
        questions(folder, "textvqa", [])
    file = "images/TextVQA/data/TextVQA_0.5.1_val.json"
    said = {7: ["can"] * 10, 8: ["a\n cup", "can"] * 5, 9: ["can"] * 9}
    held = {"data": [{"question_id": id, "answers": answers} for id, answers in said.items()]}
    source("coin", file, held)
    made = questions(folder, "textvqa", omitted)
    assert [(q.kind, q.answer.split("\n"), q.gold) for q in made] == [
        ("soft", ["can"] * 10, "can"),
        ("soft", ["a cup", "can"] * 5, "a cup, can"),
    ]
    assert [(o.row, o.reason) for o in omitted] == [(2, "9 people, not 10, answered 9")]
    source("coin", file, {"questions": []})
    with pytest.raises(RecordError, match=r"TextVQA_0.5.1_val.json: not TextVQA's annotations"):
        questions(folder, "textvqa", [])


def test_a_file_of_another_layout_is_named(source: Source, row: Row) -> None:
    """Catches conversations, as CoIN's training files hold them, left out one by one."""
    folder = source("coin", "GQA/test.json", [row("a.png", "<image>\nwhat?", "cup")])
    with pytest.raises(RecordError, match=r"GQA/test.json, row 0: no text, so no row of CoIN's"):
        questions(folder, "gqa", [])
