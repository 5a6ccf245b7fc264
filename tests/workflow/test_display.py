"""What a person sees of a run: `make study` shows progress through our own logger."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from disks import mounted
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


LONG = """
rule all:
    input: "a", "b"
rule long:
    output: "{name}"
    log: "{name}.log"
    wildcard_constraints: name="[ab]"
    message: "making {wildcards.name}"
    shell: "touch started-{wildcards.name}; sleep 60 2> {log}"
"""


def started(folder: Path, workflow: str) -> subprocess.Popen[str]:
    """A run, as leader of a process group as a shell makes it."""
    (folder / "Snakefile").write_text(workflow)
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "2", "--logger", "progress"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{HOME / 'workflow/display'}:{HOME / 'src'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def shown(folder: Path) -> list[str]:
    """The lines of a run."""
    run = started(folder, WORKFLOW.replace("|| {", "|| {{").replace("1; }", "1; }}"))
    return run.communicate()[1].splitlines()


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


def test_jobs_that_the_user_ended_did_not_fail(tmp_path: Path) -> None:
    """Catches Ctrl-C that names each running job as FAILED, with an empty log."""
    run = started(tmp_path, LONG)
    while not all((tmp_path / f"started-{name}").exists() for name in "ab"):
        assert run.poll() is None
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does
    _, told = run.communicate()
    assert told.splitlines() == ["stopped; run again to go on"]
    assert run.returncode != 0


def test_a_disk_on_which_snakemake_cannot_write_is_one_line(tmp_path: Path) -> None:
    """Catches the traceback of Snakemake's own files where the disk takes no more."""
    with mounted(tmp_path / ".snakemake", "size=1m,ro") as folder:
        _, told = started(tmp_path, LONG).communicate()
    assert told.splitlines()[-1] == (
        f"{folder}/shadow: Read-only file system; choose a place that can be written"
    )
    assert "Traceback" not in told
