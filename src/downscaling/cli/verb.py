"""What verbs share: their options, devices, progress and how they fail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..runtime.plainly import shown_plainly

if TYPE_CHECKING:
    from ..prompts.templates import Prompts

Params = Annotated[str, typer.Option(help="The verb's values, as one JSON object.")]
Out = Annotated[Path, typer.Option(help="What the verb writes, whole or not at all.")]
Root = Annotated[Path, typer.Option(help="The preset's folder, from which image paths start.")]
Gpus = Annotated[int, typer.Option(help="GPUs given to this job; 0 computes on the CPU.")]
Paths = Annotated[list[Path], typer.Option()]
Official = Annotated[
    Path | None, typer.Option(help="The paper's fetched repository, for its own prompts.")
]

plainly = shown_plainly


def compute_on(gpus: int) -> None:
    """Take the job's GPUs and fix what would make results depend on the machine's mood."""
    from ..runtime.devices import claim

    claim(gpus)
    _fix_algorithms()


def compute_together_on(gpus: int) -> None:
    """As `compute_on`; with several GPUs, the command goes on as one process for each."""
    from ..runtime.devices import claim, launch, place

    rank = place()
    if rank is None:
        claim(gpus)
        if gpus > 1:
            launch(gpus)
    _fix_algorithms()
    import torch

    if rank is not None and torch.cuda.is_available():
        torch.cuda.set_device(rank)


def _fix_algorithms() -> None:
    import torch

    torch.use_deterministic_algorithms(True, warn_only=True)


@contextmanager
def progress_line(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress line on standard error (a log file gets one every few seconds)."""
    from tqdm import tqdm

    quiet = 0.2 if sys.stderr.isatty() else 5.0
    with tqdm(total=total, desc=what, mininterval=quiet) as bar:
        yield lambda done: bar.update(done) and None


def given(*paths: Path | None) -> list[Path]:
    """The inputs that there are."""
    return [path for path in paths if path is not None]


def prompts_of(name: str, official: Path | None) -> Prompts:
    """The templates of a name; the paper's own are read from its repository."""
    from ..prompts import official as repository
    from ..prompts.templates import SETS

    return repository.prompts(official) if official else SETS[name]


def tuned(root: Path) -> dict[str, dict[str, Any]]:
    """What the records of a preset's models say, by tuning: alike at every size and seed."""
    import json

    return {
        path.name.removesuffix(".run.json").rpartition("-")[0]: json.loads(path.read_text())
        for path in sorted(root.glob("models/seed-*/*.run.json"))
    }
