"""One run of the smoke graph, shared by the tests that look at what it made."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from running import preset, snakemake


@pytest.fixture(scope="session")
def smoke(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the whole smoke graph has run, one for all workers: the first runs it. A
    run that `--smoke-run` kept is brought up to date, by Snakemake itself."""
    kept = request.config.getoption("smoke_run")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = Path(kept).resolve() if kept else shared / "smoke"
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second run of the preset would be refused
        run = snakemake(folder, "--cores", "2", *preset("smoke"))
    assert run.code == 0, run.text[-6000:]
    return folder
