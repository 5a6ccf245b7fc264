"""What `audit.json` holds."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ..config.block import Block
from ..records.files import NoFileError, RecordError, replacing
from ..study.paths import Paths
from .verdicts import Measured

INSIDE = Path(Paths("").audit("json")).relative_to(Paths("").root)
"""Where an audit lies in a results folder."""


class Entry(Block):
    """One published number, or one part of a claim, beside what was measured."""

    id: str
    """of `numbers.csv`, or that of the claim with the number of the part"""
    verdict: Measured = Measured.NOT_RUN
    published: str = ""
    """as printed; `> 0` where the claim is that one thing exceeds another"""
    unit: str = ""
    measured: float | None = None
    """in `unit`, or a fraction where there is none; the difference where the claim is of one"""
    low: float | None = None
    """of a 95 % interval, not corrected for how many there are"""
    high: float | None = None
    n: int | None = None
    """answers, over all seeds; of the side with fewer"""
    interval: str = ""
    """how low and high were made"""
    training: str = ""
    """what of training low, high and p hold: none (nothing was trained), seeds (how far the
    trainings of this study lie apart), reference (how far those of a reference do), or seen once
    (nothing)"""
    training_error: float | None = None
    """the standard error that training adds; null where none is known"""
    df: float | None = None
    """its degrees of freedom"""
    rows: tuple[tuple[str, ...], ...] = ()
    """what it was made of: "scores" with perception, reasoning, mode, benchmark and category, or
    "differences" with comparison, benchmark and category; accuracies as `parser` read them, pooled
    over all seeds"""
    difference: float | None = None
    """measured less published, or less the other side of the claim"""
    p: float | None = None
    """two-sided, after Holm's correction over all tests of claims, or of numbers"""
    answers_needed: int | None = None
    """of the same trainings, that would settle an inconclusive test in 80 % of runs, if the effect
    is as measured; null where none would, because trainings lie too far apart"""
    seeds_needed: int | None = None
    """trainings that would, each asked as many questions as now; null where none would, or where it
    is not known how far trainings lie apart"""
    note: str = ""


class ClaimEntry(Block):
    """One claim, with its parts."""

    id: str
    text: str
    verdict: Measured
    parts_run: int
    parts_reproduced: int
    note: str
    parts: list[Entry]


class Audit(Block):
    """A run against the paper."""

    preset: str
    scale: str
    """miniature: only directions are judged; published: numbers as well; rehearsal: nothing"""
    parser: str
    """the answer parser"""
    seeds: list[str]
    claim_tests: int
    """how many tests were made of claims, and corrected for together"""
    number_tests: int
    """the same of numbers"""
    alpha: float
    """the corrected p-value below which a test decides"""
    caution: str
    """what to know before the verdicts"""
    claims: list[ClaimEntry]
    numbers: list[Entry]


def write(audit: Audit, path: Path) -> None:
    """Write an audit, whole or not at all; the bytes depend on the audit alone."""
    with replacing(path) as temporary:
        temporary.write_text(audit.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Audit:
    """Read an audit, or that of a results folder. Raises RecordError where the file is missing or
    holds something else."""
    if path.is_dir():
        inside = path / INSIDE
        if not inside.is_file():
            raise RecordError(
                f"{path}: neither a reference nor a results folder with {INSIDE}; name one, or "
                "finish the study with snakemake"
            )
        path = inside
    if not path.exists():
        raise NoFileError(path)
    try:
        return Audit.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        told = f"{place}: {problem['msg']}" if place else problem["msg"]
        raise RecordError(
            f"{path}: no audit ({told}); name an audit.json, a results folder or a reference"
        ) from None
