"""A job that was killed goes on with its own work only: where its model, another input, a setting
or its code changed meanwhile, it ends as one that nobody killed."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoModelForCausalLM

from completions import TEACH, Handler, Loopback, serving
from downscaling.extraction.teacher import Statements
from downscaling.records.files import read, write
from downscaling.records.rows import Question, Sample, Turn
from downscaling.runtime.job import Task
from performing import kill, perform_all, task

Change = Callable[[Path, Task], Task]


def with_settings(**changed: Any) -> Change:
    """Other settings; a mapping changes within one."""

    def change(home: Path, job: Task) -> Task:
        settings = json.loads(job.settings)
        for name, value in changed.items():
            settings[name] = settings[name] | value if isinstance(value, dict) else value
        return dataclasses.replace(job, settings=json.dumps(settings))

    return change


def with_code(home: Path, job: Task) -> Task:
    """The code that computes it."""
    return dataclasses.replace(job, code="edited")


def with_rows(name: str) -> Change:
    """A file of records, of which the first is another."""

    def change(home: Path, job: Task) -> Task:
        (path,) = (home / file for file in job.inputs[name])
        kind: Any = {"samples": Sample, "questions": Question, "statements": Statements}[name]
        first, *rest = read(path, kind)
        values: dict[type, dict[str, Any]] = {
            Sample: {"turns": (Turn("what is new?", "this"),)},
            Question: {"text": "what is new?"},
            Statements: {"statements": ("this is new",)},
        }
        write(path, [dataclasses.replace(first, **values[kind]), *rest], kind)
        return job

    return change


def with_weights(home: Path, job: Task) -> Task:
    """The model's own weights."""
    model = AutoModelForCausalLM.from_pretrained(home / "model")
    torch.manual_seed(9)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) / 2)
    model.save_pretrained(home / "model")
    return job


def with_picture(home: Path, job: Task) -> Task:
    """An image."""
    Image.new("RGB", (40, 40), (1, 2, 3)).save(home / "root" / "0.png")
    return job


def unchanged(home: Path, job: Task) -> Task:
    """Nothing."""
    return job


def prepared(home: Path, language_model: Path) -> None:
    """The inputs of all jobs, in a folder."""
    (home / "root").mkdir(parents=True)
    for number in range(7):
        image = Image.new("RGB", (32, 32), (30 * number, 200 - 25 * number, 99))
        image.save(home / "root" / f"{number}.png")
    turns = [Turn(f"what is {n}?", f"it is {n}") for n in range(140)]
    held = [Sample(f"gqa-{n}", "gqa", (f"{n}.png",), (turns[n],)) for n in range(7)]
    write(home / "samples.parquet", held, Sample)
    several = dataclasses.replace(held[0], turns=tuple(turns))
    write(home / "long.parquet", [several, *held[1:]], Sample)
    stated = [Statements(f"gqa-{n}", (f"it is {n}",)) for n in range(7)]
    write(home / "statements.parquet", stated, Statements)
    asked = [
        Question(f"q{n}", "b", "c", "", ("0.png",), turns[n].prompt, ("x", "y"), "A", "choice")
        for n in range(140)
    ]
    write(home / "questions.parquet", asked, Question)
    shutil.copytree(language_model, home / "model")


def taught(stage: str, url: str) -> Task:
    """A teacher's job, whose model is served under an address; its paths start at its folder."""
    settings = TEACH | {"shard": "1-of-1"}
    inputs = {"samples": [Path("samples.parquet")], "images": [Path("root")], "model": []}
    made = "statements" if stage == "statements" else "descriptions"
    if stage == "depict":
        inputs["statements"] = [Path("statements.parquet")]
    outputs = {made: [Path("out/made.parquet")], "dropped": [Path("out/dropped.parquet")]}
    how = {"key_variable": None, "concurrency": 1, "timeout": 30.0, "retries": 1, "base_url": url}
    return task(stage, settings, Path("root"), inputs, outputs, engine=json.dumps(how))


def observing(stage: str, url: str) -> Task:
    """A job that writes focus phrases."""
    settings: dict[str, Any] = {
        "numerics": "native",
        "threads": 1,
        "precision": "float32",
        "prompts": "own",
        "focus": {"max_new_tokens": 2, "batch_size": 1},
    }
    if stage == "observe":
        inputs = {"questions": [Path("questions.parquet")]}
    else:
        inputs = {"samples": [Path("long.parquet")]}
        settings["shard"] = "1-of-1"
    inputs["reasoner"] = [Path("model")]
    outputs = {"focus": [Path("out/made.parquet")]}
    return task(stage, settings, Path("root"), inputs, outputs)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A model whose reply tells all that it was asked."""

    def answer(handler: Handler, body: dict[str, Any], times: int) -> None:
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
        handler.reply(base64.b32encode(digest).decode())

    with serving(answer) as loopback:
        yield loopback


CHANGES: Mapping[str, tuple[Callable[[str, str], Task], int, list[Change]]] = {
    "statements": (
        taught,
        1 + 3,
        [
            *(unchanged, with_rows("samples"), with_settings(seed=4), with_code, with_picture),
            with_settings(asking={"model": "another"}),
        ],
    ),
    "depict": (
        taught,
        1 + 3,
        [unchanged, with_rows("statements"), with_settings(seed=4), with_code, with_picture],
    ),
    "observe": (
        observing,
        1 + 1,
        [
            *(unchanged, with_rows("questions"), with_weights, with_code),
            with_settings(focus={"max_new_tokens": 1}),
        ],
    ),
    "observe_samples": (
        observing,
        1 + 1,
        [unchanged, with_rows("samples"), with_weights, with_settings(focus={"max_new_tokens": 1})],
    ),
}
"""Of each stage its job, the lines of its log at which it is killed, and what then changes."""


@pytest.mark.slow
@pytest.mark.parametrize("stage", CHANGES)
def test_a_killed_job_ends_as_one_that_nobody_killed(
    stage: str, server: Loopback, language_model: Path, tmp_path: Path
) -> None:
    """Catches replies of another model, to other questions or under other settings among a job's
    own, and finished ones that are asked for again."""
    described, lines, changes = CHANGES[stage]
    environment = {"no_proxy": "127.0.0.1"}
    job, killed = described(stage, server.url), tmp_path / "killed"
    prepared(killed, language_model)
    log = killed / "out/.made.parquet.resume.jsonl"
    kill(
        job,
        killed,
        lambda: log.exists() and log.read_bytes().count(b"\n") >= lines,
        environment,
    )
    finished, asked = log.read_bytes().count(b"\n") - 1, len(server.requests)
    jobs = {}
    for number, change in enumerate(changes):
        for state in ("killed", "fresh"):
            home = tmp_path / f"{state}-{number}"
            shutil.copytree(killed, home)
            if state == "fresh":
                shutil.rmtree(home / "out")
            jobs[home] = change(home, job)
    told = perform_all(jobs, environment)
    for number, change in enumerate(changes):
        homes = [tmp_path / f"{state}-{number}" for state in ("killed", "fresh")]
        made = [{f.name: f.read_bytes() for f in (home / "out").iterdir()} for home in homes]
        assert made[0] == made[1], number
        assert not [name for name in made[0] if name.startswith(".")]
        begun_anew = ["libraries; begun anew" in told[home] for home in homes]
        assert begun_anew == [change is not unchanged, False], number
    if described is taught:
        assert len(server.requests) == asked + 7 * len(jobs) - finished
