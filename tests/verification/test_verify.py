"""Damage of every kind is found, by its file, with what to make anew."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from damage import edit, flip, flip_and_keep_the_date, studied, swap
from downscaling.cli import app
from downscaling.runtime.digests import MANIFEST, digest, seal
from downscaling.verification.finding import Finding, Kind, as_text
from downscaling.verification.verify import verify

ROOT = "results/pretended"
ANSWERS = "answers/gold/0.6B/plain/seed-0/{}.parquet"
IN, OUT = ANSWERS.format("in-domain"), ANSWERS.format("out-of-domain")
MODEL = "models/instruct-0.6B/seed-0"
IMAGES = "data/in-domain/images"
TUNED = "provenance/tune/instruct-0.6B/seed-0.json"


def record_of_another_seed(path: Path) -> None:
    """Let a tuning's record be that of the same job in another run."""
    edit(path, '"seed": 0', '"seed": 1')


DAMAGE: dict[str, tuple[Callable[[Path], object], list[tuple[str, Kind]], str]] = {
    "a flipped bit in weights": (
        lambda root: flip(root / MODEL / "weights"),
        [(f"{MODEL}/weights", Kind.CHANGED)],
        MODEL,
    ),
    "a flipped bit in weights of the same date": (
        lambda root: flip_and_keep_the_date(root / MODEL / "weights"),
        [(f"{MODEL}/weights", Kind.CHANGED)],
        MODEL,
    ),
    "a flipped bit in a parquet file": (
        lambda root: flip(root / IN),
        [(IN, Kind.CHANGED)],
        IN,
    ),
    "two files of answers swapped": (
        lambda root: swap(root / IN, root / OUT),
        [(IN, Kind.SWAPPED), (OUT, Kind.SWAPPED)],
        IN,
    ),
    "a file that is cut off": (
        lambda root: os.truncate(root / "scores/graded.parquet", 20),
        [("scores/graded.parquet", Kind.CHANGED)],
        "scores/graded.parquet",
    ),
    "an image that is cut off": (
        lambda root: os.truncate(root / IMAGES / "weights", 20),
        [(f"{IMAGES}/weights", Kind.TRUNCATED)],
        IMAGES,
    ),
    "an image in place of another": (
        lambda root: swap(root / IMAGES / "weights", root / IMAGES / "config.json"),
        [(f"{IMAGES}/config.json", Kind.SWAPPED), (f"{IMAGES}/weights", Kind.SWAPPED)],
        IMAGES,
    ),
    "an image in place of a text": (
        lambda root: (root / IMAGES / "weights").write_text("another picture, of more bytes" * 99),
        [(f"{IMAGES}/weights", Kind.CHANGED)],
        IMAGES,
    ),
    "a file that was deleted": (
        lambda root: (root / OUT).unlink(),
        [(OUT, Kind.MISSING)],
        OUT,
    ),
    "a file of a folder that was deleted": (
        lambda root: (root / MODEL / "config.json").unlink(),
        [(f"{MODEL}/config.json", Kind.MISSING)],
        MODEL,
    ),
    "scores that were edited": (
        lambda root: edit(root / "scores/scores.csv", "scores", "better"),
        [("scores/scores.csv", Kind.CHANGED)],
        "scores/scores.csv",
    ),
    "a measured file that was edited": (
        lambda root: edit(root / "measured/costs.csv", "costs", "less"),
        [("measured/costs.csv", Kind.CHANGED)],
        "measured/costs.csv",
    ),
    "a measurement that was edited": (
        lambda root: edit(root / "measured/jobs/grade.json", '"seconds": ', '"seconds": 9'),
        [("measured/jobs/grade.json", Kind.CHANGED)],
        "measured/jobs/grade.json",
    ),
    "two records swapped": (
        lambda root: swap(root / TUNED, root / "provenance/tune/connector-0.6B/seed-0.json"),
        [
            ("provenance/tune/connector-0.6B/seed-0.json", Kind.OUTDATED),
            (TUNED, Kind.OUTDATED),
        ],
        "provenance/tune/connector-0.6B/seed-0.json",
    ),
    "a record of another run": (
        lambda root: record_of_another_seed(root / TUNED),
        [(TUNED, Kind.OUTDATED)],
        TUNED,
    ),
    "a record that was edited": (
        lambda root: edit(root / TUNED, '"code": ""', '"code": "f"'),
        [(TUNED, Kind.CHANGED)],
        TUNED,
    ),
    "a digest in a record that was edited": (
        lambda root: edit(root / TUNED, '/seed-0/": "', '/seed-0/": "f'),
        [(TUNED, Kind.CHANGED)],
        TUNED,
    ),
    "a record that is cut off": (
        lambda root: os.truncate(root / TUNED, 30),
        [(TUNED, Kind.CHANGED)],
        TUNED,
    ),
    "a record that was deleted": (
        lambda root: (root / TUNED).unlink(),
        [(TUNED, Kind.MISSING)],
        TUNED,
    ),
    "a manifest that was edited": (
        lambda root: edit(root / MODEL / MANIFEST, '"bytes": ', '"bytes": 9'),
        [(f"{MODEL}/{MANIFEST}", Kind.CHANGED)],
        MODEL,
    ),
    "a manifest that was deleted": (
        lambda root: (root / MODEL / MANIFEST).unlink(),
        [(f"{MODEL}/{MANIFEST}", Kind.MISSING)],
        MODEL,
    ),
    "a file too many in a folder": (
        lambda root: (root / MODEL / "more").touch(),
        [(f"{MODEL}/more", Kind.UNKNOWN)],
        MODEL,
    ),
    "a file too many": (
        lambda root: (root / "answers/gold/left-over.parquet").touch(),
        [("answers/gold/left-over.parquet", Kind.UNKNOWN)],
        "",
    ),
}
"""What is done to a preset's folder, what is then found, and the first target to make anew."""


