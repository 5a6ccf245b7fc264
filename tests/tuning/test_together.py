"""Several processes tune as one does. They are CPU processes here; what they do is the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from downscaling.devices import REPORT_TO, VISIBLE
from downscaling.records import Sample, write
from downscaling.study import as_json
from downscaling.study.tunings import Layout, LearningRates
from small import samples, settings

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def tune(language_model: Path, tower: Path, root: Path, tmp_path: Path) -> Any:
    """A function that runs the verb on so many GPUs, which here are names without a device, so
    that each of them is computed on the CPU; and gives the folder of the tuned model."""
    write(tmp_path / "train.parquet", samples(10), Sample)
    rates = LearningRates(connector=1e-3, language_model=1e-3)

    def run(gpus: int, **changed: Any) -> Path:
        out = tmp_path / f"model-{gpus}-{len(list(tmp_path.iterdir()))}"
        params = as_json(settings(epochs=2.0, learning_rate=rates, **changed))
        command = [
            *(sys.executable, "-m", "downscaling", "tune"),
            *("--language-model", str(language_model), "--tower", str(tower)),
            *("--samples", f"{tmp_path / 'train.parquet'}=1.0", "--root", str(root)),
            *("--out", str(out), "--params", params, "--gpus", str(gpus)),
            *("--logs", str(tmp_path / "logs/seed-0/single")),
        ]
        ours = {VISIBLE: "none-0,none-1", "TMPDIR": str(tmp_path), "PYTHONPATH": str(SOURCE)}
        ours |= {"OMP_NUM_THREADS": "1", REPORT_TO: "tensorboard"}
        done = subprocess.run(command, env=os.environ | ours, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-4000:]
        return out

    return run


def test_two_processes_tune_as_one_does(tune: Any, tmp_path: Path) -> None:
    """Catches a launch that leaves one GPU idle, a step that sees other conversations or weighs
    them otherwise, a last batch that repeats some, and two processes that write one output."""
    if torch.cuda.is_available():
        pytest.skip("names without a device are taken for devices only where there are none")
    alone = load_file(tune(1) / "model.safetensors")
    out = tune(2, layout=Layout(device_batch_size=1))
    together = load_file(out / "model.safetensors")
    for name, value in alone.items():
        torch.testing.assert_close(together[name], value, rtol=1e-3, atol=2e-5, msg=name)
    about = json.loads(out.with_name(f"{out.name}.run.json").read_text())
    assert about["steps"] == 6
    assert list((tmp_path / "logs/seed-0/single").glob("events.out.tfevents.*"))
    assert not list(tmp_path.glob(".*checkpoints*"))
