"""Whether one run reproduced another: planted differences are found, and named."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

import studies
from conftest import Make
from downscaling.comparison import text
from downscaling.comparison.compare import Answer, compare
from downscaling.comparison.sides import NotComparableError
from downscaling.records.files import RecordError, read, write
from downscaling.records.rows import Answer as Reply

MODEL = "models/instruct-0.6B/seed-0/model.safetensors"


def test_the_default_run_is_its_reference(default: Path, shelf: Path) -> None:
    """Catches a digest that depends on where a folder lies, and files that are not compared."""
    comparison = compare(default, None, shelf)
    assert comparison.answer == Answer.IDENTICAL
    files = [path for path in default.rglob("*") if path.is_file() and path.name[0] != "."]
    others = ("measured", "provenance", "workflow")
    beside = [p for p in files if p.relative_to(default).parts[0] in others]
    assert comparison.files.equal == comparison.files.total == len(files) - len(beside)
    assert text.brief(comparison).startswith("identical: ")


def test_a_flipped_byte_in_a_model_is_named_first(copy: Path, shelf: Path) -> None:
    """Catches a comparison that believes records instead of files, that names a later file than
    the first, and one that blames training for a file that was changed afterwards."""
    weights = copy / MODEL
    content = bytearray(weights.read_bytes())
    content[100] ^= 1
    weights.write_bytes(content)
    (copy / "scores/summary.json").write_text("{}")
    comparison = compare(copy, None, shelf)
    assert comparison.answer == Answer.WITHIN
    first = comparison.files.first
    assert first is not None
    assert (first.path, first.job) == (MODEL, "tune/instruct-0.6B/seed-0")
    assert first.cause == f"in {copy} it is no longer what its job wrote"
    assert comparison.files.total - comparison.files.equal == 2


def test_the_order_is_that_of_the_graph(copy: Path, shelf: Path) -> None:
    """Catches files in the order of their names: answers before the models that gave them."""
    run = studies.RUNS[2]
    for path in ("answers/instruct-0.6B/8B/plain/seed-0/in-domain.parquet", MODEL):
        (copy / path).write_text("edited")
    first = compare(copy, None, shelf).files.first
    assert first is not None
    assert first.path == MODEL
    assert run.perception in first.path


def test_a_changed_answer_is_found(copy: Path, shelf: Path) -> None:
    """Catches answers that are not compared because scores were not made anew of them."""
    path = "answers/extract-0.6B/8B/plain/seed-0/in-domain.parquet"
    replies = read(copy / path, Reply)
    write(
        copy / path, [*replies[:-1], Reply(replies[-1].question, "", "x", 1, False, False)], Reply
    )
    first = compare(copy, None, shelf).files.first
    assert first is not None
    assert first.path == path


def test_a_file_too_many_in_a_model_is_found(copy: Path, shelf: Path) -> None:
    """Catches an adapter that somebody laid beside the weights, which would be loaded."""
    (copy / "models/instruct-8B/seed-0/adapter.safetensors").write_bytes(b"0")
    first = compare(copy, None, shelf).files.first
    assert first is not None
    assert first.path.endswith("adapter.safetensors")
    assert first.what.startswith("is missing from")


def test_an_average_beyond_the_spread_is_not_reproduced(make: Make, shelf: Path) -> None:
    """Catches a fall that is called chance, and a cause that is not told."""
    fallen = make(rates={"instruct-8B": 0.05}, code="xyz")
    comparison = compare(fallen, None, shelf)
    assert comparison.answer == Answer.NOT_REPRODUCED
    outside = {row.key[0] for row in comparison.numbers.outside}
    assert outside == {"instruct-8B"}
    first = comparison.files.first
    assert first is not None
    assert (first.job, first.cause) == (
        "tune/instruct-8B/seed-0",
        "the job's code differs (xyz, abc)",
    )
    line = text.brief(comparison)
    assert line.startswith("not reproduced: ")
    assert first.path in line
    assert "\n" not in line


def test_another_training_is_within_the_spread(make: Make, shelf: Path) -> None:
    """Catches an interval that holds the draw of questions and not that of training."""
    other = make(seeds=(7,))
    comparison = compare(other, None, shelf)
    assert comparison.answer == Answer.WITHIN
    assert text.brief(comparison).startswith("within the spread: ")
    assert not any(row.is_far for row in comparison.numbers.rows)


def test_two_runs_without_a_reference_differ(make: Make, default: Path, tmp_path: Path) -> None:
    """Catches one training taken for the spread of trainings, and questions' intervals lost."""
    other = make(rates={"extract-0.6B": 0.5})
    comparison = compare(other, default, tmp_path)
    assert comparison.answer == Answer.DIFFERENT
    assert {row.key[0] for row in comparison.numbers.outside} == {"extract-0.6B"}
    shown = text.full(comparison)
    assert "no spread between trainings is known" in shown
    assert "of questions" in shown
    assert text.values(comparison)["rows"][0]["low"] is None
    assert compare(default, default, tmp_path).answer == Answer.IDENTICAL


