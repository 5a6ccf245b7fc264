"""Where the files of a benchmark, a data set or a model lie: the table `source` of each entry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..config.block import Block, Bytes
from ..records.files import RecordError
from .entries import KINDS, Pattern, Texts, listed, parse, validate

WEIGHTS = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "LICENSE*")
"""Files of a model that are fetched; none of them can run code when it is loaded."""
TOKEN = "HF_TOKEN"
"""The variable from which the hub's client reads its token."""


class Source(Block):
    """One data set, model or collection of files, in its one home: `hub`, `address` or `path`."""

    title: str
    kind: Literal["weights", "data", "code"] = "data"
    """weights: safetensors and text alone; code: files that are read as text"""
    role: str
    """what the study uses it for"""
    licence: str
    size: str
    """in words"""
    bytes: Bytes = 0
    """of its files, as far as they are known before it is pinned"""
    uncounted: str = ""
    """what is fetched beside those bytes"""
    hub: Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")] = ""
    """the repository's id on the hub"""
    address: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    """else, where its files lie on the web"""
    path: str = ""
    """else, a file or folder that is there already, beside the entry's own file"""
    revision: str = ""
    """the only one that `pin` takes, where the study names one"""
    files: Annotated[tuple[Pattern, ...], Field(strict=False)] = WEIGHTS
    """patterns (hub) or names (web) of what is fetched; a star also matches a slash"""
    strip: Pattern = ""
    """a leading folder that the fetched tree goes without"""
    unpack: dict[Pattern, Pattern] = Field(default={})
    """patterns of archives, each with the folder that it is unpacked into"""
    flatten: tuple[Pattern, ...] = Field(default=(), strict=False)
    """patterns of those archives whose members all go into that folder itself, without the folders
    that they have inside the archive"""
    links: dict[Pattern, Pattern] = Field(default={})
    """places in the tree, each with the source (and its folder) that stands there, fetched on its
    own"""
    gated: str = ""
    """the page that grants access"""
    images: str = ""
    """where its images come from"""
    traps: Texts = ()
    """what to know"""
    unverified: Texts = ()
    """what no published page seen so far confirms; pinning shows most of it"""

    @model_validator(mode="after")
    def _has_one_home(self) -> Self:
        if [bool(self.hub), bool(self.address), bool(self.path)].count(True) != 1:
            raise ValueError("needs one of hub, address, path")
        if self.kind != "weights" and self.files == WEIGHTS and not self.path:
            raise ValueError("needs files")
        return self

    @property
    def home(self) -> str:
        """The page, address or path that a person can open."""
        if not self.hub:
            return self.address or self.path
        folder = "" if self.kind == "weights" else "datasets/"
        return f"https://huggingface.co/{folder}{self.hub}"


def load(own: Sequence[Path] = ()) -> dict[str, Source]:
    """Every source of the catalogue by name, and those of a user's own entries, which are named as
    their files. Raises RecordError, one line, for an entry that is none."""
    sources = dict(_shipped())
    for path in own:
        _add(path, sources)
    return sources


@cache
def _shipped() -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for kind in KINDS:
        for _, path in listed(kind):
            _add(path, sources)
    return sources


def _add(path: Path, sources: dict[str, Source]) -> None:
    if path.stem in sources:
        raise RecordError(f"{path}: {path.stem} is the name of another source; rename the file")
    sources[path.stem] = validate(path, parse(path).get("source"), Source)


def named(name: str, sources: dict[str, Source]) -> Source:
    """The source of a name. Raises RecordError, with the names there are, where there is none."""
    if name not in sources:
        raise RecordError(f"{name}: no such source; there are {', '.join(sorted(sources))}")
    return sources[name]


def linked(name: str, sources: dict[str, Source]) -> list[str]:
    """The sources that hold a source's images, as its links name them."""
    targets = named(name, sources).links.values()
    return list(dict.fromkeys(target.split("/")[0] for target in targets))
