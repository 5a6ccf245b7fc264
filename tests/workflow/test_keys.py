"""What a changed key of the configuration runs anew, for every key that there is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from downscaling.config.configuration import schema
from running import HOME, Run, in_turn, place, studied

TABLE: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("keys.yaml").read_text()
)
"""By study, then by key: `to` what it is changed, `with` which other values, and the stages that
Snakemake then `runs`."""

SCORES = "score export draw latency table validity verdicts report costs crate"
SHORT = {"scores": SCORES, "answers": f"grade {SCORES}", "told": "report crate"}
"""What every new score leads to, every new answer, and every change of the configuration."""

ADAPTERS = {"rank": 8, "alpha": 16, "dropout": 0.0, "targets": ["q_proj"]}
TEACHER = {
    "model": "m",
    "images": "aspect",
    "side": 512,
    "statement_tokens": 8,
    "description_tokens": 8,
}
SERVER = {
    "base_url": "http://127.0.0.1/v1",
    "key_variable": None,
    "concurrency": 2,
    "timeout": 6.0,
    "retries": 2,
}
DESCRIPTIONS, ANSWERS = (
    dict.fromkeys(("in-domain", "out-of-domain"), f"tests/workflow/{kind}.parquet")
    for kind in ("descriptions", "answers")
)
"""Of each benchmark a file of one record: a dry run reads its columns alone."""
STUDIES: dict[str, Path | dict[str, Any]] = {
    "miniature": {},
    "retrained": {"backbones": {"source": "retrained"}},
    "adapted": {
        "tuning": {"lora": ADAPTERS, "optimizer": "adamw"},
        "tunings": {"connector": {"lora": None}, "caption": {"lora": ADAPTERS}},
    },
    "served": {"prompts": "own", "teacher": {"engine": "openai", **SERVER, **TEACHER}},
    "local": {
        "prompts": "own",
        "teacher": {
            "engine": "transformers",
            "source": "folder",
            "batch_size": 2,
            **TEACHER,
            "model": "backbones/8B",
        },
    },
    "imported": {
        "external": {
            "descriptions": {"prism": DESCRIPTIONS},
            "answers": [
                {
                    "perception": "prism",
                    "reasoning": "70b",
                    "mode": "plain",
                    "files": ANSWERS,
                }
            ],
        },
        "runs": {"decoupled": [{"perception": ["prism"], "reasoning": ["8B"], "modes": ["plain"]}]},
    },
    "paper": HOME / "presets/paper.yaml",
}
"""What is laid over `config.yaml`, so that each key decides something in one of them."""


def keys(node: dict[str, Any], definitions: dict[str, Any], path: str = "") -> Iterator[str]:
    """The keys below a part of the schema, with `*` for a name that the user gives."""
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    named = list(node.get("properties", {}).items())
    named += [("*", part) for part in node.get("patternProperties", {}).values()]
    below = [(part, path) for part in node.get("anyOf", []) if part != {"type": "null"}]
    below += [(part, f"{path}.{name}".lstrip(".")) for name, part in named]
    for part, name in below:
        yield from keys(part, definitions, name)
    if not below:
        yield path


def overlay(key: str, row: dict[str, Any]) -> dict[str, Any]:
    """What to lay over a study to change a key of it."""
    value = row["to"]
    for name in reversed(key.split(".")):
        value = {name: value}
    values: dict[str, Any] = deepcopy(row.get("with", {}))
    update_config(values, value)
    return values


def rules(names: str) -> set[str]:
    """The stages that a row names."""
    return {stage for name in names.split() for stage in SHORT.get(name, name).split()}


def test_every_key_is_in_the_table() -> None:
    """Catches a key of which nobody asked what it decides."""
    described = schema()
    rows = {key for study in TABLE.values() for key in study}
    wanted = [
        path.replace(".", r"\.").replace("*", "[^.]+")
        for path in keys(described, described["$defs"])
    ]
    assert [path for path in wanted if not any(re.fullmatch(path, key) for key in rows)] == []


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Run]]:
    """What Snakemake says to each change of a study that has run, by key; asked once a study."""

    @cache
    def runs(name: str) -> dict[str, Run]:
        folder = tmp_path_factory.mktemp(name)
        laid = STUDIES[name]
        if isinstance(laid, dict):
            (folder / "study.yaml").write_text(json.dumps(laid))
            laid = folder / "study.yaml"
        place(folder, studied([laid]))
        options = ["--configfile", str(laid)]
        calls = [["--touch", "--forceall", "--cores", "1", *options], ["--dry-run", *options]]
        for key, row in TABLE[name].items():
            changed = folder / f"{key}.yaml"
            changed.write_text(json.dumps(overlay(key, row)))
            calls.append(["--dry-run", *options, str(changed)])
        touched, again, *rest = in_turn(folder, calls)
        assert touched.code == 0, touched.text[-2000:]
        assert "Nothing to be done" in again.text
        return dict(zip(TABLE[name], rest, strict=True))

    return runs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "key", "row"),
    [
        pytest.param(name, key, row, id=f"{name}-{key}")
        for name, rows in TABLE.items()
        for key, row in rows.items()
    ],
)
def test_a_changed_key_runs_what_it_decides(
    asked: Callable[[str], dict[str, Run]], study: str, key: str, row: dict[str, Any]
) -> None:
    """Catches a value that decides a result and is no parameter of its rule, so that old results
    stay under new values, and one that makes anew what it does not decide."""
    run = asked(study)[key]
    if row["runs"] == "refused":
        assert re.search(rf"^config: .*{re.escape(key)}", run.text, re.MULTILINE)
        return
    assert run.code == 0, run.text[-2000:]
    assert set(run.stages) == rules(row["runs"])
