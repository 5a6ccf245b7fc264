"""One HTTP client and one rule for trying again, for what is fetched and for a served teacher."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from typing import NoReturn, TypeVar

import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from ..errors import UserError

CONNECT, READ = 15, 60
"""Seconds to connect, and seconds without a byte."""
CHUNK = 1 << 16
"""Bytes that are read at a time, and at most lost when a connection is cut."""
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class PassingError(Exception):
    """A fault that may pass: too many requests, a server's error, a cut connection.

    after: seconds that the server asked to wait, 0 where it did not.
    """

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


@dataclasses.dataclass(frozen=True)
class Retries:
    """Attempts at one request; seconds before the second, doubled each time up to the longest wait.

    Up to `first` seconds are added by chance, so that several jobs do not return at the same
    instant. A server's own Retry-After is honoured where it is longer, up to `obeyed` seconds.
    """

    attempts: int = 7
    first: float = 1.0
    longest: float = 60.0
    obeyed: float = 600.0

    def attempt(
        self,
        act: Callable[[], _T],
        gave_up: Callable[[str], UserError],
        stop: threading.Event | None = None,
    ) -> _T:
        """The act's result; a PassingError is waited out until the attempts are used up.

        gave_up: makes the error that is raised then of a line that says so. stop: ends the wait and
        allows one attempt more.
        """

        def end(state: tenacity.RetryCallState) -> NoReturn:
            raise gave_up(f"{_fault(state)}; gave up after {state.attempt_number} attempts")

        last = tenacity.stop_after_attempt(self.attempts)
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PassingError),
            wait=self._wait,
            stop=tenacity.stop_any(last, tenacity.stop_when_event_set(stop)) if stop else last,
            sleep=tenacity.sleep_using_event(stop) if stop else tenacity.nap.sleep,
            before_sleep=_announce,
            retry_error_callback=end,
        )(act)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        doubled = tenacity.wait_exponential_jitter(
            multiplier=self.first, max=self.longest, jitter=self.first
        )
        return max(doubled(state), min(_fault(state).after, self.obeyed))


def _fault(state: tenacity.RetryCallState) -> PassingError:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, PassingError)
    return error


def _announce(state: tenacity.RetryCallState) -> None:
    _log.warning("%s; again in %.0f s", _fault(state), state.upcoming_sleep)


def passes(status: int) -> bool:
    """Whether an HTTP status may pass: 408, 409, 425, 429, and the server's errors save 501 and
    505."""
    return status in (408, 409, 425, 429) or (status >= 500 and status not in (501, 505))


def retry_after(response: requests.Response) -> float:
    """The seconds of Retry-After, which is a number or a date; 0 where there is none."""
    try:
        return Retry().get_retry_after(response.raw) or 0.0
    except InvalidHeader:
        return 0.0


def open_session(connections: int = 1) -> requests.Session:
    """A client that keeps so many connections to a host and tries nothing again by itself.

    It asks for bytes as they are: a length, a range and a limit then mean the same to both sides.
    """
    session = requests.Session()
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    return session


def beginning(response: requests.Response, most: int) -> bytes:
    """The first bytes of an answer, at most `most`."""
    data = bytearray()
    for chunk in response.iter_content(min(CHUNK, most)):
        data += chunk
        if len(data) >= most:
            break
    return bytes(data[:most])


def reason(error: BaseException) -> str:
    """The innermost cause of an error, in a few words."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return f"{type(error).__name__}: {error}".split("\n")[0][:200]
