"""What a person sees of a run: `make study` shows progress through our own logger."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from disks import mounted
from downscaling.runtime.progress import progress_bar
from running import HOME, clone, configure, cut_down

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


WORKING = """
rule all:
    input: "a", "b"
rule work:
    output: "{name}"
    log: "{name}.log"
    wildcard_constraints: name="[ab]"
    message: "training {wildcards.name}"
    shell: "{sys.executable} work.py 2> {log}; touch {output}"
"""
WORK = """
import time
from downscaling.runtime.progress import progress_line
with progress_line("step", 10 * STEPS) as tell:
    for step in range(STEPS):
        time.sleep(0.05)
        tell(10, 1.4182 - step / 1_000_000)
"""
"""Training, as far as its log tells it."""
COMMAND = [sys.executable, "-m", "snakemake", "--cores", "2", "--logger", "progress"]


def environment(home: Path = HOME) -> dict[str, str]:
    """What finds the display of a clone, and what it imports."""
    return os.environ | {"PYTHONPATH": f"{home / 'workflow/display'}:{home / 'src'}"}


def started(folder: Path, workflow: str) -> subprocess.Popen[str]:
    """A run, as leader of a process group as a shell makes it."""
    (folder / "Snakefile").write_text(workflow)
    return subprocess.Popen(
        COMMAND,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


PATIENCE = 180.0
"""Seconds after which a command that does not come to a moment is ended."""


class Terminal:
    """A command at a terminal of 100 columns; what it shows, and its Ctrl-C."""

    def __init__(self, folder: Path, command: list[str], environment: dict[str, str]) -> None:
        self.screen, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.run = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inner)
        self.shown = ""

    def read(self, until: Callable[[str], object] = lambda shown: False) -> str:
        """All that was shown until a moment comes, or the command ends."""
        deadline = time.monotonic() + PATIENCE
        while not until(self.shown):
            wait = deadline - time.monotonic()
            if wait <= 0 or not select.select([self.screen], [], [], wait)[0]:
                os.killpg(self.run.pid, signal.SIGKILL)
                pytest.fail(f"in {PATIENCE} s it showed: {self.shown[-2000:]}")
            try:
                self.shown += os.read(self.screen, 2**16).decode("utf-8", "replace")
            except OSError:  # the command ended, and nobody holds the terminal's other side
                break
        return self.shown

    def stop(self) -> tuple[list[str], int]:
        """The last lines that stay after Ctrl-C, and the exit code."""
        before = len(self.shown)
        os.write(self.screen, b"\x03")
        told = self.read()[before:]
        return told.rpartition("\033[J")[2].splitlines(), self.run.wait()


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


TOLD = r"step \d+0/1000000 · loss 1\.\d+ · (\d+ h )?(\d+ min )?(\d+ s )?left"


def test_a_terminal_shows_step_loss_and_remaining_time_of_all_jobs(tmp_path: Path) -> None:
    """Catches a display that only names what runs for hours, shows one of several jobs, or leaves a
    torn line on the terminal when Ctrl-C ends it."""
    (tmp_path / "work.py").write_text(WORK.replace("STEPS", "100000"))
    (tmp_path / "Snakefile").write_text("import sys\n" + WORKING)
    terminal = Terminal(tmp_path, COMMAND, environment())
    block = re.compile(rf"(training [ab] · {TOLD}\r\n){{2}}study 0/3")
    screen = terminal.read(block.search)
    assert block.search(screen)
    assert "\033[2A\033[J" in screen  # the block is written over itself
    last, code = terminal.stop()
    assert last == ["stopped; run again to go on"]
    assert code != 0
    assert "FAILED" not in terminal.shown


def test_a_pipe_gets_a_line_for_each_finished_job(tmp_path: Path) -> None:
    """Catches a log file that fills with a line for each step, or with commands to a terminal."""
    (tmp_path / "work.py").write_text(WORK.replace("STEPS", "100"))
    _, told = started(tmp_path, "import sys\n" + WORKING).communicate()
    lines = [re.sub(r"\[.*\] | \(\d+ s\)", "", line) for line in told.splitlines()]
    assert sorted(lines) == ["all", "training a", "training b"]


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The display's package, which Snakemake imports by its name."""
    monkeypatch.syspath_prepend(HOME / "workflow/display")
    import snakemake_logger_plugin_progress as package

    return package


def begin(handler: Any, job: int, log: Path, *outputs: str) -> None:
    """Tell a handler that a job begins."""
    values = {"event": "job_info", "jobid": job, "rule_msg": f"training {job}", "rule_name": "tune"}
    tell(handler, **values, log=[str(log)], output=outputs)


def tell(handler: Any, **values: Any) -> None:
    """Give a handler a record with these values."""
    handler.handle(logging.makeLogRecord(values))


