"""How long work says how far it is: by tqdm's bars. Of these `snakemake --logger progress` shows
the last one in the log of each running job."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class Progress(Protocol):
    """What is told of long work."""

    def __call__(self, done: int, loss: float | None = None) -> None:
        """done: the number of items that are done since the last call. loss: of a training."""


def progress_bar(what: str, total: int, done: int = 0) -> Any:
    """tqdm's bar on standard error; a log gets one every few seconds.

    done: how many of the items are done already, which say nothing of the pace.
    """
    from tqdm import tqdm

    interval = 0.2 if sys.stderr.isatty() else 2.0
    # An average of all items: batches of like lengths make single ones a poor guess of the rest.
    return tqdm(total=total, initial=done, desc=what, mininterval=interval, smoothing=0)


@contextmanager
def progress_line(what: str, total: int, done: int = 0) -> Iterator[Progress]:
    """A progress bar for the block, which tells it how far it is by what is yielded."""
    with progress_bar(what, total, done) as bar:

        def tell(done: int, loss: float | None = None) -> None:
            if loss is not None:
                bar.set_postfix(loss=loss, refresh=False)
            bar.update(done)

        yield tell
