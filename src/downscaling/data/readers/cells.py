"""What the cells of a row hold: texts, and the option that an answer names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...records.rows import LETTERS, PLACE
from .omissions import RowError
from .options import by_letter, by_text

LONGEST = 100_000
"""Characters of a text that a question is made of. A model reads none that is longer, and takes
the memory of its job in trying to."""
_PLACES = re.compile(rf"[ \t]*(?:{PLACE}[ \t]*)+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def choice(reply: str, options: Sequence[str], letters: bool = False) -> str:
    """The letter of the option that a reply names, by its text or its letter; by its letter alone
    where `letters`, which says that a layout has letters and nothing else.

    Raises RowError if it names none, if an option is empty, and for more options than letters.
    Where not `letters`, also if it may be more than one: the text of one and the letter of another
    ("B" of B, C, A and D), or one whose text another shares.
    """
    if not options:
        raise RowError("lists no options")
    if len(options) > len(LETTERS):
        raise RowError(f"has {len(options)} options; allowed: at most {len(LETTERS)}")
    if not all(options):
        raise RowError("one of its options is empty")
    named = set(by_letter(reply, options))
    if not letters:
        texts = [reply, *(options[LETTERS.index(name)] for name in named)]
        named.update(name for text in texts for name in by_text(text, options))
    if not named:
        raise RowError(f"its answer {reply!r} is none of its options")
    if len(named) > 1:
        listed = " and ".join(sorted(named))
        raise RowError(f"its answer {reply!r} may be {listed} of its options")
    return named.pop()


def text_of(row: dict[str, Any], name: str) -> str:
    """A cell's text, outer blanks removed. Raises RowError where it is away, empty, no text or
    longer than LONGEST."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RowError(f"its {name} is empty or no text")
    return bounded(clean(value).strip(), f"its {name}")


def bounded(text: str, what: str) -> str:
    """A text that is no longer than LONGEST. Raises RowError for another."""
    if len(text) > LONGEST:
        raise RowError(f"{what} has {len(text):,} characters; allowed: {LONGEST:,}")
    return text


def question_of(row: dict[str, Any], name: str) -> str:
    """A cell's question. Its images are cells of their own and stand before its text, so image
    places in it go. Raises RowError as `text_of` does."""
    text = text_of(row, name)
    return without_places(text) if PLACE in text else text


def clean(text: str) -> str:
    """The text without lone surrogates, which JSON can spell and no file can hold."""
    return _SURROGATES.sub("\ufffd", text)


def without_places(prompt: str) -> str:
    """A text without its image places, outer blanks of its lines removed."""
    lines = _PLACES.sub(" ", prompt).splitlines()
    return "\n".join(line.strip() for line in lines).strip()
