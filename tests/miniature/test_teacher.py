"""The oracle teacher, on rendered data and through the steps that a real teacher goes through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import prepared
from downscaling.extraction.steps import (
    Material,
    make_conversations,
    make_descriptions,
    make_statements,
)
from downscaling.extraction.steps import asked as extraction_asked
from downscaling.miniature import sets, truth
from downscaling.miniature.sets import Rendering
from downscaling.miniature.teacher import Oracle
from downscaling.prompts.miniature import PROMPTS as MINIATURE
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Focus, Sample


@pytest.fixture(scope="module")
def oracle(rendered: Path) -> Oracle:
    """The oracle of the rendered miniature."""
    return Oracle(rendered / "truth" / "scenes.jsonl")


def samples(rendered: Path, folder: Path, name: str) -> list[Sample]:
    """A training set as its adapter gives it."""
    prepared.train(name, rendered / "raw" / "coin", folder / f"{name}.parquet")
    return read(folder / f"{name}.parquet", Sample)


def test_the_truth_holds_the_very_scenes(settings: Rendering, rendered: Path) -> None:
    """Catches a scene that changes on its way through the file."""
    known = truth.read(rendered / "truth" / "scenes.jsonl")
    rows = sets.training("gqa", settings, sets.tests(settings).contents())
    for number, row in enumerate(rows):
        held = known[f"raw/coin/images/GQA/train/{number:06d}.png"]
        assert (held.scene,) == row.scenes
        for item in row.items:
            again = held.items[item.text]
            assert (again.statement, again.needs) == (item.statement, item.needs)
            assert (again.subjects, again.focus) == (item.subjects, item.focus)


@pytest.mark.parametrize("name", ["ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz"])
def test_descriptions_contain_every_needed_fact(
    rendered: Path, tmp_path: Path, oracle: Oracle, name: str
) -> None:
    """Catches extraction data that leave out what the questions need, or get it wrong."""
    known = truth.read(rendered / "truth" / "scenes.jsonl")
    held = samples(rendered, tmp_path, name)
    statements, _ = make_statements(held, oracle, MINIATURE)
    told, _ = make_descriptions(held, statements, oracle)
    images = {sample.id: sample.images[0] for sample in held if sample.images}
    assert {entry.sample for entry in told} == {
        sample.id for sample in held if extraction_asked(sample, MINIATURE)
    }
    for entry in told:
        for item in known[images[entry.sample]].items.values():
            for need in item.needs:
                assert re.search(need.states, entry.text), (need, entry)
                assert not re.search(need.misstates, entry.text), (need, entry)


def test_a_description_begins_with_what_its_statements_are_about(
    settings: Rendering, oracle: Oracle
) -> None:
    """Catches a teacher that describes alike whatever was asked: focus would teach nothing."""
    moved = 0
    for number, row in enumerate(sets.training("gqa", settings, sets.tests(settings).contents())):
        image = f"raw/coin/images/GQA/train/{number:06d}.png"
        for item in row.items:
            ((_, text),) = next(oracle.describe([[image]], [[item.statement]])).items()
            assert text.startswith(item.subjects[0].text)
            moved += item.subjects[0] is not row.scenes[0].things[0]
    assert moved > 10


def test_statements_hold_the_answers(rendered: Path, tmp_path: Path, oracle: Oracle) -> None:
    """Catches a statement of another question of the same image."""
    held = {sample.id: sample for sample in samples(rendered, tmp_path, "vqav2")}
    for entry in make_statements(held.values(), oracle, MINIATURE)[0]:
        turns = held[entry.sample].turns
        asked = [
            int(name.split("#")[1]) for name, _ in extraction_asked(held[entry.sample], MINIATURE)
        ]
        assert len(asked) == len(entry.statements)
        for place, statement in zip(asked, entry.statements, strict=True):
            assert statement.endswith(f" is {turns[place].reply}.")


def test_all_rows_end_in_the_extraction_data_or_the_report(
    rendered: Path, tmp_path: Path, oracle: Oracle
) -> None:
    """Catches text-only rows that reach training on images, and rows lost on the way."""
    held = samples(rendered, tmp_path, "scienceqa")
    statements, _ = make_statements(held, oracle, MINIATURE)
    descriptions, _ = make_descriptions(held, statements, oracle)
    focus = [
        Focus(name, "the animal")
        for sample in held
        for name, _ in extraction_asked(sample, MINIATURE)
    ]
    material = Material(held, statements, descriptions, focus)
    made, dropped = make_conversations([material], MINIATURE)
    assert len(made) + len(dropped) == len(held)
    assert {row.reason for row in dropped} == {"no image"}
    assert {row.sample for row in dropped} == {s.id for s in held if not s.images}
    assert {sample.turns[0].prompt for sample in made} == {
        "describe the image in detail. pay attention to the animal."
    }


def test_what_the_oracle_does_not_know_is_named(rendered: Path, oracle: Oracle) -> None:
    """Catches a truth file of another rendering, used without a word."""
    with pytest.raises(RecordError, match=r"scenes.jsonl: knows no scene of raw/other.png"):
        next(oracle.describe([["raw/other.png"]], [["s"]]))
    with pytest.raises(RecordError, match="knows no scene of no image"):
        next(oracle.statements([[]], [[("Q", "A")]]))
    image = "raw/coin/images/GQA/train/000000.png"
    with pytest.raises(RecordError, match=r"has no question 'who\?'"):
        next(oracle.statements([[image]], [[("who?\noptions: a, b", "a")]]))


def test_a_broken_truth_file_is_named_with_its_line(tmp_path: Path) -> None:
    """Catches a traceback where one line would do."""
    path = tmp_path / "scenes.jsonl"
    with pytest.raises(RecordError, match="No such file"):
        Oracle(path)
    for text in ("{}", "[]", "no json", '{"image": "a", "scene": {}, "items": []}'):
        path.write_text(text, "utf-8")
        with pytest.raises(RecordError, match=r"scenes.jsonl, line 1: no scene"):
            Oracle(path)
