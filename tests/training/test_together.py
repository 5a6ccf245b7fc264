"""Several processes tune as one does. They are CPU processes here; what they do is the same."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from downscaling.config.tunings import Layout, LearningRates
from downscaling.records.files import write
from downscaling.records.rows import Sample
from downscaling.runtime.devices import VISIBLE
from performing import command, task
from small import samples, settings

SOURCE = Path(__file__).parents[2] / "src"
PRETENCE = Path(__file__).parent / "pretence"


@pytest.fixture
def tune(language_model: Path, tower: Path, root: Path, tmp_path: Path) -> Any:
    """A function that runs the verb on so many GPUs, which here are names without a device, so
    that each of them is computed on the CPU; and gives the folder of the tuned model. `until` names
    a file of the tuning's states, or rather its end: once it is there, the verb is stopped.
    `refusal` is the line with which it must fail, its end."""
    if torch.cuda.is_available():
        pytest.skip("names without a device are taken for devices only where there are none")
    blind = [dataclasses.replace(s, images=()) if int(s.id) % 3 == 1 else s for s in samples(10)]
    write(tmp_path / "train.parquet", blind, Sample)
    rates = LearningRates(connector=1e-3, language_model=1e-3, vision_tower=1e-3)

    def run(name: str, gpus: int, until: str = "", refusal: str = "", **changed: Any) -> Path:
        out = tmp_path / name
        job = task(
            "tune",
            {
                # FSDP frees weights, which it cannot once numpy has seen them; on GPUs none does.
                "numerics": "native",
                "threads": 1,
                "tuning": settings(learning_rate=rates, **changed).values(),
                "shares": [1.0],
            },
            root,
            {
                "language_model": [language_model],
                "tower": [tower],
                "samples": [tmp_path / "train.parquet"],
                "images": [root],
            },
            {"model": [out]},
            gpu=gpus,
            pretended_gpus=1,
            states=str(tmp_path / f".{name}.states"),
            curves=str(tmp_path / "logs/seed-0" / name),
            report_to="tensorboard",
        )
        job = dataclasses.replace(job, record=str(tmp_path / f"{name}.json"))
        ours = {VISIBLE: "none-0,none-1,none-2,none-3", "TMPDIR": str(tmp_path)}
        ours |= {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
        if changed.get("layout", Layout()).sharding == "full":
            ours["PYTHONPATH"] += f"{os.pathsep}{PRETENCE}"
        with (tmp_path / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                command(job, tmp_path / f"{name}-job"),
                env=os.environ | ours,
                stdout=log,
                stderr=log,
            )
            while (
                until
                and process.poll() is None
                and not list(tmp_path.glob(f".{name}.states/*/{until}"))
            ):
                time.sleep(0.01)
            if until:
                process.terminate()
            code = process.wait()
        told = (tmp_path / f"{name}.log").read_text()
        assert (code != 0) == bool(until or refusal), told[-4000:]
        if refusal:
            # Each process says it.
            (line,) = {line for line in told.splitlines() if line.startswith("downscaling: /")}
            assert line.endswith(refusal)
            assert "Traceback" not in told
        return out

    return run


def _assert_close(mine: Path, theirs: Path) -> None:
    left, right = (load_file(folder / "model.safetensors") for folder in (mine, theirs))
    for name, value in left.items():
        if not name.endswith("k_proj.bias"):  # no gradient but rounding, of which Adam makes steps
            torch.testing.assert_close(right[name], value, rtol=1e-3, atol=2e-5, msg=name)


LAYOUT = Layout(device_batch_size=1, gradient_checkpointing=True)


def test_two_processes_tune_as_one_does(tune: Any, tmp_path: Path) -> None:
    """Catches a launch that leaves one GPU idle, a step that sees other conversations or weighs
    them otherwise, a last batch that repeats some, a process that waits for the tower of another
    which has no image, and two processes that write one output."""
    alone = tune("alone", 1, epochs=2.0)
    together = tune("together", 2, epochs=2.0, layout=LAYOUT)
    _assert_close(alone, together)
    assert json.loads((tmp_path / "together.json").read_text())["results"]["steps"] == 6
    assert list((tmp_path / "logs/seed-0/together").glob("events.out.tfevents.*"))
    assert not list(tmp_path.glob(".*.states"))


@pytest.mark.slow
@pytest.mark.parametrize("sharding", ["none", "full"])
def test_two_stopped_processes_go_on_and_end_where_one_does(tune: Any, sharding: str) -> None:
    """Catches a resumed pass over the data in the order of the first one, which is what accelerate
    would make of it; and shards that are not found again, or are saved as the model."""
    long: dict[str, Any] = {"epochs": 8.0, "save_steps": 2, "cross_entropy": "chunked"}
    spread = long | {"layout": LAYOUT.model_copy(update={"sharding": sharding})}
    tune("broken", 2, until="checkpoint-4/trainer_state.json", **spread)
    _assert_close(tune("alone", 1, **long), tune("broken", 2, **spread))


@pytest.mark.slow
def test_a_stopped_tuning_goes_on_with_fewer_gpus(tune: Any) -> None:
    """Catches a place in the data, or an optimiser, that counts in batches of a device."""
    long: dict[str, Any] = {"epochs": 8.0, "save_steps": 2, "layout": LAYOUT}
    tune("broken", 2, until="checkpoint-4/trainer_state.json", **long)
    _assert_close(tune("alone", 1, **long), tune("broken", 1, **long))


def test_a_stopped_tuning_whose_recipe_changed_begins_anew(tune: Any) -> None:
    """Catches a tuning that goes on from the checkpoint of another configuration."""
    long: dict[str, Any] = {"epochs": 8.0, "save_steps": 2}
    tune("broken", 1, until="checkpoint-4/trainer_state.json", **long, seed=1)
    alone, broken = tune("alone", 1, **long), tune("broken", 1, **long)
    assert (broken / "model.safetensors").read_bytes() == (alone / "model.safetensors").read_bytes()
    assert not list(broken.parent.glob(".*.states"))


@pytest.mark.slow
def test_shards_go_on_in_another_number_of_processes_but_not_in_one(tune: Any) -> None:
    """Catches a checkpoint of two GPUs that four cannot take up, or one GPU with a traceback about
    a missing file; and a whole one that shards are looked for in."""
    long: dict[str, Any] = {"epochs": 8.0, "save_steps": 2, "cross_entropy": "chunked"}
    spread = long | {"layout": LAYOUT.model_copy(update={"sharding": "full"})}
    alone = tune("alone", 1, **long)
    tune("broken", 2, until="checkpoint-4/trainer_state.json", **spread)
    tune("broken", 1, refusal="to begin anew", **spread)
    _assert_close(alone, tune("broken", 4, **spread))
    tune("whole", 1, until="checkpoint-4/trainer_state.json", **spread)
    tune("whole", 2, refusal="to begin anew", **spread)
