"""The facts that questions need, as regular expressions over a description (records.rows.Fact)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from .world import Sign, Thing


@dataclasses.dataclass(frozen=True)
class Need:
    """A fact that a question needs: what states it in a description, and what misstates it."""

    name: str
    states: str
    misstates: str


def named(thing: Thing) -> Need:
    """Which colour a shape has."""
    return Need(
        f"color of {thing.shape}", rf"\b{thing.name}\b", rf"\b(?!{thing.color}-)\w+-{thing.shape}\b"
    )


def shaped(thing: Thing) -> Need:
    """Which shape a colour has."""
    return Need(
        f"shape of {thing.color}", rf"\b{thing.name}\b", rf"\b{thing.color}-(?!{thing.shape}\b)\w+"
    )


def sized(thing: Thing) -> Need:
    """Which size a shape has."""
    other = "small" if thing.size == "large" else "large"
    noun = rf"-{thing.shape} \S+ "
    return Need(f"size of {thing.shape}", rf"{noun}{thing.size}\b", rf"{noun}{other}\b")


def placed(thing: Thing) -> Need:
    """At which place a shape is."""
    return Need(
        f"place of {thing.shape}",
        rf"-{thing.shape} {thing.place}\b",
        rf"-{thing.shape} (?!{thing.place}\b)(?:top|middle|bottom)-",
    )


def occupied(thing: Thing) -> Need:
    """Which shape is at a place."""
    return Need(
        f"shape at {thing.place}",
        rf"-{thing.shape} {thing.place}\b",
        rf"-(?!{thing.shape}\b)\w+ {thing.place}\b",
    )


def absent(shape: str) -> Need:
    """That there is no such shape."""
    return Need(f"no {shape}", rf"\A(?![\s\S]*-{shape}\b)", rf"-{shape}\b")


def digit(sign: Sign, index: int) -> Need:
    """The first (0) or second (1) digit of a sign."""
    value = sign.digits[index]
    before = r"sign says " if index == 0 else r"sign says \d "
    return Need(f"digit {index + 1}", rf"{before}{value}\b", rf"{before}(?!{value}\b)\d")


def setting(value: str, values: Sequence[str], noun: str) -> Need:
    """A property of the whole picture, which a noun names."""
    others = "|".join(other for other in values if other != value)
    return Need(noun, rf"\b{value} {noun}\b", rf"\b(?:{others}) {noun}\b")
