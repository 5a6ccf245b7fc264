"""Options that stand inside a question's text, in the forms that the published sets use."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from ...records.rows import LETTERS

LONGEST = 20_000
"""Characters of a text that spells a list of options."""
_LINE = re.compile(r"^\s*\(?([A-Z])[.):]\s+(\S.*?)\s*$")
_LIST = re.compile(r"^\s*(?:options|choices)\s*:\s*", re.IGNORECASE | re.MULTILINE)
_SPELT = re.compile(
    r"""choice list\s*:\s*(\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\])""", re.IGNORECASE
)
_ANSWER = re.compile(r"^\(?([A-Za-z])[.):]*$")


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """A question without its options, and the options; none where the text lists none.

    Four forms: lettered lines ("A. cup" or "(A) cup"), one line of lettered options ("Options: A:
    cup, B: plate"), one line of bare ones ("options: cup, plate"), a list as Python writes it
    ("Choice List: ['cup', 'plate']"). What follows the options asks for a form of answer, and goes
    with them.
    """
    for lead in reversed(list(_SPELT.finditer(text))):
        options = spelt(lead.group(1))
        if len(options) > 1 and all(options):
            return text[: lead.start()].strip(), options
    for lead in reversed(list(_LIST.finditer(text))):
        listed = text[lead.end() :].strip()
        options = _lettered(listed)
        if not options:
            options = tuple(option.strip() for option in listed.split("\n")[0].split(","))
        if len(options) > 1 and all(options):
            return text[: lead.start()].strip(), options
    lines = text.split("\n")
    for start in range(len(lines)):
        options = _lines(lines[start:])
        if len(options) > 1:
            return "\n".join(lines[:start]).strip(), options
    return text.strip(), ()


def spelt(text: str) -> tuple[str, ...]:
    """The texts of a list that a text spells as Python or JSON writes one; none where it spells no
    list of texts."""
    if len(text) > LONGEST:
        return ()
    try:
        listed = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ()
    if not isinstance(listed, list) or not all(isinstance(option, str) for option in listed):
        return ()
    return tuple(option.strip() for option in listed)


def _lettered(text: str) -> tuple[str, ...]:
    """Options that run on in a text, each behind its letter: A, then the next B, and so on."""
    marks: list[re.Match[str]] = []
    for name in LETTERS:
        lead = r"[,;\n]\s*" if marks else ""
        pattern = re.compile(rf"{lead}\(?{name}[.):]\s+")
        mark = pattern.search(text, marks[-1].end()) if marks else pattern.match(text)
        if not mark:
            break
        marks.append(mark)
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    texts = [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=False)]
    return tuple(option.split("\n")[0] for option in texts)


def _lines(lines: Sequence[str]) -> tuple[str, ...]:
    """The options on consecutive lines that begin with A, B, C and so on."""
    options: list[str] = []
    for line in lines:
        match = _LINE.match(line)
        if not match or match.group(1) != LETTERS[len(options) : len(options) + 1]:
            break
        options.append(match.group(2))
    return tuple(options)


def by_text(answer: str, options: Sequence[str]) -> list[str]:
    """The letters of the options whose text an answer gives, in any case of letters."""
    wanted = _plain(answer)
    return [
        name for name, option in zip(LETTERS, options, strict=False) if _plain(option) == wanted
    ]


def by_letter(answer: str, options: Sequence[str]) -> list[str]:
    """The letter that an answer gives, such as "b" or "(B)", if it is that of an option."""
    match = _ANSWER.match(answer.strip())
    return [name for name in LETTERS[: len(options)] if match and match.group(1).upper() == name]


def _plain(text: str) -> str:
    return text.strip().rstrip(".").casefold()
