"""The teacher's stages as rules run them, from samples to the resume log and the records."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from completions import TEACH, Handler, Loopback, serving, told
from downscaling.extraction.teacher import Depiction, Dropped, Statements
from downscaling.records.files import read, write
from downscaling.records.rows import Sample, Turn
from performing import perform, task

ENGINE: dict[str, Any] = {}
"""How the replies of the teacher are got: the test at work says."""


@pytest.fixture
def samples(tmp_path: Path, images: list[Path]) -> Path:
    """A file of seven samples, one question each; the paths of their images start at `root`."""
    (tmp_path / "root").symlink_to(images[0].parent)
    held = [
        Sample(f"gqa-{n}", "gqa", (f"{n}.png",), (Turn(f"what is {n}?", f"it{n}"),))
        for n in range(7)
    ]
    write(tmp_path / "train.parquet", held, Sample)
    return tmp_path / "train.parquet"


def call(
    stage: str,
    folder: Path,
    shard: str = "1-of-1",
    teach: dict[str, Any] = TEACH,
    later: Path | None = None,
    model: Path | None = None,
    **inputs: list[Path],
) -> subprocess.CompletedProcess[str]:
    """Do a teacher's job; its results lie in `folder`, and the samples beside it. `later` is a
    second file of samples."""
    home = folder.parent
    outputs = {
        "statements" if stage == "statements" else "descriptions": [folder / f"{stage}.parquet"],
        "dropped": [folder / f"{stage}-dropped.parquet"],
    }
    inputs = inputs | {
        "images": [home / "root"],
        "samples": [home / "train.parquet"],
        "model": [model] if model else [],
    }
    if later:
        inputs["samples"].append(later)
        for name, files in outputs.items():
            files.append(folder / f"later-{name}.parquet")
    return perform(
        task(
            stage,
            teach | {"shard": shard},
            home / "root",
            inputs,
            outputs,
            engine=json.dumps(ENGINE),
        ),
        home / "jobs",
        {"no_proxy": "127.0.0.1"},
    )


def served_by(server: Loopback) -> None:
    """Let the jobs ask this server."""
    how = {"key_variable": None, "concurrency": 1, "timeout": 5.0, "retries": 1}
    ENGINE.clear()
    ENGINE.update(how | {"base_url": server.url})


def answer(handler: Handler, body: dict[str, Any], times: int) -> None:
    """State each answer; of the fifth sample's, one statement too many, always."""
    text = told(body)
    reply = f"1. {text.split()[-1]}" if "Answer:" in text else f"An image: {text.split()[-1]}"
    handler.reply(f"{reply}\n2. more" if text.endswith("it5") else reply)


def test_a_job_that_died_goes_on_to_the_same_files(samples: Path) -> None:
    """Catches finished requests that are paid for twice, a log under a name that the next call
    does not look for, one that is left behind or that another seed's job takes up, and files that
    tell of the interruption."""
    home = samples.parent
    with serving(answer) as server:
        served_by(server)
        assert call("statements", home / "unbroken").returncode == 0
        asked = len(server.requests)

    def fails_at_the_third(handler: Handler, body: dict[str, Any], times: int) -> None:
        if told(body).endswith("it3"):
            handler.send(401, b"no such key")
        else:
            answer(handler, body, times)

    with serving(fails_at_the_third) as server:
        served_by(server)
        died = call("statements", home / "broken")
        assert died.returncode == 1
        assert "answered 401: no such key" in died.stdout
    log = home / "broken" / ".statements.parquet.resume.jsonl"
    assert len(log.read_bytes().splitlines()) == 1 + 3
    with log.open("ab") as file:
        file.write(b'["gqa-3", ["half')
    with serving(answer) as server:
        served_by(server)
        shutil.copytree(home / "broken", home / "other")
        goes_on = call("statements", home / "broken")
        assert goes_on.returncode == 0
        assert "torn or damaged behind line 4;" in goes_on.stdout
        assert len(server.requests) == asked - 3
        other = call("statements", home / "other", teach=TEACH | {"seed": 4})
        assert other.returncode == 0
        assert "begun anew" in other.stdout
        assert len(server.requests) == asked - 3 + asked
    assert not list(home.glob("*/.*"))
    for name in ("statements.parquet", "statements-dropped.parquet"):
        made = [(home / folder / name).read_bytes() for folder in ("broken", "unbroken")]
        assert made[0] == made[1]
    (lost,) = read(home / "broken" / "statements-dropped.parquet", Dropped)
    assert lost == Dropped("gqa", "gqa-5", "the teacher's statements are 2, the questions 1")


def test_a_set_that_failed_costs_no_finished_set(samples: Path) -> None:
    """Catches a job over several sets whose failure in the last has the first paid for twice:
    Snakemake removes what a failed job has written."""
    home = samples.parent
    (home / "broken").mkdir()
    later = home / "later" / "train.parquet"
    later.parent.mkdir()
    later.write_bytes(b"no records")
    with serving(answer) as server:
        served_by(server)
        assert call("statements", home / "broken", later=later).returncode == 1
        asked = len(server.requests)
        for made in (home / "broken").glob("[!.]*"):
            made.unlink()
        write(later, [Sample("gqa-9", "gqa", ("1.png",), (Turn("what?", "it9"),))], Sample)
        assert call("statements", home / "broken", later=later).returncode == 0
        # The new row, and both tries of the one that the teacher fails on: no log holds it.
        assert len(server.requests) == asked + 1 + 2
    assert len(read(home / "broken" / "statements.parquet", Statements)) == 6
    assert not list((home / "broken").glob(".*"))


@pytest.mark.parametrize("count", [1, 3])
def test_both_steps_in_shards(count: int, samples: Path) -> None:
    """Catches rows lost between the steps, and results that depend on the number of shards."""
    home = samples.parent
    stated: list[Statements] = []
    depicted: list[Depiction] = []
    with serving(answer) as server:
        served_by(server)
        for number in range(1, count + 1):
            folder = home / f"{number}-of-{count}"
            assert call("statements", folder, shard=folder.name).returncode == 0
            stated_in = [folder / "statements.parquet"]
            done = call("depict", folder, shard=folder.name, statements=stated_in)
            assert done.returncode == 0, done.stdout
            stated += read(folder / "statements.parquet", Statements)
            depicted += read(folder / "depict.parquet", Depiction)
    kept = [0, 1, 2, 3, 4, 6]
    assert stated == [Statements(f"gqa-{n}", (f"it{n}",)) for n in kept]
    assert depicted == [Depiction(f"gqa-{n}", f"An image: it{n}") for n in kept]


def test_a_model_of_transformers_teaches(samples: Path, qwen3_vl: Path) -> None:
    """Catches an engine that no verb can reach; an untrained model's statements fit no question,
    so its rows are all listed."""
    ENGINE.clear()
    ENGINE["batch_size"] = 4
    local = TEACH | {"engine": "transformers", "precision": "float32"}
    folder = samples.parent / "1-of-1"
    done = call("statements", folder, model=qwen3_vl, teach=local)
    assert done.returncode == 0, done.stdout
    dropped = read(folder / "statements-dropped.parquet", Dropped)
    made = read(folder / "statements.parquet", Statements)
    assert len(made) + len(dropped) == 7
    assert dropped
