"""One line for each finished job, and what is running now: `snakemake --logger progress`.

Snakemake finds a logger by the name of its package on the path, so the Makefile puts this folder
there. A job that fails is named, and its log is shown. Jobs that end because the user ended the run
did not fail.
"""

import os
import re
import sys
import time
from logging import WARNING, LogRecord

from snakemake.logging import show_logs
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from downscaling.runtime.plainly import explained

SHOWN = 100
ERRNO = re.compile(r"\[Errno (\d+)\][^\n':]*(?:: '([^']*)')?")
"""An error of the operating system in a message of Snakemake's, which is often a traceback."""


class LogHandler(LogHandlerBase):
    """Writes to standard error; rewrites its last line only on a terminal."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.running: dict[int, tuple[str, float]] = {}
        self.finished: list[str] = []
        self.done = self.total = 0
        self.is_stopped = False

    def emit(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        if self.is_stopped:
            return
        if record.getMessage().startswith("Terminating processes on user request"):
            self.is_stopped = True
            self._print("stopped; run again to go on")
            return
        if event == LogEvent.JOB_INFO:
            about = record.rule_msg or record.rule_name
            self.running[record.jobid] = (about, time.monotonic())
        elif event == LogEvent.JOB_FINISHED:
            about, since = self.running.pop(record.job_id, ("", self.started))
            self.finished.append(f"{about} ({time.monotonic() - since:.0f} s)")
        elif event == LogEvent.PROGRESS:
            self.done, self.total = record.done, record.total
            for about in self.finished:
                self._print(f"[{self.done}/{self.total}, {self._clock()}] {about}")
            self.finished.clear()
        elif event == LogEvent.JOB_ERROR:
            about, _ = self.running.pop(record.jobid, (record.rule_name, self.started))
            self._print("\n".join([f"FAILED: {about}", *show_logs(record.log or [])]))
        elif "CalledProcessError" in record.getMessage():
            pass  # repeats a failed job's whole command line
        elif record.levelno >= WARNING or "Nothing to be done" in record.getMessage():
            self._print(plainly(record.getMessage()))
        self._show_running()

    def close(self) -> None:
        self._clear()
        super().close()

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        return f"{minutes}:{seconds:02d}"

    def _print(self, text: str) -> None:
        self._clear()
        print(text, file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _show_running(self) -> None:
        if sys.stderr.isatty() and self.running:
            line = "now: " + "; ".join(about for about, _ in self.running.values())
            print(f"\r\033[K{line[:SHOWN]}", end="", file=sys.stderr, flush=True)


def plainly(message: str) -> str:
    """A message; of an expected error of the operating system what to do about it, in one line."""
    for number, path in reversed(ERRNO.findall(message)):
        return explained(OSError(int(number), "", path or os.getcwd())) or message
    return message
