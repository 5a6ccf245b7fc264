"""Pinned versions: one list, and whatever else names a version says the same."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from downscaling import __version__
from downscaling.cli import app
from running import HOME


def constraints() -> dict[str, str]:
    """The pinned version of each distribution."""
    lines = (HOME / "envs/constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("path", sorted(HOME.glob("envs/*.yaml")), ids=lambda path: path.stem)
def test_a_conda_environment_has_the_pinned_versions(path: object) -> None:
    """Catches a version that was raised for pip alone."""
    listed = yaml.safe_load(HOME.joinpath(str(path)).read_text())["dependencies"]
    pinned = constraints()
    for requirement in listed[-1]["pip"]:
        name, version = requirement.split("==")
        assert pinned[canonicalize_name(name)] == version, requirement


def test_every_environment_that_a_rule_names_exists_and_is_used() -> None:
    """Catches a rule that fails under conda alone, and a file that nothing names."""
    named = set()
    for path in HOME.glob("workflow/rules/*.smk"):
        named |= set(re.findall(r'"\.\./\.\./envs/(\S+)"', path.read_text()))
    assert named == {path.name for path in HOME.glob("envs/*.yaml")}


def test_every_need_of_the_package_is_pinned_within_its_bounds() -> None:
    """Catches an install that takes whatever version is the newest that day."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    pinned = constraints()
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        need = Requirement(line)
        assert need.specifier.contains(pinned[canonicalize_name(need.name)]), line


def test_one_version_is_told_everywhere() -> None:
    """Catches a citation, a changelog or a command of another version than the package's."""
    citation = yaml.safe_load((HOME / "CITATION.cff").read_text())
    changelog = (HOME / "CHANGELOG.md").read_text()
    told = CliRunner().invoke(app, ["--version"])
    assert told.output == f"downscaling {__version__}\n"
    assert citation["version"] == __version__
    assert re.findall(r"^## (\S+)$", changelog, re.MULTILINE)[0] == __version__
