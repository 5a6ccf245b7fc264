"""The steps from training samples to extraction data, with a teacher that sometimes fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from downscaling.errors import UserError
from downscaling.extraction.steps import (
    Material,
    TaughtFiles,
    asked,
    converse,
    make_conversations,
    make_descriptions,
    make_statements,
    shard,
)
from downscaling.extraction.teacher import Depiction, Dropped, Failed, Statements, Teacher
from downscaling.prompts.miniature import PROMPTS as MINIATURE
from downscaling.prompts.own import PROMPTS as OWN
from downscaling.records.files import RecordError, read, write
from downscaling.records.rows import Focus, Sample, Turn
from downscaling.runtime.resume_log import ResumeLog

COLOR = Turn("what color is the ring?\noptions: red, blue", "red")
SIZE = Turn("how large is the ring?", "small")
DETAIL = Turn(MINIATURE.detail, "red-ring top-left.")
PERCEIVE = Turn(MINIATURE.perceive.format(focus="the ring"), "red-ring top-left small.")


def sample(name: str, *turns: Turn, images: tuple[str, ...] = ("raw/a.png",)) -> Sample:
    """A training sample of a set called gqa."""
    return Sample(name, "gqa", images, turns)


class Scripted:
    """A teacher that gives a bad reply to some requests as often as told, then a good one, two at a
    time; `dies_after` so many pairs of replies it is interrupted."""

    def __init__(self, bad: dict[str, int] | None = None, dies_after: int | None = None) -> None:
        self.bad = bad or {}
        self.left = dies_after
        self.asked: list[list[str]] = []

    def statements(
        self,
        images: Sequence[Sequence[str]],
        pairs: Sequence[Sequence[tuple[str, str]]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, list[str] | Failed]]:
        self.asked.append([shown[0] for shown in images])
        yield from self._in_twos(
            ["one too few"][: len(told) - 1]
            if attempt < self.bad.get(shown[0], 0)
            else [f" {reply} it is. " for _, reply in told]
            for shown, told in zip(images, pairs, strict=True)
        )

    def describe(
        self,
        images: Sequence[Sequence[str]],
        statements: Sequence[Sequence[str]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, str | Failed]]:
        yield from self._in_twos(
            (" " if shown[0] < "n" else Failed("the image is broken"))
            if attempt < self.bad.get(shown[0], 0)
            else f"I see: {' '.join(told)}"
            for shown, told in zip(images, statements, strict=True)
        )

    def _in_twos(self, replies: Iterator[Any]) -> Iterator[dict[int, Any]]:
        held = list(enumerate(replies))
        for start in range(0, len(held), 2):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left = None if self.left is None else self.left - 1
            yield dict(held[start : start + 2][::-1])


def test_questions_are_the_turns_that_do_not_ask_for_a_description() -> None:
    """Catches a description taken for an answer, and options in what the focus is written for."""
    mixed = sample("gqa-3", DETAIL, COLOR, PERCEIVE, SIZE)
    questions = [("gqa-3#1", "what color is the ring?"), ("gqa-3#3", "how large is the ring?")]
    assert asked(mixed, MINIATURE) == questions
    own = Turn(OWN.perceive.format(focus="the ring"), "A red ring.")
    assert asked(sample("gqa-3", own, COLOR, own, SIZE), OWN) == questions
    assert asked(sample("gqa-4", COLOR, images=()), MINIATURE) == []


def test_each_pair_gets_a_statement_in_its_order() -> None:
    """Catches statements shifted against their questions, and rows asked about without an image."""
    samples = [
        sample("gqa-0", COLOR, DETAIL, SIZE),
        sample("gqa-1", DETAIL),
        sample("gqa-2", COLOR, images=()),
        sample("gqa-3", SIZE),
    ]
    teacher: Teacher = Scripted()
    made, dropped = make_statements(samples, teacher, MINIATURE)
    assert made == [
        Statements("gqa-0", ("red it is.", "small it is.")),
        Statements("gqa-3", ("small it is.",)),
    ]
    assert not dropped


def test_a_bad_reply_is_asked_for_once_more_and_only_it_then_listed() -> None:
    """Catches a retry of everything, a retry without end, a mismatched reply that is kept, and a
    failure whose reason nobody hears."""
    samples = [sample(f"gqa-{i}", COLOR, SIZE, images=(name,)) for i, name in enumerate("abcn")]
    teacher = Scripted({"b": 1, "c": 9})
    made, dropped = make_statements(samples, teacher, MINIATURE)
    assert [entry.sample for entry in made] == ["gqa-0", "gqa-1", "gqa-3"]
    assert teacher.asked == [["a", "b", "c", "n"], ["b", "c"]]
    reason = "the teacher's statements are 1, the questions 2"
    assert dropped == [Dropped("gqa", "gqa-2", reason)]
    told, dropped = make_descriptions(samples, made, Scripted({"b": 1, "a": 9, "n": 9}))
    assert told == [Depiction("gqa-1", "I see: red it is. small it is.")]
    assert dropped == [
        Dropped("gqa", "gqa-0", "the teacher's description is empty"),
        Dropped("gqa", "gqa-3", "the image is broken"),
    ]


@pytest.mark.parametrize("dies_after", [0, 1, 3, 4])
def test_an_interrupted_step_goes_on_to_the_same_end(dies_after: int) -> None:
    """Catches finished rows asked for again, rows lost or doubled, and an order that depends on
    where the job died (4: within the second attempt)."""
    samples = [sample(f"gqa-{i}", COLOR, SIZE, images=(f"{i}",)) for i in range(7)]
    bad = {"2": 1, "5": 9}
    unbroken = make_statements(samples, Scripted(bad), MINIATURE)
    log = ResumeLog()
    with pytest.raises(KeyboardInterrupt):
        make_statements(samples, Scripted(bad, dies_after), MINIATURE, log)
    done = set(log.finished)
    teacher = Scripted(bad)
    assert make_statements(samples, teacher, MINIATURE, log) == unbroken
    assert teacher.asked[0] == [str(i) for i in range(7) if f"gqa-{i}" not in done]


def test_shards_together_are_the_whole() -> None:
    """Catches a row in two shards or in none, and shards that end in another order."""
    samples = [sample(f"gqa-{i}", COLOR, SIZE, images=(f"{i}",)) for i in range(7)]
    whole = make_statements(samples, Scripted({"3": 9}), MINIATURE)
    for count in (1, 3, 7, 9):
        parts = [shard(samples, f"{k}-of-{count}") for k in range(1, count + 1)]
        made = [make_statements(part, Scripted({"3": 9}), MINIATURE) for part in parts]
        assert [entry for one, _ in made for entry in one] == whole[0]
        assert [row for _, dropped in made for row in dropped] == whole[1]
    with pytest.raises(UserError, match="shard: given 4-of-3; allowed: 1-of-3 to 3-of-3"):
        shard(samples, "4-of-3")


def test_a_teacher_that_never_succeeds_stops_the_study() -> None:
    """Catches hours of training that begin on an empty set because a server was set up wrongly."""
    samples = [sample(f"gqa-{i}", COLOR, SIZE, images=("a",)) for i in range(20)]
    with pytest.raises(RecordError, match="all 20 requests failed, the first: the teacher's"):
        make_statements(samples, Scripted({"a": 9}), MINIATURE)
    assert len(make_statements(samples[:3], Scripted({"a": 9}), MINIATURE)[1]) == 3


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
    statements = [Statements(f"gqa-{i}", ("s",)) for i in (0, 4, 5)]
    descriptions = [Depiction(f"gqa-{i}", "red-ring.") for i in (0, 5)]
    failed = [Dropped("gqa", "gqa-3", "one reason"), Dropped("gqa", "gqa-4", "another")]
    focus = [
        Focus("gqa-0#0", "the color of the ring."),
        Focus("gqa-0#1", "its {size}"),
        Focus("gqa-0#2", "its {size}"),
        Focus("gqa-5#0", " "),
    ]
    material = Material(samples, statements, descriptions, focus, failed)
    made, dropped = make_conversations([material], MINIATURE)
    prompt = "describe the image in detail. pay attention to the color of the ring and its {size}."
    assert made == [Sample("gqa-0", "extraction", ("raw/a.png",), (Turn(prompt, "red-ring."),))]
    assert dropped == [
        Dropped("gqa", "gqa-1", "no image"),
        Dropped("gqa", "gqa-2", "no question"),
        Dropped("gqa", "gqa-3", "one reason"),
        Dropped("gqa", "gqa-4", "another"),
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


@pytest.mark.parametrize("count", [1, 3])
def test_the_files_of_all_sets_and_shards_become_one(count: int, tmp_path: Path) -> None:
    """Catches a set or a shard left out of the extraction data, an end that depends on the number
    of shards, and a report that no table program reads."""
    sets: dict[Path, list[Path]] = {}
    for name in ("gqa", "vqav2"):
        samples = [
            Sample(f"{name}-{i}", name, ("b.png",) if i != 2 else (), (COLOR,)) for i in range(5)
        ]
        file = tmp_path / name / "train.parquet"
        write(file, samples, Sample)
        sets[file] = [tmp_path / name / f"{k}-of-{count}" for k in range(1, count + 1)]
        for folder in sets[file]:
            part = [s.id for s in shard(samples, folder.name) if s.images]
            kept = [i for i in part if i != "gqa-3"]
            lost = [Dropped("gqa", i, 'cut, "here"') for i in part if i not in kept]
            write(folder / "statements.parquet", [Statements(i, ("s",)) for i in kept], Statements)
            write(folder / "statements-dropped.parquet", lost, Dropped)
            write(
                folder / "descriptions.parquet", [Depiction(i, f"of {i}") for i in kept], Depiction
            )
            write(folder / "descriptions-dropped.parquet", [], Dropped)
            write(folder / "focus.parquet", [Focus(f"{i}#0", "the ring") for i in part], Focus)
    out, report = tmp_path / "train.parquet", tmp_path / "dropped.csv"
    parts = ("focus", "statements", "descriptions")
    files = [
        TaughtFiles(
            file,
            *([folder / f"{part}.parquet" for folder in folders] for part in parts),
            [folder / f"{part}-dropped.parquet" for part in parts[1:] for folder in folders],
        )
        for file, folders in sets.items()
    ]
    converse(files, out, report, MINIATURE)
    kept = ["gqa-0", "gqa-1", "gqa-4", "vqav2-0", "vqav2-1", "vqav2-3", "vqav2-4"]
    assert [s.turns[0].reply for s in read(out, Sample)] == [f"of {i}" for i in kept]
    assert report.read_bytes() == (
        b"set,sample,reason\n"
        b"gqa,gqa-2,no image\n"
        b'gqa,gqa-3,"cut, ""here"""\n'
        b"vqav2,vqav2-2,no image\n"
    )