def test_a_finished_study_is_whole(results: Path) -> None:
    """Catches an honest study of which something is called wrong: what jobs keep for themselves,
    what Snakemake and interrupted jobs leave behind."""
    kept = ("states/caption-seed-0/x/state.pt", "missing/coin/train/gqa.csv", "measured/logs/x.log")
    left = (f"{MODEL}/.snakemake_timestamp", "focus/.in-domain.parquet.resume.jsonl")
    for name in (*kept, *left):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).touch()
    assert verify(studied()) == []


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(name: str, results: Path) -> None:
    """Catches a file that is no longer what its job made and passes, a sound one that is accused in
    its place, and a finding without what to do about it."""
    damage, expected, target = DAMAGE[name]
    damage(results)
    found = verify(studied())
    assert [(one.path, one.kind) for one in found] == [
        (f"{ROOT}/{path}", kind) for path, kind in expected
    ]
    assert found[0].target == (target and f"{ROOT}/{target}")
    for finding in found:
        assert finding.line.startswith(f"{finding.path}: ")
        assert finding.line.endswith((" anew", "delete it"))
        assert "\n" not in finding.line


def test_a_swapped_file_is_told_from_an_edited_one(results: Path) -> None:
    """Catches a user who looks for an edit in a file that is whole and has another's name."""
    swap(results / IN, results / OUT)
    first, second = verify(studied())
    assert first.said == f"holds what belongs into {ROOT}/{OUT}"
    assert second.said == f"holds what belongs into {ROOT}/{IN}"


def test_a_job_that_read_something_else_is_named(results: Path) -> None:
    """Catches results of an earlier input: a model that was replaced together with its record,
    while what it described stayed."""
    before = digest(results / MODEL)
    (results / MODEL / "weights").write_text("other weights")
    seal(results / MODEL)
    edit(results / TUNED, before, digest(results / MODEL))
    found = {finding.path: finding for finding in verify(studied())}
    described = found[f"{ROOT}/provenance/perceive/instruct-0.6B/seed-0.json"]
    assert described.kind == Kind.OUTDATED
    assert f"{ROOT}/{MODEL}" in described.said


def test_a_record_that_stands_alone_is_accused_and_no_file(results: Path) -> None:
    """Catches a sound model that is trained anew since its record is another run's, though all who
    read the model agree on it."""
    edit(results / TUNED, digest(results / MODEL), "0" * 64)
    (found,) = verify(studied())
    assert (found.path, found.target) == (f"{ROOT}/{TUNED}", f"{ROOT}/{TUNED}")


def test_a_source_that_was_changed_is_named(clone: Path) -> None:
    """Catches results of a source that is no longer there, and the advice to compute for hours
    where a file is to be restored."""
    shelf = clone / "backbones"
    shipped = shelf.resolve()
    shelf.unlink()
    shutil.copytree(shipped, shelf)
    flip(shelf / "0.6B/model.safetensors")
    (found,) = verify(studied())
    assert (found.path, found.kind, found.target) == ("backbones/0.6B", Kind.CHANGED, "")
    assert found.remedy.startswith("restore it, or make anew")
    (clone / "Snakefile").unlink()
    assert {one.path: one.kind for one in verify(studied())}["Snakefile"] == Kind.MISSING


