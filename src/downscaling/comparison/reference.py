"""A reference: what a study with several seeds found, in files that are small enough for git.

reference.json  what was run, the score tables' settings, the jobs, the digests of the other files
averages.csv    of each average its mean and standard deviation over seeds
artifacts.csv   of each file that the default run makes its sha256, in the order of the graph
graded.parquet, questions.parquet, recalled.parquet
                every answer of every seed, graded; the questions; what descriptions state of the
                facts that questions need: all that scores are made of
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from ..records.files import RecordError, digest
from .results_folder import JobNote

REFERENCE = "reference.json"
FILES = (
    "averages.csv",
    "spread.csv",
    "artifacts.csv",
    "graded.parquet",
    "questions.parquet",
    "recalled.parquet",
)
SHELF = Path("reference")
"""Where the references lie, beside the Snakefile, each in a folder named like its preset."""


@dataclass(frozen=True)
class Recalled:
    """What the descriptions of a perception module, with one seed, say of the facts that a question
    needs: how many are stated, stated wrongly, and needed in all."""

    perception: str
    seed: str
    benchmark: str
    question: str
    stated: int
    misstated: int
    needed: int


@with_config(ConfigDict(extra="forbid", strict=True))
@dataclass(frozen=True)
class Reference:
    """What `reference.json` says.

    Attributes:
        preset: of the default run.
        configuration: of the default run.
        seeds: of the study with several.
        version: of this package.
        scoring: the settings of the study with several seeds for its score tables.
        jobs: of the default run, in the order of the graph.
        files: the sha256 of each of the other files.
    """

    preset: str
    configuration: dict[str, Any]
    seeds: list[str]
    version: str
    scoring: dict[str, Any]
    jobs: list[JobNote]
    files: dict[str, str]


def is_reference(folder: Path) -> bool:
    """Whether a folder holds a reference."""
    return (folder / REFERENCE).is_file()


def read(folder: Path) -> Reference:
    """What a reference says of itself. Raises RecordError where a file is missing or damaged."""
    file = folder / REFERENCE
    try:
        reference = TypeAdapter(Reference).validate_json(file.read_bytes())
    except FileNotFoundError:
        raise RecordError(f"{folder}: no reference ({REFERENCE} is missing)") from None
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise RecordError(
            f"{file}: not what describes a reference ({place}: {problem['msg']}); "
            f"restore it with git checkout {folder}"
        ) from None
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise RecordError(f"{path}: no such file; restore it with git checkout {folder}")
        if digest(path) != reference.files.get(name):
            raise RecordError(
                f"{path}: not the file that {REFERENCE} tells of; "
                f"restore it with git checkout {folder}"
            )
    return reference
