"""The published data sets: one file each in `datasets/`.

An entry says where the set lies, and which training sets and which families' test questions are
read from it, by which reader. A set that only holds other sets' images gives neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Self

from pydantic import Field, model_validator

from ..config.block import Block, Count, Name
from ..records.files import RecordError
from .entries import listed, read
from .readers import QuestionReader, TrainingReader
from .sources import Source


class DataSet(Block):
    """A published data set."""

    source: Source
    order: Count = 100
    """its place among the data sets, in which their training sets and families are listed"""
    rendered: bool = False
    """whether the miniature renders it too"""
    training: dict[Name, TrainingReader] = Field(default={})
    """the training sets that it gives, and how each is read"""
    questions: dict[Name, QuestionReader] = Field(default={})
    """the families whose test questions it gives, and how each is read"""
    published_questions: bool = True
    """false: as published it has no test questions, only as the miniature renders it"""

    @model_validator(mode="after")
    def _is_fetched(self) -> Self:
        if self.source.path:
            raise ValueError("source.path is for benchmarks; name hub or address, and a mirror")
        return self

    def gives_questions(self, rendered: bool) -> bool:
        """Whether the set gives its test questions where data are rendered, or published."""
        return self.rendered if rendered else self.published_questions


@cache
def load() -> dict[str, DataSet]:
    """Every data set of the catalogue by name, in their order. Raises RecordError, one line, for an
    entry that is none, or gives what another one gives."""
    entries = {name: read(path, DataSet) for name, path in listed("datasets")}
    ordered = dict(sorted(entries.items(), key=lambda item: (item[1].order, item[0])))
    _check(ordered)
    return ordered


def training_sets(rendered: bool) -> dict[str, tuple[str, ...]]:
    """The training sets that each data set gives, where data are rendered, or published."""
    return {
        name: tuple(entry.training)
        for name, entry in load().items()
        if entry.training and (entry.rendered or not rendered)
    }


def tested_families(rendered: bool) -> dict[str, tuple[str, ...]]:
    """The families whose test questions each data set gives, where data are rendered, or
    published."""
    return {
        name: tuple(entry.questions)
        for name, entry in load().items()
        if entry.questions and entry.gives_questions(rendered)
    }


def families() -> tuple[str, ...]:
    """The families of the paper's Table 1."""
    return tuple(name for names in tested_families(rendered=False).values() for name in names)


def training_reader(name: str, rendered: bool) -> TrainingReader:
    """How a training set is read. Raises KeyError for a name that is none."""
    source = _giving(name, training_sets(rendered))
    return load()[source].training[name]


def question_reader(family: str, rendered: bool) -> QuestionReader:
    """How a family's test questions are read. Raises KeyError for a name that is none."""
    source = _giving(family, tested_families(rendered))
    return load()[source].questions[family]


def _giving(name: str, given: dict[str, tuple[str, ...]]) -> str:
    for source, names in given.items():
        if name in names:
            return source
    raise KeyError(name)


def _check(entries: dict[str, DataSet]) -> None:
    """Raise RecordError where two data sets give one training set, or one family's questions."""
    _each_once("training set", ((n, t) for n, entry in entries.items() for t in entry.training))
    for rendered in (True, False):
        asked = {n: e.questions for n, e in entries.items() if e.gives_questions(rendered)}
        _each_once("family", ((n, family) for n, names in asked.items() for family in names))


def _each_once(what: str, given: Iterable[tuple[str, str]]) -> None:
    givers: dict[str, str] = {}
    for source, name in given:
        if name in givers:
            raise RecordError(f"{source}.toml: gives the {what} {name}, as {givers[name]} does")
        givers[name] = source