def test_a_job_that_never_ran_is_one_line(results: Path) -> None:
    """Catches an unfinished study that passes for a whole one, and a line for each file of what
    was not made."""
    job = "audit/audit"
    for path in ("provenance/audit.json", "measured/jobs/audit.json", f"{job}.json", f"{job}.txt"):
        (results / path).unlink()
    (found,) = verify(studied())
    assert (found.path, found.kind) == (f"{ROOT}/audit/audit.json", Kind.MISSING)
    assert "all else that audit makes" in found.said


def keep_the_small(root: Path) -> None:
    """Leave of a preset's folder what git keeps."""
    kept = ("audit", "figures", "provenance", "scores", "tables", "workflow")
    for path in root.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path)


def test_a_study_that_was_not_run_is_one_line(results: Path) -> None:
    """Catches hundreds of lines, and a command of as many paths, in a clone in which nothing was
    run, whether git brought small results or none; and timings that a user shall restore."""
    keep_the_small(results)
    told = CliRunner().invoke(app, ["verify"])
    assert told.exit_code == 1
    (line,) = told.stdout.splitlines()
    form = rf"{ROOT}: not run here: (\d+) of (\d+) results are missing; make study, or "
    found = re.fullmatch(form + "downscaling restore", line)
    assert found
    assert int(found[2]) / 2 < int(found[1]) < int(found[2])
    shutil.rmtree(results)
    Path("mine.yaml").write_text("threads: 1\n")
    told = CliRunner().invoke(app, ["verify", "mine.yaml"])
    assert told.stdout == (
        f"{ROOT}: not run here: {found[2]} of {found[2]} results are missing; "
        "snakemake --cores all --configfile mine.yaml\n"
    )
    values = json.loads(CliRunner().invoke(app, ["verify", "mine.yaml", "--json"]).stdout)
    (only,) = values["findings"]
    assert (only["kind"], only["path"], values["is_good"]) == ("not run", ROOT, False)
    assert only["remedy"] == "snakemake --cores all --configfile mine.yaml"


def test_what_is_there_is_named_though_most_is_missing(clone: Path, results: Path) -> None:
    """Catches an edited score, a record of another run, or a source that is gone, which a line
    about missing results hides."""
    keep_the_small(results)
    edit(results / "scores/scores.csv", "scores", "better")
    record_of_another_seed(results / TUNED)
    (clone / "Snakefile").unlink()
    found = {one.path: one.kind for one in verify(studied())}
    assert found.pop(ROOT) == Kind.NOT_RUN
    assert found.pop("Snakefile") == Kind.MISSING
    assert found[f"{ROOT}/scores/scores.csv"] == Kind.CHANGED
    assert found[f"{ROOT}/{TUNED}"] == Kind.OUTDATED
    assert Kind.MISSING not in [kind for path, kind in found.items() if path.startswith(ROOT)]


def test_what_a_run_lost_is_named_file_by_file(results: Path) -> None:
    """Catches deleted answers of a finished run that pass for a study that was not run."""
    shutil.rmtree(results / "answers")
    found = verify(studied())
    assert {one.kind for one in found} == {Kind.MISSING}
    assert {f"{ROOT}/{IN}", f"{ROOT}/{OUT}"} <= {one.target for one in found}


def test_the_command_names_what_is_wrong_and_ends_with_1(results: Path) -> None:
    """Catches a verb that ends with 0 where a file is wrong, and JSON that something else is
    printed beside."""
    runner = CliRunner()
    whole = runner.invoke(app, ["verify"])
    assert (whole.exit_code, whole.stdout) == (0, "pretended: every file is what its job made\n")
    flip(results / IN)
    ended = runner.invoke(app, ["verify"])
    assert ended.exit_code == 1
    assert ended.stdout.splitlines()[0].startswith(f"{ROOT}/{IN}: ")
    told = runner.invoke(app, ["verify", "--json"])
    assert told.exit_code == 1
    values = json.loads(told.stdout)
    assert values["command"] == f"snakemake --cores all --forcerun {ROOT}/{IN}"
    assert [one["path"] for one in values["findings"]] == [f"{ROOT}/{IN}"]


def test_the_command_that_mends_keeps_names_whole() -> None:
    """Catches a name with a space, which a shell breaks in two, and a preset that is left out."""
    finding = Finding("results/a b/x", Kind.MISSING, "is missing", "grade", "results/a b/x")
    text = as_text("a b", [finding, finding], [Path("my presets/x.yaml")])
    assert text.endswith(
        "snakemake --cores all --configfile 'my presets/x.yaml' --forcerun 'results/a b/x'"
    )
