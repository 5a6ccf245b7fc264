"""The options of a question by letter and by text, and the option that a text is as a whole."""

from __future__ import annotations

import functools
import re

from ..records.rows import LETTERS
from .plain_text import bare, canonical, plain

_ARTICLE = re.compile(r"^(?:a|an|the) (?=.)")
_UNIT = re.compile(r"^([$€]?)(-?[\d.]+(?:/\d+)?)(?:[°%]| ?[a-z]{1,2}\d?)?$")


@functools.lru_cache(maxsize=4096)
def labels(options: tuple[str, ...]) -> dict[str, int]:
    """The options by letter; a text that is itself a letter and names no place is one too."""
    places = {letter: index for index, letter in enumerate(LETTERS[: len(options)])}
    own = {text.strip().upper(): index for index, text in enumerate(options)}
    return {x: i for x, i in own.items() if len(x) == 1 and x in LETTERS} | places


@functools.lru_cache(maxsize=4096)
def texts(options: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """The options by their bare text in its one form, those that are labels left out."""
    found: dict[str, tuple[int, ...]] = {}
    for index, option in enumerate(options):
        text = form(option)
        if text and text.upper() not in labels(options):
            found[text] = (*found.get(text, ()), index)
    return found


@functools.lru_cache(maxsize=4096)
def _literal(options: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for index, option in enumerate(options):
        text = bare(plain(option))
        found[text] = (*found.get(text, ()), index)
    return found


@functools.lru_cache(maxsize=256)
def form(text: str) -> str:
    """A text, bare and in its one form, without an article."""
    return _ARTICLE.sub("", bare(canonical(plain(text).strip())))


def whole(text: str, options: tuple[str, ...]) -> tuple[int, ...]:
    """The options whose text a text is: to the letter, else in its one form, else as a number
    without its unit."""
    said, literal = form(text), bare(plain(text))
    if literal.upper() in labels(options):
        return ()
    if literal in _literal(options):
        return _literal(options)[literal]
    if said in texts(options):
        return texts(options)[said]
    number = _UNIT.match(said)
    if number and number[2] == said:
        units = [(_UNIT.match(option), places) for option, places in texts(options).items()]
        same = [place for unit, places in units if unit and unit[2] == said for place in places]
        return tuple(same) if len(same) == 1 else ()
    return ()
