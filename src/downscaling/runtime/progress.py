"""How long work says how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_line(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress line on standard error; a log file gets one every few seconds.

    What is yielded is called with the number of items that are done since the last call.
    """
    from tqdm import tqdm

    interval = 0.2 if sys.stderr.isatty() else 5.0
    with tqdm(total=total, desc=what, mininterval=interval) as bar:
        yield lambda done: bar.update(done) and None
