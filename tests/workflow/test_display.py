"""What a person sees of a run: `make study` shows progress through our own logger."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from running import HOME

WORKFLOW = """
rule all:
    input: "b"
rule first:
    output: "a"
    message: "making a"
    shell: "touch {output}"
rule second:
    input: "a"
    output: "b"
    log: "b.log"
    message: "making b"
    shell: "[ -e allowed ] || { echo not allowed > {log}; exit 1; }; touch {output}"
"""


def shown(folder: Path) -> list[str]:
    """The lines of a run."""
    (folder / "Snakefile").write_text(WORKFLOW.replace("|| {", "|| {{").replace("1; }", "1; }}"))
    environment = os.environ | {"PYTHONPATH": str(HOME / "workflow/display")}
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--logger", "progress"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stderr.splitlines()


def test_each_finished_job_is_a_line_and_a_failed_one_shows_its_log(tmp_path: Path) -> None:
    """Catches a run that fails without saying where, and a display that hides that it moves."""
    failed = shown(tmp_path)
    assert failed[0].startswith("[1/3, 0:0")
    assert failed[0].endswith("making a (0 s)")
    assert failed[1] == "FAILED: making b"
    assert "not allowed" in failed
    (tmp_path / "allowed").touch()
    assert [line.split("] ")[-1] for line in shown(tmp_path)] == ["making b (0 s)", "all (0 s)"]
    assert any("Nothing to be done" in line for line in shown(tmp_path))
