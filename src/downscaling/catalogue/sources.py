"""The registry: every set and weight of the study, as weights.toml and sets.toml describe them."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ..data.split_zip import is_part
from ..records.files import RecordError

REGISTRY = tuple(Path(__file__).with_name(name) for name in ("weights.toml", "sets.toml"))
WEIGHTS = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "LICENSE*")
"""Files of a model that are fetched; none of them can run code when it is loaded."""
TOKEN = "HF_TOKEN"
"""The variable from which the hub's client reads its token."""


class Source(BaseModel):
    """One set, model or collection of files.

    kind: weights (safetensors and text alone), data, or code (files read as text). hub: the
    repository's id on the hub; address: else, where its files lie on the web. revision: the only
    one that `pin` takes, where the study names one. files: patterns (hub) or names (web) of what is
    fetched; a star also matches a slash. strip: a leading folder that the fetched tree goes
    without. unpack: patterns of archives, each with the folder that it is unpacked into. links:
    places in the tree, each with the source (and its folder) that stands there, fetched on its own.
    gated: the page that grants access. images: where its images come from. traps, unverified: what
    to know, and what is not confirmed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    kind: Literal["weights", "data", "code"]
    role: str
    licence: str
    size: str
    hub: str = ""
    address: str = ""
    revision: str = ""
    files: tuple[str, ...] = WEIGHTS
    strip: str = ""
    unpack: dict[str, str] = {}
    links: dict[str, str] = {}
    gated: str = ""
    images: str = ""
    traps: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_one_home(self) -> Self:
        if bool(self.hub) == bool(self.address):
            raise ValueError("needs either hub or address")
        if self.kind != "weights" and self.files == WEIGHTS:
            raise ValueError("needs files")
        return self

    @property
    def home(self) -> str:
        """The page or address that a person can open."""
        if self.address:
            return self.address
        folder = "" if self.kind == "weights" else "datasets/"
        return f"https://huggingface.co/{folder}{self.hub}"


def load(paths: Sequence[Path] = REGISTRY) -> dict[str, Source]:
    """All sources by name. Raises RecordError where an entry is not of the registry's form."""
    sources = {}
    for path in paths:
        for name, entry in tomllib.loads(path.read_text("utf-8")).items():
            if name in sources:
                raise RecordError(f"{path}: {name}: named twice")
            try:
                sources[name] = Source.model_validate(entry)
            except ValidationError as error:
                problem = error.errors()[0]
                key = ".".join(str(part) for part in problem["loc"])
                raise RecordError(f"{path}: {name}: {key}: {problem['msg']}") from None
    return sources


def named(name: str, sources: dict[str, Source]) -> Source:
    """The source of a name. Raises RecordError, with the names there are, where there is none."""
    if name not in sources:
        raise RecordError(f"{name}: no such source; there are {', '.join(sorted(sources))}")
    return sources[name]


def linked(name: str, sources: dict[str, Source]) -> list[str]:
    """The sources that hold a source's images, as its links name them."""
    targets = named(name, sources).links.values()
    return list(dict.fromkeys(target.split("/")[0] for target in targets))


def unpacked_into(file: str, source: Source) -> str:
    """The folder that a file is unpacked into; empty where it is no archive to unpack. The parts of
    a split zip go where the zip itself goes."""
    whole = str(PurePosixPath(file).with_suffix(".zip")) if is_part(file) else file
    folders = (into for form, into in source.unpack.items() if fnmatch.fnmatchcase(whole, form))
    return next(folders, "")
