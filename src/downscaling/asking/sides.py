"""One question put to several pairs of modules, and what they write while they write it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from threading import Event

from ..study.study import Study
from .ask import Asked, Step, ask


@dataclasses.dataclass(frozen=True)
class Thought:
    """Words of a thinking that goes on.

    Attributes:
        text: what was thought since the last.
    """

    text: str


def answers(study: Study, sides: Sequence[Asked]) -> Iterator[tuple[int, Step | Thought]]:
    """The steps of one side after the other, each with its side's place, and what is thought as it
    is written. What to look for is written once, for all sides.

    Models run in a thread of their own, so that what they have written can be taken meanwhile. Who
    takes no more ends them, after the step that is being taken.

    Raises UserError as `ask` does.
    """
    written: SimpleQueue[tuple[int, Step | Thought] | None] = SimpleQueue()
    is_left = Event()

    def listen(place: int, text: str) -> None:
        written.put((place, Thought(text)))

    def run() -> None:
        try:
            for one in _steps(study, sides, listen):
                written.put(one)
                if is_left.is_set():
                    break
        finally:
            written.put(None)

    with ThreadPoolExecutor(max_workers=1) as models:
        ran = models.submit(run)
        try:
            while (one := written.get()) is not None:
                yield one
        finally:
            is_left.set()
        ran.result()  # raises what ended it


def _steps(
    study: Study, sides: Sequence[Asked], listen: Callable[[int, str], None]
) -> Iterator[tuple[int, Step]]:
    focus: Step | None = None
    for place, asked in enumerate(sides):
        given = asked if focus is None else dataclasses.replace(asked, focus=focus.text)
        for step in ask(study, given, partial(listen, place)):
            if step.name == "focus":
                focus = focus or step
                step = focus
            yield place, step