def test_equal_averages_need_no_spread(copy: Path, default: Path, tmp_path: Path) -> None:
    """Catches a figure drawn by another version that passes for another finding."""
    (copy / "scores/parsers.csv").write_text("edited")
    comparison = compare(copy, default, tmp_path)
    assert comparison.answer == Answer.SAME_AVERAGES
    assert "all 6 are equal" in text.brief(comparison)


def test_the_reference_tells_two_runs_how_trainings_differ(
    make: Make, default: Path, shelf: Path
) -> None:
    """Catches a reference that lies there and is not asked."""
    comparison = compare(make(seeds=(7,)), default, shelf)
    assert comparison.answer == Answer.WITHIN
    assert comparison.spread == shelf / studies.PRESET


def test_a_study_with_several_seeds_is_a_reference_by_itself(
    make: Make, several: Path, tmp_path: Path
) -> None:
    """Catches a need for committed files where both studies are at hand."""
    assert compare(make(seeds=(7,)), several, tmp_path).answer == Answer.WITHIN
    fallen = make(rates={"instruct-8B": 0.05})
    assert compare(fallen, several, tmp_path).answer == Answer.NOT_REPRODUCED


def test_means_of_several_seeds_have_narrower_intervals(several: Path, shelf: Path) -> None:
    """Catches the interval of one training for a mean of five."""
    five = compare(several, None, shelf).numbers.rows
    one = compare(shelf / studies.PRESET, several, shelf).numbers.rows
    assert all(row.is_inside for row in (*five, *one))


@pytest.mark.parametrize(
    ("values", "told"),
    [({"preset": "other"}, "preset is 'other'"), ({"epochs": 2.0}, "tuning.epochs is 2.0")],
)
def test_another_study_is_refused(
    make: Make, default: Path, shelf: Path, values: dict[str, object], told: str
) -> None:
    """Catches numbers of two studies beside each other, as if one could reproduce the other."""
    with pytest.raises(NotComparableError, match=told):
        compare(make(**values), default, shelf)


def test_how_a_study_was_run_makes_it_no_other(copy: Path, shelf: Path) -> None:
    """Catches a run on a cluster, or with faster arithmetic, that nothing can be held against."""
    file = copy / "workflow/configuration.json"
    values = json.loads(file.read_text())
    values |= {"numerics": "native", "threads": 2, "jobs": {"tune": {"gpu": 1}}}
    file.write_text(json.dumps(values))
    assert compare(copy, None, shelf).answer == Answer.IDENTICAL


def test_what_is_missing_is_told(copy: Path, tmp_path: Path, shelf: Path) -> None:
    """Catches a traceback, or an answer, for folders that are not there, not finished, or whose
    preset has no reference."""
    with pytest.raises(NotComparableError, match="no reference for the preset tiny"):
        compare(copy, None, tmp_path)
    with pytest.raises(NotComparableError, match="no such folder"):
        compare(tmp_path / "none", None, shelf)
    shutil.rmtree(copy / "workflow")
    with pytest.raises(RecordError, match="no finished study"):
        compare(copy, None, shelf)


