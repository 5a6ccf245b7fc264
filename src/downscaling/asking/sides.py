"""One question put to several pairs of modules, and what they write while they write it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from threading import Event
from typing import Self

from ..study.study import Study
from .ask import Asked, Step, ask


@dataclasses.dataclass(frozen=True)
class Thought:
    """Words of a thinking that goes on.

    Attributes:
        text: what was thought since the last.
    """

    text: str


class Models:
    """The thread in which models run: what they have written can be taken meanwhile, and who leaves
    does not wait for them. Questions are answered one after the other.

    As a context, it ends what is being answered and waits until it has ended.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._is_over = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._thread.shutdown()

    def end(self) -> None:
        """End what is being answered, as if all had left, and begin nothing else."""
        self._is_over.set()

    def answers(self, study: Study, sides: Sequence[Asked]) -> Iterator[tuple[int, Step | Thought]]:
        """The steps of one side after the other, each with its side's place, and what is thought as
        it is written. What to look for is written once, for all sides.

        Who takes no more ends them: a thinking at its next word, another step when it is taken.

        Raises UserError as `ask` does.
        """
        written: SimpleQueue[tuple[int, Step | Thought] | None] = SimpleQueue()
        is_left = Event()

        def go_on() -> None:
            if is_left.is_set() or self._is_over.is_set():
                raise _LeftError

        def write(place: int, one: Step | Thought) -> None:
            go_on()
            written.put((place, one))

        def run() -> None:
            try:
                go_on()  # who asked may have left before its turn
                for place, step in _steps(study, sides, lambda at, text: write(at, Thought(text))):
                    write(place, step)
            except _LeftError:
                pass
            finally:
                written.put(None)

        ran = self._thread.submit(run)
        try:
            while (one := written.get()) is not None:
                yield one
        finally:
            is_left.set()
        ran.result()  # raises what ended it


class _LeftError(Exception):
    """Nobody takes what is written."""


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
