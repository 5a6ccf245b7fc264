"""Checks that wait for a network, at the same time and not for ever."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

_T = TypeVar("_T")

WORKERS = 8


def together(
    tasks: Mapping[str, Callable[[], _T]], seconds: float, workers: int = WORKERS
) -> dict[str, _T | Exception]:
    """What each task gives, or the exception with which it ended, in the order of the tasks.

    seconds: after which a task that is not done counts as a TimeoutError. It is left behind in a
    thread that ends with the process: a name server that does not answer cannot be interrupted.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, _T | Exception]] = queue.SimpleQueue()
    for name in tasks:
        waiting.put(name)

    def work() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((name, tasks[name]()))
            except Exception as error:
                done.put((name, error))

    for _ in range(min(workers, len(tasks))):
        threading.Thread(target=work, daemon=True).start()
    outcomes: dict[str, _T | Exception] = {}
    deadline = time.monotonic() + seconds
    while len(outcomes) < len(tasks):
        try:
            name, outcome = done.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        outcomes[name] = outcome
    late = TimeoutError(f"no answer in {seconds:.0f} seconds")
    return {name: outcomes.get(name, late) for name in tasks}
