"""What a changed key of the configuration runs anew, for every key that there is."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from downscaling.config.block import as_json
from downscaling.config.configuration import schema
from downscaling.config.errors import ConfigError
from downscaling.stages.graph import all_jobs, code
from downscaling.stages.stage import declared
from running import HOME, in_turn, place, seeing, studied

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
SEEING = "SEEING"
"""Stands in the table for the folder of a model that reads images, which a test makes."""
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


RULES = {"audit": "verdicts", "import_results": "import", "convert_internvl": "convert"}
"""Stages whose rules have another name."""


@dataclasses.dataclass(frozen=True)
class Declared:
    """What a job declares to Snakemake: what decides its results, what it reads and makes."""

    stage: str
    decides: tuple[str, str, str]
    reads: frozenset[str]
    makes: frozenset[str]


def declarations(overlays: list[Path]) -> dict[str, Declared]:
    """The jobs of a study by their records, as the rules declare them (rules/common.smk)."""
    study = studied(overlays)
    jobs = {}
    for job in all_jobs(study):
        inputs, outputs = (
            declared(of(study, **job.key)) for of in (job.stage.inputs, job.stage.outputs)
        )
        beside = study.paths.job(job.name)
        jobs[beside.record] = Declared(
            RULES.get(job.stage_name, job.stage_name),
            (
                as_json(job.stage.settings(study, **job.key)),
                code(study, job.stage, job.key),
                json.dumps([inputs, outputs]),
            ),
            frozenset(chain(*inputs.values())),
            frozenset(chain(*outputs.values(), [beside.record, beside.measurement])),
        )
    return jobs


def run_anew(before: dict[str, Declared], after: dict[str, Declared]) -> set[str]:
    """The stages of the jobs that declare something else than before, or that read what such a job
    makes."""
    anew = {record for record, job in after.items() if before.get(record) != job}
    while True:
        made = {path for record in anew for path in after[record].makes}
        reading = {record for record, job in after.items() if job.reads & made} - anew
        if not reading:
            return {after[record].stage for record in anew}
        anew |= reading


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Path]]:
    """The files that a study lays over `config.yaml`, and then those of each of its rows."""

    @cache
    def files(name: str) -> list[Path]:
        folder = tmp_path_factory.mktemp(name)
        over = STUDIES[name]
        if isinstance(over, dict):
            # Else a key of the recipe would drop the reference's spread as well.
            (folder / "study.yaml").write_text(json.dumps({"scores": {"spread": None}} | over))
            over = folder / "study.yaml"
        model = str(seeing(folder / "seeing"))
        for key, row in TABLE[name].items():
            laid_over = json.dumps(overlay(key, row)).replace(SEEING, model)
            (folder / f"{key}.yaml").write_text(laid_over)
        return [over, *(folder / f"{key}.yaml" for key in TABLE[name])]

    return files


@pytest.fixture(scope="module")
def unchanged(laid: Callable[[str], list[Path]]) -> Callable[[str], dict[str, Declared]]:
    """The jobs of a study as it is."""
    return cache(lambda name: declarations(laid(name)[:1]))


ROWS = [(name, key, row) for name, rows in TABLE.items() for key, row in rows.items()]
FIRST = {(name, row["runs"]): (name, key) for name, key, row in reversed(ROWS)}
"""Of each set of stages in each study the first row that runs it."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "key", "row"), [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in ROWS]
)
def test_a_changed_key_runs_what_it_decides(
    laid: Callable[[str], list[Path]],
    unchanged: Callable[[str], dict[str, Declared]],
    study: str,
    key: str,
    row: dict[str, Any],
) -> None:
    """Catches a value that decides a result and is no parameter of its rule, so that old results
    stay under new values, and one that makes anew what it does not decide."""
    over, *changes = laid(study)
    change = next(path for path in changes if path.stem == key)
    if row["runs"] == "refused":
        with pytest.raises(ConfigError, match=rf"^config: .*{re.escape(key)}"):
            declarations([over, change])
        return
    assert run_anew(unchanged(study), declarations([over, change])) == rules(row["runs"])


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_snakemake_runs_what_declares_something_else(
    laid: Callable[[str], list[Path]], study: str, tmp_path: Path
) -> None:
    """Catches a rule that hands Snakemake less than its stage declares, and a trigger that is off:
    asked of a study that has run, of each set of stages by the first row that names it."""
    over, *changes = laid(study)
    keys = [key for name, key in FIRST.values() if name == study]
    place(tmp_path, studied([over]))
    options = ["--configfile", str(over)]
    calls = [["--touch", "--forceall", "--cores", "1", *options], ["--dry-run", *options]]
    calls += [
        ["--dry-run", *options, str(next(path for path in changes if path.stem == key))]
        for key in keys
    ]
    touched, again, *rest = in_turn(tmp_path, calls)
    assert touched.code == 0, touched.text[-2000:]
    assert "Nothing to be done" in again.text
    for key, run in zip(keys, rest, strict=True):
        row = TABLE[study][key]
        if row["runs"] == "refused":
            assert re.search(rf"^config: .*{re.escape(key)}", run.text, re.MULTILINE), key
            continue
        assert run.code == 0, run.text[-2000:]
        assert set(run.stages) == rules(row["runs"]), key
