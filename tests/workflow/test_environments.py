"""Pinned versions: one list, and whatever else names a version says the same."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

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


OPTIONAL = sorted(set(HOME.glob("envs/*.txt")) - {HOME / "envs/constraints.txt"})


@pytest.mark.parametrize("path", OPTIONAL, ids=lambda path: path.stem)
def test_what_is_optional_changes_nothing_that_is_pinned(path: Path) -> None:
    """Catches a list whose install takes another version of what the study computes with, or
    whatever is the newest that day."""
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            need = Requirement(line)
            assert [one.operator for one in need.specifier] == ["=="], line
            assert canonicalize_name(need.name) not in constraints(), line


def test_the_demo_has_all_that_it_needs() -> None:
    """Catches a need that is missing from the list, which `--no-deps` does not fetch, and a bound
    that is passed beyond those that the list tells of."""
    lines = (HOME / "envs/demo.txt").read_text().splitlines()
    listed = [Requirement(line) for line in lines if not line.startswith("#")]
    wanted = [one.name for one in listed if one.marker is None or one.marker.evaluate()]
    passed = set()
    for name in wanted:
        try:
            needs = [Requirement(line) for line in metadata.requires(name) or []]
        except metadata.PackageNotFoundError:
            pytest.skip(f"no {name}: pip install --no-deps -r envs/demo.txt")
        for need in needs:
            is_wanted = need.marker is None or need.marker.evaluate({"extra": ""})
            if is_wanted and not need.specifier.contains(metadata.version(need.name)):
                passed.add(f"{name}: {need}")
    assert passed == {"gradio: pillow<13.0,>=8.0", "gradio: tomlkit<0.15.0,>=0.12.0"}


def test_one_version_is_told_everywhere() -> None:
    """Catches a citation, a changelog or a command of another version than the package's."""
    citation = yaml.safe_load((HOME / "CITATION.cff").read_text())
    changelog = (HOME / "CHANGELOG.md").read_text()
    told = CliRunner().invoke(app, ["--version"])
    assert told.output == f"downscaling {__version__}\n"
    assert citation["version"] == __version__
    assert re.findall(r"^## (\S+)$", changelog, re.MULTILINE)[0] == __version__
