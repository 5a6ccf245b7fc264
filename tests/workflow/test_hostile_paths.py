"""A user's paths and the repository's own, with every character that a shell or Snakemake reads."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from downscaling.records.files import read, write
from downscaling.records.rows import Answer, Description, Question
from running import HOME, Run, changed, clone, seeing, snakemake

SHELL = "-e g$(touch pwned) `touch pwned` 'q' \"d\" ;touch pwned; & | > < # ~ % \\ * [a] ? ! é ü 漢"
"""What a shell reads, in the name of one file or folder."""


def placed(source: Path, place: Path) -> str:
    """A copy of a file or folder under another name."""
    place.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if source.is_dir() else shutil.copy)(source, place)
    return str(place)


def nothing_ran(*folders: Path) -> bool:
    """Whether no name was read as a command."""
    return not any((folder / "pwned").exists() for folder in (HOME, *folders)) and not any(
        list(folder.rglob("pwned")) for folder in folders
    )


def hostile(folder: Path, name: str) -> dict[str, object]:
    """Groups of keys that name files and folders of this name, of each kind that a user may."""
    tests = HOME / "tests/workflow"
    described = placed(tests / "descriptions.parquet", folder / f"{name} descriptions.parquet")
    answered = placed(tests / "answers.parquet", folder / f"{name} answers.parquet")
    shelf = placed(HOME / "backbones", folder / name)
    entry = placed(HOME / "examples/benchmark-tsv/shapes.toml", folder / name / "own/shapes.toml")
    for file in (HOME / "examples/benchmark-tsv").iterdir():
        if file.suffix != ".toml":
            placed(file, folder / name / "own" / file.name)
    spread = HOME / "reference/miniature/spread.csv"
    benchmarks = ("in-domain", "out-of-domain", "shapes")
    run = {"perception": "others", "reasoning": "end-to-end", "mode": "image"}
    return {
        "backbones": {"folder": shelf},
        "benchmarks": {"shapes": {"source": entry}},
        "scores": {"spread": placed(spread, folder / name / "reference/spread.csv")},
        "external": {
            "models": {"seeing": {"model": str(seeing(folder / name / "seeing"))}},
            "reasoners": {"reading": {"model": f"{shelf}/0.6B"}},
            "descriptions": {"prism": dict.fromkeys(benchmarks, described)},
            "answers": [run | {"files": dict.fromkeys(benchmarks, answered)}],
        },
        "runs": {
            "end_to_end": {"models": ["instruct-4B", "seeing"], "blind": []},
            "decoupled": [
                {
                    "perception": ["instruct-4B", "seeing", "prism"],
                    "reasoning": ["4B", "reading"],
                    "modes": ["plain"],
                }
            ],
        },
    }


def test_a_user_s_paths_stay_paths(tmp_path: Path) -> None:
    """Catches a command in the name of a file that runs, and a blank at which a path ends: in every
    rule's inputs, settings and messages, and in a job that reads there."""
    work, name = tmp_path / "work", SHELL
    work.mkdir()
    groups = hostile(tmp_path, name)
    run = snakemake(work, "--dry-run", "--printshellcmds", *changed(tmp_path, **groups))
    assert run.code == 0, run.text[-3000:]
    assert {"import_1", "import_6", "prepare_shapes", "backbone", "grade"} <= run.jobs.keys()
    assert name in run.text
    target = "results/smoke/backbones/tower"
    real = snakemake(work, "--cores", "1", *changed(tmp_path, **groups), "--", target)
    assert real.code == 0, real.text[-3000:]
    assert (work / target / "model.safetensors").read_bytes() == (
        HOME / "backbones/tower/model.safetensors"
    ).read_bytes()
    assert nothing_ran(work, tmp_path)


