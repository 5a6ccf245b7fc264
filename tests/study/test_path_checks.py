"""Paths that Snakemake would not take as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from downscaling.config.errors import ConfigError
from downscaling.study.load import load, merged
from planned import HOME, default_values

REFUSED = ("{x}", "{HOME.__class__}", "{{y}}", "}")
RUN = {"perception": "others", "reasoning": "end-to-end", "mode": "image"}


def places(name: str) -> dict[str, dict[str, Any]]:
    """An overlay for each key that names a file or a folder, by what the answer begins with."""
    weights = {"model": {"model": name}}
    files = {"in-domain": name, "out-of-domain": "b"}
    return {
        "backbones.folder": {"backbones": {"folder": name}},
        "scores.spread": {"scores": {"spread": name}},
        "sources.lock": {"sources": {"lock": name}},
        "sources.mirrors.coin": {"sources": {"mirrors": {"coin": f"/{name}"}}},
        "external.models.model.model": {"external": {"models": weights}},
        "external.reasoners.model.model": {"external": {"reasoners": weights}},
        "external.descriptions.prism.in-domain": {"external": {"descriptions": {"prism": files}}},
        "external.answers, entry 1, files.in-domain": {
            "external": {"answers": [RUN | {"files": files}]}
        },
    }


@pytest.mark.parametrize("key", places(""))
@pytest.mark.parametrize("name", REFUSED)
def test_what_snakemake_reads_as_a_name_is_refused(key: str, name: str) -> None:
    """Catches a WildcardError about a rule that no user wrote, and a message in which a path looks
    up variables of the Snakefile."""
    with pytest.raises(ConfigError) as caught:
        load(merged(default_values(), places(name)[key]), HOME)
    assert str(caught.value).startswith(f"config: {key}: given ")
    assert str(caught.value).endswith("; allowed: a path without braces")
    assert len(str(caught.value).splitlines()) == 1


def test_a_benchmark_of_ones_own_has_such_a_path_too(tmp_path: Path) -> None:
    """Catches the path in an entry's own file, which stands in no configuration."""
    entry = tmp_path / "own.toml"
    text = (HOME / "examples/benchmark-tsv/shapes.toml").read_text()
    entry.write_text(text.replace('path = "', 'path = "{x}'))
    (tmp_path / "{x}shapes.tsv").touch()
    values = merged(default_values(), {"benchmarks": {"own": {"source": str(entry)}}})
    with pytest.raises(
        ConfigError, match=r"config: path of own.toml: given '.*\{x\}shapes.tsv'; all"
    ):
        load(values, HOME)


@pytest.mark.parametrize("preset", sorted(path.name for path in (HOME / "presets").glob("*.yaml")))
def test_a_preset_s_paths_are_sound(preset: str) -> None:
    """Catches a check that refuses a preset that ships."""
    below = [HOME / "presets/paper.yaml"] if preset == "rehearsal.yaml" else []
    values = default_values()
    for path in (*below, HOME / "presets" / preset):
        values = merged(values, yaml.safe_load(path.read_text()))
    load(values, HOME)
