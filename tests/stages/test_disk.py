"""A job on a disk that is full, read-only or without locks, or with too few files to open: one line
that names the place and what to do, nothing that looks finished, and a rerun goes on."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from disks import mounted, remount
from downscaling.catalogue import benchmarks
from downscaling.runtime.job import Task
from performing import SOURCE, command, perform, task

MIB = 2**20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    with mounted(tmp_path / "disk", f"size={MIB}") as folder:
        yield folder


def noise(seed: int) -> bytes:
    """An image that does not compress."""
    drawn = np.random.default_rng(seed).integers(0, 256, (100, 100, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(drawn).save(buffer, "PNG")
    return buffer.getvalue()


def preparing(source: Path, root: Path) -> Task:
    """A job that prepares twelve questions with images of 30 KB each."""
    if not source.exists():
        (source / "data").mkdir(parents=True)
        options = dict.fromkeys("ABCD", "cup") | {"category": "VQAv2", "answer": "B"}
        images = [{"bytes": noise(seed), "path": "x.png"} for seed in range(12)]
        rows = [
            options | {"index": index, "question": "What?", "image": image}
            for index, image in enumerate(images)
        ]
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, source / "data/test-00000-of-00001.parquet")
    reader = benchmarks.load()["vmcbench"].reader.model_dump(mode="json")
    about: dict[str, object] = {
        "name": "mine",
        "reader": reader,
        "categories": {},
        "required": [],
        "most": None,
    }
    settings = {
        **{"source": "vmcbench", "training": [], "families": [], "seed": 0, "missing_share": 0.0},
        "benchmarks": [about | {"omitted_share": 0.0}],
    }
    data = root / "data/mine"
    outputs = {"train": [], "test": [data / "test.parquet"], "images": [data / "images"]}
    inputs = {"source": [source], "linked": []}
    return task("prepare", settings, root, inputs, outputs, missing=str(root / "missing/vmcbench"))


def finished(root: Path) -> list[str]:
    """What looks finished in a preset's folder."""
    files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    return [str(path) for path in files if not any(part.startswith(".") for part in path.parts)]


def test_a_full_disk_is_one_line_and_with_room_it_goes_on(disk: Path, tmp_path: Path) -> None:
    """Catches fifty lines of traceback for a disk that is full, and half a folder of images that
    counts as one."""
    job = preparing(tmp_path / "source", disk / "preset")
    remount(disk, "size=200k")
    full = perform(job, tmp_path / "jobs")
    assert full.stdout == (
        f"downscaling: {disk}/preset/data/mine/images: No space left on device; make room and run "
        "it again\n"
    )
    assert (full.returncode, finished(disk / "preset")) == (1, [])
    remount(disk, f"size={4 * MIB}")
    assert perform(job, tmp_path / "jobs").returncode == 0
    assert len(finished(disk / "preset")) > 12
    assert [str(path) for path in disk.rglob(".*.part-*")] == []


def test_a_disk_that_may_only_be_read_is_one_line(disk: Path, tmp_path: Path) -> None:
    """Catches a traceback for a folder that nobody can write, as a snapshot or an image."""
    job = preparing(tmp_path / "source", disk / "preset")
    remount(disk, "ro")
    refused = perform(job, tmp_path / "jobs")
    assert refused.stdout.startswith(f"downscaling: {disk}/")
    assert refused.stdout.endswith(": Read-only file system; choose a place that can be written\n")
    assert (refused.returncode, refused.stdout.count("\n")) == (1, 1)
    remount(disk, "rw")
    assert perform(job, tmp_path / "jobs").returncode == 0


def test_too_many_open_files_are_one_line(tmp_path: Path) -> None:
    """Catches a traceback from deep inside a library for a limit of the shell."""
    job = preparing(tmp_path / "source", tmp_path / "preset")
    call = f"ulimit -n 8; {shlex.join(command(job, tmp_path / 'jobs'))}"
    done = subprocess.run(
        ["bash", "-c", call],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
    )
    assert done.stderr.startswith("downscaling: /")
    assert done.stderr.endswith(
        ": Too many open files; raise the limit on open files (ulimit -n) and run it again\n"
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "preset/record.json").exists()
    assert perform(job, tmp_path / "jobs").returncode == 0


NO_LOCKS = """
import errno, fcntl, os

HAS_LOCKS = fcntl.flock

def flock(file, operation):
    number = file if isinstance(file, int) else file.fileno()
    if os.readlink(f"/proc/self/fd/{number}").startswith(os.environ["WITHOUT_LOCKS"]):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
    return HAS_LOCKS(file, operation)

fcntl.flock = flock
"""


def test_results_need_no_file_system_with_locks(tmp_path: Path) -> None:
    """Catches a file system without flock, as clusters have them, on which no job runs; and a
    traceback where the folder for temporary files lies on one."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(NO_LOCKS)
    job = preparing(tmp_path / "source", tmp_path / "preset")
    without = {"PYTHONPATH": f"{tmp_path / 'site'}:{SOURCE}", "TMPDIR": str(tmp_path)}
    refused = perform(job, tmp_path / "jobs", without | {"WITHOUT_LOCKS": str(tmp_path)})
    assert refused.stdout.startswith(f"downscaling: {tmp_path}/")
    assert refused.stdout.endswith(
        ": No locks available; choose a place on a file system with locks\n"
    )
    assert (refused.returncode, refused.stdout.count("\n")) == (1, 1)
    done = perform(job, tmp_path / "jobs", without | {"WITHOUT_LOCKS": str(tmp_path / "preset")})
    assert (done.returncode, done.stdout) == (0, "")
