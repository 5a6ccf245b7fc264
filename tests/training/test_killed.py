"""A tuning that was killed goes on with its own state only, and never with half of one."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from downscaling.config.tunings import LearningRates
from downscaling.records.files import write
from downscaling.records.rows import Sample, Turn
from downscaling.runtime.job import Task
from performing import kill, perform_all, task
from small import samples, settings

Change = Callable[[Path, Task], Task]


def prepared(home: Path, language_model: Path, tower: Path, root: Path) -> None:
    """The inputs of a tuning, in a folder."""
    home.mkdir()
    for name, folder in (("model", language_model), ("tower", tower), ("root", root)):
        shutil.copytree(folder, home / name)
    write(home / "train.parquet", samples(), Sample)


def tuning(**changed: Any) -> Task:
    """A tuning of 24 steps, whose paths start at its folder."""
    rates = LearningRates(connector=1e-3, language_model=1e-3, vision_tower=1e-3)
    chosen = settings(learning_rate=rates, epochs=8.0, **({"save_steps": 3} | changed))
    job = task(
        "tune",
        {"numerics": "portable", "threads": 1, "tuning": chosen.values(), "shares": [1.0]},
        Path("root"),
        {
            "language_model": [Path("model")],
            "tower": [Path("tower")],
            "samples": [Path("train.parquet")],
            "images": [Path("root")],
        },
        {"model": [Path("out")]},
        states="states",
        curves="curves",
        report_to="",
    )
    return dataclasses.replace(job, record="record.json", measurement="measurement.json")


def assert_ends_alike(killed: Path, job: Task, changes: Sequence[Change]) -> list[str]:
    """After each change a job that goes on from what lies in `killed` ends as one that finds no
    state, and so does its record. Gives what those that go on said."""
    jobs = {}
    for number, change in enumerate(changes):
        for state in ("killed", "fresh"):
            home = killed.with_name(f"{state}-{number}")
            shutil.copytree(killed, home)
            if state == "fresh":
                shutil.rmtree(home / "states")
            jobs[home] = change(home, job)
    told = perform_all(jobs)
    for number in range(len(changes)):
        ends = []
        for state in ("killed", "fresh"):
            home = killed.with_name(f"{state}-{number}")
            ends.append({path.name: path.read_bytes() for path in (home / "out").iterdir()})
            ends[-1]["record"] = (home / "record.json").read_bytes()
            assert not (home / "states").exists()
        assert ends[0] == ends[1], number
    return [text for home, text in told.items() if home.name.startswith("killed")]


def unchanged(home: Path, job: Task) -> Task:
    """Nothing."""
    return job


def with_other_samples(home: Path, job: Task) -> Task:
    """Another reply in one conversation."""
    first, *rest = samples()
    turn = Turn(first.turns[0].prompt, "another")
    write(home / "train.parquet", [dataclasses.replace(first, turns=(turn,)), *rest], Sample)
    return job


def with_other_backbone(home: Path, job: Task) -> Task:
    """Other weights of the language model."""
    file = home / "model/model.safetensors"
    weights = load_file(file)
    torch.manual_seed(9)
    for weight in weights.values():
        weight += torch.randn_like(weight) / 20
    save_file(weights, file, metadata={"format": "pt"})
    return job


def with_other_picture(home: Path, job: Task) -> Task:
    """Another image under the name of one."""
    Image.new("RGB", (48, 48), (1, 2, 3)).save(home / "root/0.png")
    return job


def with_other_shares(home: Path, job: Task) -> Task:
    """A smaller share of the samples."""
    return dataclasses.replace(job, settings=job.settings.replace("[1.0]", "[0.5]"))


def with_other_rates(home: Path, job: Task) -> Task:
    """Another recipe."""
    changed = json.loads(job.settings)
    changed["tuning"]["warmup_ratio"] = 0.5
    return dataclasses.replace(job, settings=json.dumps(changed))


def with_other_code(home: Path, job: Task) -> Task:
    """An edit of the code that tunes."""
    return dataclasses.replace(job, code="edited")


CHANGES: list[Change] = [
    *(with_other_samples, with_other_backbone, with_other_picture),
    *(with_other_shares, with_other_rates, with_other_code),
]


@pytest.mark.slow
def test_a_killed_tuning_goes_on_with_its_own_state_only(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches weights of which the first steps are those of other samples, backbones, images,
    shares or rates, and a state that nothing removes."""
    killed = tmp_path / "killed"
    prepared(killed, language_model, tower, root)
    is_saved = lambda: bool(list(killed.glob("states/*/checkpoint-9/trainer_state.json")))  # noqa: E731
    kill(tuning(), killed, is_saved)
    told = assert_ends_alike(killed, tuning(), [unchanged, *CHANGES])
    removed = ["of other settings, inputs, code or libraries; removed" in text for text in told]
    assert removed == [False] + [True] * len(CHANGES)


def test_a_tuning_that_was_killed_while_it_saved_ends_as_an_unbroken_one(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches a half-written checkpoint that is taken for the newest one."""
    killed, job = tmp_path / "killed", tuning(save_steps=1)
    prepared(killed, language_model, tower, root)
    kill(job, killed, lambda: bool(list(killed.glob("states/*/unfinished/*/model.safetensors"))))
    (torn,) = killed.glob("states/*/unfinished/checkpoint-*")
    assert not (torn / ".manifest.json").exists()
    assert_ends_alike(killed, job, [unchanged])