def test_the_crate_s_record_is_that_of_a_finished_study(copy: Path, shelf: Path) -> None:
    """Catches an unfinished study that is compared as far as it goes."""
    (copy / "provenance/crate.json").unlink()
    with pytest.raises(RecordError, match=r"crate\.json: no such file"):
        compare(copy, None, shelf)


@pytest.fixture
def small(copy: Path) -> Path:
    """What git brings of the default run: no models, no answers, no data."""
    for name in ("data", "models", "descriptions", "answers"):
        shutil.rmtree(copy / name)
    return copy


def test_committed_scores_are_no_run(
    small: Path, default: Path, tmp_path: Path, shelf: Path
) -> None:
    """Catches a clone in which nothing was run that is told "within the spread" for the scores that
    git brought, on either side; and so a killed run that is judged by an earlier one's scores."""
    told = r"copy: unfinished: 13 of 20 results are missing, data/.*; finish it \(make study\)"
    with pytest.raises(RecordError, match=told):
        compare(small, None, shelf)
    with pytest.raises(RecordError, match="unfinished: 13 of 20"):
        compare(default, small, tmp_path)


def test_a_file_that_a_folder_lost_is_missing(copy: Path, shelf: Path) -> None:
    """Catches a model without its weights that counts as one that is there."""
    (copy / MODEL).unlink()
    with pytest.raises(RecordError, match=f"1 of .* are missing, {MODEL} the first"):
        compare(copy, None, shelf)


def test_a_study_that_was_begun_anew_is_unfinished(copy: Path, shelf: Path, make: Make) -> None:
    """Catches a run of other code, killed after its first tuning, that is judged by the scores of
    the run before, which still lie there."""
    begun = make(code="xyz")
    for path in ("models/instruct-8B/seed-0", "provenance/tune/instruct-8B"):
        shutil.rmtree(copy / path)
        shutil.copytree(begun / path, copy / path)
    told = r"tune/instruct-8B/seed-0\.json: not the record that the finished study had"
    with pytest.raises(RecordError, match=told):
        compare(copy, None, shelf)


def test_scores_alone_are_compared_where_they_are_named(
    small: Path, default: Path, make: Make, tmp_path: Path, shelf: Path
) -> None:
    """Catches two clones whose committed scores nobody can compare, an answer about files that are
    not there, and one that does not say of how little it is."""
    for comparison in (
        compare(small / "scores", None, shelf),
        compare(small / "scores", default, tmp_path),
        compare(default, small / "scores", tmp_path),
    ):
        assert comparison.answer == Answer.IDENTICAL
        assert comparison.files.total == len(studies.TABLES) + 1
        assert text.brief(comparison).startswith("identical: 6 of 6 artifacts in scores are ")
        assert text.values(comparison)["part"] == "scores"
    fallen = make(rates={"instruct-8B": 0.05})
    comparison = compare(fallen / "scores", None, shelf)
    assert comparison.answer == Answer.NOT_REPRODUCED
    assert "of 6 artifacts in scores are identical" in text.brief(comparison)
    (small / "scores/summary.json").unlink()
    with pytest.raises(RecordError, match=r"1 of 6 .* scores/summary\.json .*\(make study\)$"):
        compare(small / "scores", None, shelf)


def test_a_folder_is_the_scores_from_within_too(
    small: Path, monkeypatch: pytest.MonkeyPatch, shelf: Path
) -> None:
    """Catches a dot that names the folder and is taken for an empty name."""
    monkeypatch.chdir(small / "scores")
    assert compare(Path(), None, shelf).answer == Answer.IDENTICAL


def test_seeds_are_told_in_their_order(default: Path, shelf: Path) -> None:
    """Catches seeds 0, 3, 4, 1, 2, in the order in which they came to the reference."""
    comparison = compare(default, None, shelf)
    mixed = dataclasses.replace(comparison.right, seeds=["0", "10", "4", "1", "2"])
    shown = text.full(dataclasses.replace(comparison, right=mixed))
    assert "seeds 0, 1, 2, 4, 10\n" in shown
