"""What `make` does for whoever runs the study."""

from __future__ import annotations

import re
import subprocess
import tomllib

from running import HOME


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
    """Catches a README that promises a Python which the Makefile or the package refuses."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"])
    assert bounds
    first, after = map(int, bounds.groups())
    makefile = (HOME / "Makefile").read_text("utf-8")
    assert f"(3, {first}) <= sys.version_info < (3, {after})" in makefile
    assert f"a Python from 3.{first} to 3.{after - 1} is needed" in makefile
    readme = (HOME / "README.md").read_text("utf-8")
    assert f"Python 3.{first} to 3.{after - 1} and make" in readme