def test_files_of_others_are_read_under_any_name(smoke: Path, tmp_path: Path) -> None:
    """Catches descriptions and answers that were made elsewhere, whose name runs as a command, or
    cannot be read by the job that checks them."""
    questions = {
        name: read(smoke / f"results/smoke/data/{name}/test.parquet", Question)
        for name in ("in-domain", "out-of-domain")
    }
    files: dict[type, dict[str, str]] = {Description: {}, Answer: {}}
    for number, name in enumerate(questions):
        for kind in files:
            place = tmp_path / f"{kind.__name__} {number} {SHELL}.parquet"
            records = [
                Description(q.id, "a ring", 3, False)
                if kind is Description
                else Answer(q.id, "", "A", 3, False, False)
                for q in questions[name]
            ]
            write(place, records, kind)
            files[kind][name] = str(place)
    run = {"perception": "others", "reasoning": "others", "mode": "plain"}
    external = {
        "descriptions": {"prism": files[Description]},
        "answers": [run | {"files": files[Answer]}],
    }
    targets = [
        *(f"results/smoke/descriptions/prism/seed-0/{name}.parquet" for name in questions),
        *(f"results/smoke/answers/others/others/plain/seed-0/{name}.parquet" for name in questions),
    ]
    overlay = changed(tmp_path, external=external)
    folder = shutil.copytree(smoke, tmp_path / "run", symlinks=True)
    done = snakemake(folder, "--cores", "1", *overlay, "--", *targets)
    assert done.code == 0, done.text[-3000:]
    for target in targets:
        kind = Description if "descriptions" in target else Answer
        assert len(read(folder / target, kind)) > 0
    assert nothing_ran(folder, tmp_path)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository in a folder of such a name, with its environment in it."""
    folder = tmp_path_factory.mktemp("elsewhere") / SHELL
    clone(folder)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    return folder


def inside(folder: Path, *command: str) -> Run:
    """What a command says that a user types in the repository."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTEST_ADDOPTS")}
    done = subprocess.run(
        command,
        cwd=folder,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def test_the_repository_lies_anywhere(elsewhere: Path) -> None:
    """Catches Snakemake's own call of Python, which it hands to a shell as it is: no job started in
    a folder with a blank, and one with a command in its name ran that."""
    python = str(elsewhere / ".venv/bin/python")
    made = "results/smoke/backbones/tower"
    overlay = ["--configfile", "presets/smoke.yaml"]
    run = inside(elsewhere, python, "-m", "snakemake", "--cores", "1", *overlay, "--", made)
    assert run.code == 0, run.text[-3000:]
    assert (elsewhere / made / "model.safetensors").is_file()
    assert nothing_ran(elsewhere)


def test_make_works_there(elsewhere: Path) -> None:
    """Catches a recipe that runs a script of the environment, whose first line no kernel finds
    under such a path, or that splits it. Nothing is installed here, so recipes are only shown."""
    recipes = inside(elsewhere, "make", "--dry-run", "study", "test", "lint", "backbones")
    assert recipes.code == 0, recipes.text
    assert str(elsewhere) not in recipes.text
    assert set(re.findall(r"(?<=\s)\.venv/bin/[\w-]+", recipes.text)) == {".venv/bin/python"}
    for module in set(re.findall(r"\.venv/bin/python -m ([\w.]+)", recipes.text)):
        assert importlib.util.find_spec(module), module
    schema = inside(elsewhere, ".venv/bin/python", "-m", "downscaling.config")
    assert schema.text == (HOME / "config.schema.json").read_text("utf-8")
    assert nothing_ran(elsewhere)


def test_a_repository_among_braces_says_so(tmp_path: Path) -> None:
    """Catches thirty lines about a name that is unknown in this context."""
    folder = tmp_path / "{x}"
    folder.mkdir()
    for name in ("Snakefile", "config.yaml", "src", "workflow", "presets", "backbones", "profiles"):
        (folder / name).symlink_to(HOME / name)
    run = snakemake(tmp_path, "--dry-run", home=folder)
    assert run.code == 1
    assert f"{folder}: Snakemake takes braces in a path for names; move the repository" in run.text
    assert "Traceback" not in run.text


def test_no_rule_passes_through_a_shell() -> None:
    """Catches a rule whose command a user's text is put into. Rules run a script, to which
    Snakemake hands their files and settings as objects."""
    for file in (HOME / "Snakefile", *sorted((HOME / "workflow/rules").glob("*.smk"))):
        words = [line.strip() for line in file.read_text("utf-8").splitlines()]
        assert not {"shell:", "run:", "wrapper:", "notebook:"} & set(words), file
