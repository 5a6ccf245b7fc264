"""What `make` does for whoever runs the study."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from running import HOME

PYENV = ".pyenv/versions/3.13.0/bin/python"


def test_a_study_is_run_and_then_held_against_its_reference() -> None:
    """Catches a study that ends without saying where its report lies, or whether it was
    reproduced."""
    command = ["make", "--dry-run", "--assume-old=.venv/installed", "study"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    order = (
        "-m snakemake  --cores all",
        '"report   results/miniature/report.html"',
        "-m downscaling compare results/miniature --brief",
    )
    assert [done.stdout.find(part) for part in order] == sorted(map(done.stdout.find, order))
    assert -1 not in map(done.stdout.find, order), done.stdout


def test_the_same_pythons_are_asked_for_everywhere() -> None:
    """Catches a Python that one file promises and another refuses, and one that nobody tested."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    bounds = SpecifierSet(project["requires-python"])
    minors = [minor for minor in range(30) if f"3.{minor}" in bounds]
    names = [f"3.{minor}" for minor in minors]
    classes = [f"Programming Language :: Python :: {name}" for name in names]
    assert [line for line in project["classifiers"] if ":: 3." in line] == classes
    for file in ("README.md", "docs/tutorial.md", "Makefile"):
        assert f"Python {names[0]} to {names[-1]}" in (HOME / file).read_text(), file
    make = (HOME / "Makefile").read_text()
    bound = f"(3, {minors[0]}) <= sys.version_info < (3, {minors[-1] + 1})"
    assert bound in make
    assert f"in {' '.join(f'python{name}' for name in names)} python3;" in make
    assert f"in {' '.join(reversed(names))};" in (HOME / ".ci/another-python").read_text()
    tested = re.findall(r"^\| (3\.\d+)\.\d+ \|", (HOME / "docs/tests.md").read_text(), re.MULTILINE)
    assert tested == names


def put(folder: Path, names: str, code: int) -> None:
    """Commands that do nothing and end with a code. 127 is pyenv's, for a name without a version
    behind it."""
    for name in names.split():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\nexit {code}\n")
        file.chmod(0o755)


def test_make_takes_the_first_python_that_starts(tmp_path: Path) -> None:
    """Catches a refusal of Python 3.11, which is a mere name of pyenv's, where 3.12 is there."""
    put(tmp_path, "python3.11", 127)
    put(tmp_path, "python3.12 python3.13", 0)
    command = [str(shutil.which("make")), "--dry-run", "VENV=none", "none/bin/python"]
    run = subprocess.run(
        command, cwd=HOME, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert f'"{tmp_path}/python3.12" -m venv none' in run.stdout


@pytest.mark.parametrize(
    ("own", "start", "do_not", "found"),
    [
        ("3.11", "bin/python3.13 bin/python3.12", "", "bin/python3.13"),
        ("3.13", "bin/python3.13 bin/python3.12", "", "bin/python3.12"),
        ("3.11", "bin/python3.12", "bin/python3.13", "bin/python3.12"),
        ("3.11", f"bin/python3.12 {PYENV}", "bin/python3.13", PYENV),
        ("3.11", "bin/python3.11 bin/python3.14 bin/python3", "bin/python3.12", ""),
    ],
)
def test_another_python_is_found(
    tmp_path: Path, own: str, start: str, do_not: str, found: str
) -> None:
    """Catches a check on another Python that has become one on the same, on one that is not
    promised, or on none although there is one."""
    put(tmp_path, start, 0)
    put(tmp_path, do_not, 127)
    run = subprocess.run(
        [str(shutil.which("bash")), str(HOME / ".ci/another-python"), own],
        env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == (f"{tmp_path / found}\n" if found else "")
