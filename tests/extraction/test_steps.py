"""The steps from training samples to extraction data, with a teacher that sometimes fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from downscaling.extraction import (
    Depiction,
    Dropped,
    Material,
    Statements,
    Teacher,
    asked,
    converse,
    make_conversations,
    make_descriptions,
    make_statements,
)
from downscaling.prompts import MINIATURE, OWN
from downscaling.records import Focus, RecordError, Sample, Turn, read, write

COLOR = Turn("what color is the ring?\noptions: red, blue", "red")
SIZE = Turn("how large is the ring?", "small")
DETAIL = Turn(MINIATURE.detail, "red-ring top-left.")
PERCEIVE = Turn(MINIATURE.perceive.format(focus="the ring"), "red-ring top-left small.")


def sample(name: str, *turns: Turn, images: tuple[str, ...] = ("raw/a.png",)) -> Sample:
    """A training sample of a set called gqa."""
    return Sample(name, "gqa", images, turns)


class Scripted:
    """A teacher that gives a bad reply to some requests as often as told, then a good one."""

    def __init__(self, bad: dict[str, int] | None = None) -> None:
        self.bad = bad or {}
        self.batches: list[int] = []

    def statements(
        self,
        images: Sequence[Sequence[str]],
        pairs: Sequence[Sequence[tuple[str, str]]],
        attempt: int = 0,
    ) -> list[list[str]]:
        self.batches.append(len(images))
        return [
            ["one too few"][: len(told) - 1]
            if attempt < self.bad.get(shown[0], 0)
            else [f" {reply} it is. " for _, reply in told]
            for shown, told in zip(images, pairs, strict=True)
        ]

    def describe(
        self,
        images: Sequence[Sequence[str]],
        statements: Sequence[Sequence[str]],
        attempt: int = 0,
    ) -> list[str]:
        return [
            " " if attempt < self.bad.get(shown[0], 0) else f"I see: {' '.join(told)}"
            for shown, told in zip(images, statements, strict=True)
        ]


def test_questions_are_the_turns_that_do_not_ask_for_a_description() -> None:
    """Catches a description taken for an answer, and options in what the focus is written for."""
    own = Turn(OWN.perceive.format(focus="the ring"), "A red ring.")
    mixed = sample("gqa-3", DETAIL, COLOR, PERCEIVE, SIZE, own)
    assert asked(mixed) == [
        ("gqa-3#1", "what color is the ring?"),
        ("gqa-3#3", "how large is the ring?"),
    ]
    assert asked(sample("gqa-4", COLOR, images=())) == []


def test_each_pair_gets_a_statement_in_its_order() -> None:
    """Catches statements shifted against their questions, and rows asked about without an image."""
    samples = [
        sample("gqa-0", COLOR, DETAIL, SIZE),
        sample("gqa-1", DETAIL),
        sample("gqa-2", COLOR, images=()),
        sample("gqa-3", SIZE),
    ]
    teacher: Teacher = Scripted()
    assert make_statements(samples, teacher) == [
        Statements("gqa-0", ("red it is.", "small it is.")),
        Statements("gqa-3", ("small it is.",)),
    ]


def test_a_bad_reply_is_asked_for_once_more_and_only_it() -> None:
    """Catches a retry of everything, a retry without end, and a mismatched reply that is kept."""
    samples = [
        sample("gqa-0", COLOR, SIZE, images=("a",)),
        sample("gqa-1", COLOR, SIZE, images=("b",)),
        sample("gqa-2", COLOR, SIZE, images=("c",)),
    ]
    teacher = Scripted({"b": 1, "c": 9})
    made = make_statements(samples, teacher, batch_size=2)
    assert [len(entry.statements) for entry in made] == [2, 2, 0]
    assert teacher.batches == [2, 1, 2]
    teacher = Scripted({"b": 1, "a": 9})
    told = make_descriptions(samples, made, teacher)
    assert told == [Depiction("gqa-0", ""), Depiction("gqa-1", "I see: red it is. small it is.")]


def test_statements_of_other_samples_are_an_error() -> None:
    """Catches descriptions made from an outdated file of statements."""
    with pytest.raises(RecordError, match="statements about gqa-9, which is no sample"):
        make_descriptions([sample("gqa-0", COLOR)], [Statements("gqa-9", ("s",))], Scripted())


def test_rows_become_one_focused_turn_or_are_listed() -> None:
    """Catches a dropped row that nobody hears of, and a focus that repeats itself."""
    samples = [
        sample("gqa-0", COLOR, SIZE, SIZE),
        sample("gqa-1", COLOR, images=()),
        sample("gqa-2", DETAIL),
        sample("gqa-3", COLOR),
        sample("gqa-4", COLOR),
        sample("gqa-5", COLOR),
    ]
    statements = [Statements(f"gqa-{i}", () if i == 3 else ("s",)) for i in (0, 3, 4, 5)]
    descriptions = [Depiction(f"gqa-{i}", "" if i == 4 else "red-ring.") for i in (0, 4, 5)]
    focus = [
        Focus("gqa-0#0", "the color of the ring."),
        Focus("gqa-0#1", "its {size}"),
        Focus("gqa-0#2", "its {size}"),
        Focus("gqa-5#0", " "),
    ]
    material = Material(samples, statements, descriptions, focus)
    made, dropped = make_conversations([material], MINIATURE)
    prompt = "describe the image in detail. pay attention to the color of the ring and its {size}."
    assert made == [Sample("gqa-0", "extraction", ("raw/a.png",), (Turn(prompt, "red-ring."),))]
    assert dropped == [
        Dropped("gqa", "gqa-1", "no image"),
        Dropped("gqa", "gqa-2", "no question"),
        Dropped("gqa", "gqa-3", "statements do not match the questions"),
        Dropped("gqa", "gqa-4", "no description"),
        Dropped("gqa", "gqa-5", "no focus phrase"),
    ]


@pytest.mark.parametrize("lacking", ["statements", "description", "focus phrase"])
def test_a_part_made_for_other_samples_is_an_error(lacking: str) -> None:
    """Catches rows lost because two files of different runs were joined."""
    material = Material(
        [sample("gqa-0", COLOR)],
        [Statements("gqa-1" if lacking == "statements" else "gqa-0", ("s",))],
        [Depiction("gqa-1" if lacking == "description" else "gqa-0", "text")],
        [Focus("gqa-0#1" if lacking == "focus phrase" else "gqa-0#0", "the ring")],
    )
    with pytest.raises(RecordError, match=f"{lacking} of gqa-0"):
        make_conversations([material], MINIATURE)


def test_the_files_of_several_sets_become_one(tmp_path: Path) -> None:
    """Catches a set left out of the extraction data, and a report that no table program reads."""
    for name, image in (("gqa", "a.png"), ("vqav2", "")):
        folder = tmp_path / name
        kept = Sample(f"{name}-0", name, ("b.png",), (COLOR,))
        other = Sample(f"{name}-1", name, (image,) if image else (), (SIZE,))
        write(folder / "train.parquet", [kept, other], Sample)
        write(folder / "statements.parquet", [Statements(kept.id, ("s",))], Statements)
        write(folder / "descriptions.parquet", [Depiction(kept.id, f"of {name}")], Depiction)
        write(folder / "focus.parquet", [Focus(f"{kept.id}#0", "the ring")], Focus)
    write(
        tmp_path / "gqa" / "statements.parquet",
        [Statements("gqa-0", ("s",)), Statements("gqa-1", ())],
        Statements,
    )
    out, report = tmp_path / "train.parquet", tmp_path / "dropped.csv"
    folders = [tmp_path / "gqa", tmp_path / "vqav2"]
    converse({folder: folder / "train.parquet" for folder in folders}, out, report, "miniature")
    assert [s.turns[0].reply for s in read(out, Sample)] == ["of gqa", "of vqav2"]
    assert report.read_bytes() == (
        b"set,sample,reason\n"
        b"gqa,gqa-1,statements do not match the questions\n"
        b"vqav2,vqav2-1,no image\n"
    )