def test_a_pipe_gets_a_line_a_minute(
    display: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Catches a run of days on a cluster whose log says nothing, what an earlier run left in a log
    taken for progress, and a huge log that is read whole."""
    assert display.ELSEWHERE == 60
    monkeypatch.setattr(display, "ELSEWHERE", 0.5)
    handler = display.LogHandler(SimpleNamespace(dryrun=False), None)
    tell(handler, event="run_info", stats={"tune": 12, "total": 12})
    logs = [tmp_path / f"{number}.log" for number in range(12)]
    logs[0].write_text(bar("old", 5, 10))  # of an earlier run
    for job, log in enumerate(logs):
        begin(handler, job, log)
    logs[1].write_text(bar("step", 5, 10) + "\n" + "x" * 2**20)
    logs[2].write_text(bar("step", 5, 10) + "\r" + bar("step", 6, 10) + "\nsaid in between\n")
    time.sleep(0.8)
    handler.close()
    (line,) = capsys.readouterr().err.splitlines()
    told = line.removeprefix("now: ").split("; ")
    assert re.fullmatch(r"training 0 · \d s", told[0])
    assert re.fullmatch(r"training 1 · \d s", told[1])  # its bar lies far from the end
    assert re.fullmatch(r"training 2 · step 6/10 · \d s left", told[2])
    assert told[-2:] == ["and 4 more", "study 0/12"]


def bar(what: str, done: int, total: int) -> str:
    """A bar as tqdm draws it."""
    from tqdm import tqdm

    return str(tqdm.format_meter(done, total, 3.0, prefix=what))


def test_a_display_that_fails_does_not_end_the_run(
    display: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a record of another form that ends the thread in which all of them are shown."""
    handler = display.LogHandler(SimpleNamespace(dryrun=True), None)
    tell(handler, event="job_info")
    tell(handler, levelno=logging.WARNING, msg="still shown")
    handler.close()
    assert capsys.readouterr().err.splitlines()[-1] == "still shown"


def test_the_bar_of_a_log_is_read_as_tqdm_writes_it(
    display: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a new form of tqdm's bars, in which the display would find nothing, and commands to a
    terminal that a bar may hold."""
    log = tmp_path / "job.log"
    read = display.JobLog([str(log)])
    assert read.bar() is None
    with log.open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        with progress_bar("step", 1200, 200) as steps:
            steps.set_postfix(loss=1.4182, refresh=False)
            steps.start_t -= 10
            steps.n = 700
            steps.refresh()
            assert str(read.bar()) == "step 700/1200 · loss 1.42 · 10 s left"
            steps.update(500)
    assert read.bar() is None
    log.write_text(bar("a\033[2Jb", 5, 10))
    assert str(read.bar()) == r"a\x1b[2Jb 5/10 · 3 s left"


def test_the_study_takes_what_its_jobs_took_before(display: Any, tmp_path: Path) -> None:
    """Catches an estimate by the number of jobs, of which a few take most of the time; and one of a
    study that was never measured."""
    reference = HOME / "results/miniature/measured/jobs/tune/single-8B/seed-0.json"
    measured = tmp_path / "measured/jobs/tune/a/seed-0.json"
    handler = display.LogHandler(SimpleNamespace(dryrun=True), None)
    tell(handler, event="run_info", stats={"tune": 9, "tune_largest": 1, "all": 1, "total": 11})
    begin(handler, 1, tmp_path / "log", str(measured))
    assert handler.estimate.left() is None
    measured.parent.mkdir(parents=True)
    measured.write_text(json.dumps(json.loads(reference.read_text()) | {"seconds": 40.0}))
    tell(handler, event="run_info", stats={"tune": 9, "tune_largest": 1, "all": 1, "total": 11})
    begin(handler, 1, tmp_path / "log", str(measured))
    assert handler.estimate.left() == pytest.approx(400, abs=2)


@pytest.mark.slow
def test_a_real_tuning_is_shown_with_step_loss_and_remaining_time(tmp_path: Path) -> None:
    """Catches a tuning whose log does not say what the display reads, Ctrl-C in one that calls it
    failed, and one that is taken up again and begins to count anew."""
    home = tmp_path / "clone"
    clone(home)
    values = cut_down("watched")
    values["tunings"]["connector"]["epochs"] = 9000.0
    values["tuning"]["save_steps"] = 100
    configure(home, values)
    target = "results/watched/models/connector-0.6B/seed-0"
    terminal = Terminal(home, [*COMMAND, "--", target], environment(home))
    line = re.compile(
        r"tuning connector-0\.6B, seed 0 · step (?!100/)(\d{3,4})/9000 · loss [\d.e-]+ · "
        r"(\d+ h )?(\d+ min )?(\d+ s )?left\r\nstudy \d+/\d+"
    )
    assert line.search(terminal.read(line.search))
    last, code = terminal.stop()
    assert last == ["stopped; run again to go on"]
    assert code != 0
    assert "FAILED" not in terminal.shown
    again = Terminal(home, [*COMMAND, "--", target], environment(home))
    assert line.search(again.read(line.search))
    again.stop()
    steps = re.findall(r"step (\d+)/9000", again.shown)
    assert int(steps[0]) >= 100  # where the one before stopped
