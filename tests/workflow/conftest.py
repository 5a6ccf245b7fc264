"""One run of the smoke graph, shared by the tests that look at what it made."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import preset, snakemake


@pytest.fixture(scope="session")
def smoke(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the whole smoke graph has run. A run that `--smoke-run` kept is brought up
    to date, by Snakemake itself."""
    kept = request.config.getoption("smoke_run")
    folder = Path(kept).resolve() if kept else tmp_path_factory.mktemp("smoke")
    run = snakemake(folder, "--cores", "2", *preset("smoke"))
    assert run.code == 0, run.text[-6000:]
    return folder
