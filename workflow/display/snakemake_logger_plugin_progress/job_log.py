"""How far a running job is, by the log that it writes."""

import dataclasses
import os
import re
from collections.abc import Sequence
from pathlib import Path

from downscaling.errors import escaped

TAIL = 2**16
"""The bytes at a log's end in which its last bar is looked for."""
BAR = re.compile(
    r"(?P<what>[^|]*?):? +\d+%\|[^|]*\| (?P<done>[\d.]+\w?)/(?P<total>[\d.]+\w?)"
    r" \[[\d:]+<(?P<left>[\d:]+|\?)(?:, [^],]*(?:, loss=(?P<loss>[\w.+-]+))?)?"
)
"""A bar of tqdm's: `step:  28%|██▊       | 340/1200 [00:30<01:10, 12.2it/s, loss=1.42]`."""


@dataclasses.dataclass(frozen=True)
class Bar:
    """What a bar tells: what is counted, how far, the loss, and the seconds that are left."""

    count: str
    loss: str | None
    left: int | None

    def __str__(self) -> str:
        loss = [] if self.loss is None else [f"loss {self.loss}"]
        left = [] if self.left is None else [f"{span(self.left)} left"]
        return " · ".join([self.count, *loss, *left])


class JobLog:
    """The log of a job that has just begun; what an earlier run left in the file does not count."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.path = Path(paths[0]) if paths else None
        self.before = self._state()

    def bar(self) -> Bar | None:
        """The last bar; None before there is one, and once it is full."""
        if self.path is None or self._state() == self.before:
            return None
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
                written = re.split("[\r\n]", file.read().decode("utf-8", "replace"))
        except OSError:
            return None
        last = next(filter(None, map(BAR.match, reversed(written))), None)
        return None if last is None or last["done"] == last["total"] else _bar(last)

    def _state(self) -> tuple[int, int, int] | None:
        try:
            state = os.stat(self.path) if self.path else None
        except OSError:
            return None
        return state and (state.st_ino, state.st_mtime_ns, state.st_size)


def span(seconds: float) -> str:
    """Seconds as a person says them, in their two largest units."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    units = [(hours, "h"), (minutes, "min"), (0 if hours else seconds, "s")]
    return " ".join(f"{number} {unit}" for number, unit in units if number) or "0 s"


def _bar(match: re.Match[str]) -> Bar:
    left = None
    if match["left"] != "?":
        units = zip((1, 60, 3600), reversed(match["left"].split(":")), strict=False)
        left = sum(unit * int(number) for unit, number in units)
    count = f"{match['what']} {match['done']}/{match['total']}".strip()
    return Bar(escaped(count), match["loss"], left)
