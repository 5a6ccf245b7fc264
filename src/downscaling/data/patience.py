"""How long a transfer is tried: faults that pass are waited out, longer each time."""

from __future__ import annotations

import dataclasses
import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from .lock import SourceError

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class PassingError(SourceError):
    """A fault that may pass: too many requests, a server's error, a cut connection.

    after: seconds that the server asked to wait, 0 where it did not.
    """

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


def passes(status: int) -> bool:
    """Whether an HTTP status may pass: 408, 425, 429, and the server's errors save 501 and 505."""
    return status in (408, 425, 429) or (status >= 500 and status not in (501, 505))


@dataclasses.dataclass(frozen=True)
class Patience:
    """Attempts at one file; seconds before the second, doubled each time up to the longest wait.

    A server's own Retry-After is honoured where it is longer, up to `obeyed` seconds.
    """

    attempts: int = 7
    first: float = 1.0
    longest: float = 60.0
    obeyed: float = 600.0

    def wait(self, failures: int, after: float) -> float:
        """Seconds to wait after so many failures: up to a quarter more than the doubled time, so
        that several jobs do not return at the same instant."""
        doubled = min(self.first * 2.0 ** (failures - 1), self.longest)
        return max(doubled * random.uniform(1.0, 1.25), min(after, self.obeyed))

    def attempt(self, act: Callable[[], _T]) -> _T:
        """The act's result; a PassingError is waited out until the attempts are used up."""
        failures = 0
        while True:
            try:
                return act()
            except PassingError as error:
                failures += 1
                if failures >= self.attempts:
                    raise SourceError(f"{error}; gave up after {failures} attempts") from None
                wait = self.wait(failures, error.after)
                _log.warning("%s; again in %.0f s", error, wait)
                time.sleep(wait)
