"""Options that stand inside a question's text, in the forms that the published sets use."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Sequence

from ...records.rows import LETTERS

LONGEST = 20_000
"""Characters of a text that spells a list of options."""
_LEAD = r"(?:options|choices)[^\S\n]*:\s*"
_LIST = re.compile(rf"^\s*{_LEAD}", re.IGNORECASE | re.MULTILINE)
_LEFT = re.compile(rf"\s*{_LEAD}$", re.IGNORECASE)
_LINE_STARTS = re.compile(r"^", re.MULTILINE)
_SENTENCE_STARTS = re.compile(r"(?:^|(?<=[?:.]))[^\S\n]*", re.MULTILINE)
_NEW_LINE, _SAME_LINE = r"\n\s*", r"[^\S\n]"
_SPELT = re.compile(
    r"""choice list\s*:\s*(\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\])""", re.IGNORECASE
)
_ANSWER = re.compile(r"^\(?([A-Za-z])[.):]*$")


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """A question without its options, and the options; none where the text lists none.

    Four forms: a list as Python writes it ("Choice List: ['cup', 'plate']"); behind "Options:" or
    "Choices:", lettered ones ("A: cup, B: plate") or bare ones on one line ("cup, plate"); lettered
    lines ("A. cup", "(A) cup", "a) cup"); lettered ones on one line ("A. cup B. plate"). A lettered
    option may have several lines, or be empty. What follows the options asks for a form of answer,
    and goes with them.
    """
    for lead in reversed(list(_SPELT.finditer(text))):
        options = spelt(lead.group(1))
        if len(options) > 1 and all(options):
            return text[: lead.start()].strip(), options
    for lead in reversed(list(_LIST.finditer(text))):
        listed = text[lead.end() :].strip()
        options = _lettered(listed, rf"(?:[,;]\s*|{_NEW_LINE})", r"\s+")
        if not options:
            options = tuple(option.strip() for option in listed.split("\n")[0].split(","))
            options = options if all(options) else ()
        if len(options) > 1:
            return text[: lead.start()].strip(), options
    for start in reversed(list(_LINE_STARTS.finditer(text))):
        if options := _lettered(text[start.end() :], _NEW_LINE):
            return text[: start.end()].strip(), options
    for start in _SENTENCE_STARTS.finditer(text):
        line = text[start.end() :].split("\n")[0]
        if options := _lettered(line, rf"[,;]{_SAME_LINE}*", rf"{_SAME_LINE}+"):
            return _LEFT.sub("", text[: start.end()]).strip(), options
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


def _lettered(text: str, *gaps: str) -> tuple[str, ...]:
    """The options that a text begins with, each behind its letter: A, then the next B, and so on.
    gaps: patterns of what stands between two; the first under which there are several counts."""
    ways = ((names, gap) for names in (LETTERS, LETTERS.lower()) for gap in gaps)
    return next(filter(None, (_marked(text, names, gap) for names, gap in ways)), ())


def _marked(text: str, names: str, gap: str) -> tuple[str, ...]:
    """The options behind these letters (behind Z, AA and on), if there are several. The last has at
    most as many lines as the longest other: what follows is none of it."""
    marks: list[re.Match[str]] = []
    for name in (*names, *(names[0] + second for second in names)):
        form = rf"\(?{name}(?:\)[.:]?|:|\.(?!\d)){_SAME_LINE}*"
        pattern = re.compile(gap + form if marks else rf"\s*{form}")
        mark = pattern.search(text, marks[-1].end()) if marks else pattern.match(text)
        if not mark:
            break
        marks.append(mark)
    if len(marks) < 2:
        return ()
    options = [text[a.end() : b.start()].strip() for a, b in itertools.pairwise(marks)]
    lines = max(option.count("\n") + 1 for option in options)
    last = text[marks[-1].end() :].strip().split("\n")[:lines]
    return (*options, "\n".join(last).strip())


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
