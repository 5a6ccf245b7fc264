"""DVC over the graph: its stages settle, and versions of a study can be compared and fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import clones
from downscaling.stages.graph import StudyJob, all_jobs
from downscaling.study import load
from downscaling.study.study import Study
from running import HOME, clone, configure, cut_down

DONE = "Nothing to be done"


def test_what_dvc_caches_are_folders() -> None:
    """Catches an output that DVC takes out of its cache again at each commit, with a new date that
    makes Snakemake rerun what reads it: it does so with single files alone. What reads the report's
    page does not look at its date."""
    stages = yaml.safe_load((HOME / "dvc.yaml").read_text())["stages"].values()
    outs = [item for stage in stages for out in stage["outs"] for item in out.items()]
    cached = [path for path, options in outs if options.get("cache", True)]
    assert [path for path in cached if Path(path).suffix] == ["results/miniature/report.html"]
    miniature = load.read(HOME / "config.yaml")
    page = Path("results/miniature/report.html")
    reading = [job for job in all_jobs(miniature) if f"{page!r}" in str(inputs(miniature, job))]
    assert [job.stage_name for job in reading] == ["crate"]
    assert "report=ancient(" in (HOME / "workflow/rules/report.smk").read_text()
    assert "results/miniature/features" in cached
    assert all(options["persist"] for _, options in outs)


def inputs(study: Study, job: StudyJob) -> object:
    """What a job declares to read."""
    return job.stage.inputs(study, **job.key)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A repository whose default study is the smoke preset, cut down."""
    copy = tmp_path / "study"
    clone(copy)
    values = cut_down("miniature")  # whose folder the stages name
    # The stage `data` has an output of the extraction data, which are made where a run reads them.
    values["runs"]["decoupled"][0]["perception"].append("extract-0.6B")
    configure(copy, values)
    run(copy, "git", "init", "-q")
    run(copy, "dvc", "remote", "add", "--default", "store", str(tmp_path / "store"))
    commit(copy)
    return copy


def commit(folder: Path) -> None:
    """Commit everything that git does not ignore."""
    run(folder, "git", "add", ".")
    run(folder, "git", "commit", "-qm", "study")


def run(folder: Path, *command: str) -> str:
    """What a command prints; an AssertionError with all of it where it fails."""
    code, said = clones.run(folder, *command)
    assert code == 0, f"{command}:\n{said[-4000:]}"
    return said


def dates(folder: Path) -> dict[Path, int]:
    """When each result was last written."""
    files = (folder / "results/miniature").rglob("*")
    return {path: path.stat().st_mtime_ns for path in files if path.is_file()}


@pytest.mark.slow
def test_a_study_is_reproduced_cloned_and_compared(study: Path, tmp_path: Path) -> None:
    """Catches a stage that names a folder nothing makes, or that a later stage makes anew; outputs
    that DVC deletes before Snakemake runs; a clone that computes again what it has pulled; metrics
    or parameters that two versions cannot be compared by."""
    run(study, "dvc", "repro")
    made = dates(study)
    assert "up to date" in run(study, "dvc", "status")
    assert DONE in run(study, "snakemake", "--dry-run")
    assert "Running stage" not in run(study, "dvc", "repro")
    assert dates(study) == made
    ((metrics,),) = [
        found["data"].values()
        for found in json.loads(run(study, "dvc", "metrics", "show", "--json")).values()
    ]
    assert {"gold/0.6B/plain/in-domain", "instruct-0.6B/0.6B/plain/out-of-domain"} <= {
        *metrics["data"]
    }
    commit(study)
    run(study, "dvc", "push")

    clone = tmp_path / "clone"
    run(tmp_path, "git", "clone", "-q", str(study), str(clone))
    run(clone, "downscaling", "restore")
    assert DONE in run(clone, "snakemake", "--dry-run")

    # One that reaches nothing but scores and what shows them; by hand, then handed to DVC.
    values = yaml.safe_load((clone / "config.yaml").read_text())
    old, new = values["scores"]["parser"], "last-line"
    values["scores"]["parser"] = new
    configure(clone, values)
    pulled = dates(clone)
    run(clone, "snakemake", "--cores", "2")
    made = dates(clone)
    anew = {path.relative_to(clone).parts[2] for path in made if made[path] != pulled.get(path)}
    assert "scores" in anew
    assert not anew & {"raw", "data", "features", "models", "descriptions", "answers"}
    run(clone, "dvc", "commit", "-f")
    assert DONE in run(clone, "snakemake", "--dry-run")
    assert "up to date" in run(clone, "dvc", "status")
    differing = json.loads(run(clone, "dvc", "params", "diff", "--json"))
    assert differing == {"config.yaml": {"scores.parser": {"old": old, "new": new}}}
    assert json.loads(run(clone, "dvc", "metrics", "diff", "--json"))
