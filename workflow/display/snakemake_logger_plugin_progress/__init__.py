"""One line for each finished job, and what is running now: `snakemake --logger progress`.

Snakemake finds a logger by the name of its package on the path, so the Makefile puts this folder
there. A job that fails is named, and its log is shown. Jobs that end because the user ended the run
did not fail. What runs is shown with its step, loss and remaining time, as the job's log tells
them: on a terminal by a block of lines that is written anew each second, elsewhere by a line a
minute.
"""

import os
import re
import sys
import threading
import time
from itertools import islice
from logging import WARNING, LogRecord

from snakemake.logging import show_logs
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from downscaling.errors import escaped, explained

from .estimate import Estimate
from .job_log import JobLog, span

SHOWN = 8
"""Running jobs that are shown; a cluster runs hundreds."""
TERMINAL, ELSEWHERE = 1.0, 60.0
"""Seconds from one time that what runs is shown to the next."""
ERRNO = re.compile(r"\[Errno (\d+)\][^\n':]*(?:: '([^']*)')?")
"""An error of the operating system in a message of Snakemake's, which is often a traceback."""


class Running:
    """A job that runs."""

    def __init__(self, about: str, log: list[str]) -> None:
        self.about, self.log, self.since = escaped(about), JobLog(log), time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.since

    def now(self) -> tuple[str, int]:
        """What it does, and the seconds that its log says are left."""
        bar = self.log.bar()
        return f"{self.about} · {bar or span(self.seconds)}", (bar and bar.left) or 0


class LogHandler(LogHandlerBase):
    """Writes to standard error; rewrites its last lines only on a terminal.

    A thread shows what runs. It holds the handler's lock while it does, as `emit` does.
    """

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.running: dict[int, Running] = {}
        self.finished: list[str] = []
        self.done = self.total = 0
        self.drawn = 0
        self.estimate = Estimate({})
        self.is_stopped = False
        self.ended = threading.Event()
        self.clock = threading.Thread(target=self._show_now_and_then, daemon=True)

    def emit(self, record: LogRecord) -> None:
        try:
            self._emit(record)
        except Exception:
            self.handleError(record)  # on standard error; the run goes on

    def _emit(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        if self.is_stopped:
            return
        if record.getMessage().startswith("Terminating processes on user request"):
            self.is_stopped = True
            self._print("stopped; run again to go on")
            return
        if event == LogEvent.RUN_INFO:
            counts = dict(record.stats)
            self.total = counts.pop("total", 0)
            self.estimate = Estimate(counts)
        elif event == LogEvent.JOB_INFO:
            self.running[record.jobid] = Running(record.rule_msg or record.rule_name, record.log)
            self.estimate.start(record.jobid, record.output)
            self._start_clock()
        elif event == LogEvent.JOB_FINISHED:
            self.estimate.finish(record.job_id)
            job = self.running.pop(record.job_id, None)
            if job:
                self.finished.append(f"{job.about} ({job.seconds:.0f} s)")
        elif event == LogEvent.PROGRESS:
            self.done, self.total = record.done, record.total
            for about in self.finished:
                self._print(f"[{self.done}/{self.total}, {self._clock()}] {about}")
            self.finished.clear()
        elif event == LogEvent.JOB_ERROR:
            job = self.running.pop(record.jobid, None)
            about = job.about if job else record.rule_name
            self._print("\n".join([f"FAILED: {about}", *show_logs(record.log or [])]))
        elif "CalledProcessError" in record.getMessage():
            pass  # repeats a failed job's whole command line
        elif record.levelno >= WARNING or "Nothing to be done" in record.getMessage():
            self._print(plainly(record.getMessage()))
        if sys.stderr.isatty():
            self._draw()

    def close(self) -> None:
        self.ended.set()
        with self.lock:
            self._clear()
        super().close()

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        return f"{minutes}:{seconds:02d}"

    def _start_clock(self) -> None:
        if not (self.clock.is_alive() or self.ended.is_set() or self.common_settings.dryrun):
            self.clock.start()

    def _show_now_and_then(self) -> None:
        is_terminal = sys.stderr.isatty()
        while not self.ended.wait(TERMINAL if is_terminal else ELSEWHERE):
            with self.lock:
                if self.is_stopped:
                    return
                if is_terminal:
                    self._draw()
                elif self.running:
                    self._print(f"now: {'; '.join(self._now())}")

    def _now(self) -> list[str]:
        """What runs, a job a line, and how far the run is."""
        jobs = [job.now() for job in islice(self.running.values(), SHOWN)]
        more = len(self.running) - len(jobs)
        about = ""
        if (left := self.estimate.left()) is not None:
            minutes = round(max([left, *(seconds for _, seconds in jobs)]) / 60)
            about = f", about {span(60 * max(1, minutes))} left"
        return [
            *(told for told, _ in jobs),
            *([f"and {more} more"] if more else []),
            f"study {self.done}/{self.total}{about}",
        ]

    def _print(self, text: str) -> None:
        self._clear()
        print(text, file=sys.stderr, flush=True)

    def _draw(self) -> None:
        self._clear()
        if self.running:
            width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
            lines = [line[: width - 1] for line in self._now()]
            print("\n".join(lines), end="", file=sys.stderr, flush=True)
            self.drawn = len(lines)

    def _clear(self) -> None:
        """Take away what was drawn: from its first line to the end of the screen."""
        if self.drawn:
            up = f"\033[{self.drawn - 1}A" if self.drawn > 1 else ""
            print(f"\r{up}\033[J", end="", file=sys.stderr, flush=True)
            self.drawn = 0


def plainly(message: str) -> str:
    """A message; of an expected error of the operating system what to do about it, in one line."""
    for number, path in reversed(ERRNO.findall(message)):
        return explained(OSError(int(number), "", path or os.getcwd())) or message
    return message
