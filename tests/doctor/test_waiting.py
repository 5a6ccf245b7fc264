"""Checks that wait do it together, and not for ever."""

from __future__ import annotations

import time
from threading import Event

from downscaling.doctor.waiting import together


def test_a_check_that_hangs_holds_up_nothing_else() -> None:
    """Catches a name server without an answer that keeps a user waiting, an outcome that is given
    to another check, and a fault of one that ends all."""
    never = Event()

    def fault() -> bool:
        raise ValueError("no")

    started = time.monotonic()
    tasks = {"hangs": never.wait, "faulty": fault, "quick": lambda: True}
    outcomes = together(tasks, seconds=0.3, workers=2)
    assert time.monotonic() - started < 5
    assert list(outcomes) == ["hangs", "faulty", "quick"]
    assert isinstance(outcomes["hangs"], TimeoutError)
    assert str(outcomes["faulty"]) == "no"
    assert outcomes["quick"] is True
    never.set()
