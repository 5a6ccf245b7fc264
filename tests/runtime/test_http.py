"""How long a request is tried, and what of a machine's own settings a client uses."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest

from completions import serving
from downscaling.errors import UserError
from downscaling.runtime.http import PassingError, Retries, open_session, passes


def failing(after: float = 0.0, times: int = 10**9) -> Callable[[], str]:
    """An act that fails so often, by a server that asks for a wait, and then is done."""
    count = itertools.count()

    def act() -> str:
        if next(count) < times:
            raise PassingError("busy", after)
        return "done"

    return act


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited for, without waiting."""
    seconds: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", seconds.append)
    return seconds


def test_waits_double_up_to_the_longest(waits: list[float]) -> None:
    """Catches a busy server that is asked again at once, and a job that sleeps for hours."""
    with pytest.raises(UserError, match=r"^busy; gave up after 9 attempts$"):
        Retries(attempts=9, first=1.0, longest=60.0).attempt(failing(), UserError)
    doubled = [1, 2, 4, 8, 16, 32, 60, 60]
    assert all(least <= waited <= least + 1 for least, waited in zip(doubled, waits, strict=True))
    assert len({waited % 1 for waited in waits[:6]}) == 6


def test_the_wait_that_a_server_asks_for_is_honoured(waits: list[float]) -> None:
    """Catches a client that returns too early and is turned away for good, and one that a server
    holds for a day."""
    assert Retries().attempt(failing(30.0, 1), UserError) == "done"
    assert Retries().attempt(failing(86_400.0, 1), UserError) == "done"
    assert waits == [30.0, Retries().obeyed]


def test_an_end_elsewhere_ends_the_wait() -> None:
    """Catches a job whose other requests failed and that still sleeps out its minutes."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(UserError, match="gave up after 1 attempts"):
        Retries(first=600.0).attempt(failing(), UserError, stop)


def test_another_fault_is_not_tried_again(waits: list[float]) -> None:
    """Catches a fault of ours that is repeated for minutes and then told as a server's."""
    with pytest.raises(ZeroDivisionError):
        Retries().attempt(lambda: 1 // 0, UserError)
    assert waits == []


def test_which_answers_pass() -> None:
    """Catches a wrong key that is tried seven times, and a gateway's error that is not."""
    assert [status for status in range(200, 600) if passes(status)] == [
        *(408, 409, 425, 429),
        *(status for status in range(500, 600) if status not in (501, 505)),
    ]


def test_bytes_are_asked_for_as_they_are() -> None:
    """Catches a packed answer, of which neither the length nor the limit is what was announced."""
    with serving(lambda handler, *_: handler.reply("yes")) as server, open_session() as session:
        text = {"messages": [{"content": [{"text": "?"}]}]}
        session.post(server.url, json=text)
        ((_, headers, _),) = server.requests
    assert headers["Accept-Encoding"] == "identity"
