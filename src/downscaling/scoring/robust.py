"""The robust answer parser: what a person would read in a reply, nothing where two would differ."""

from __future__ import annotations

import functools
import re

from ..records.rows import LETTERS, Question

_READ = 20_000  # characters, from the end: replies are hostile text and no answer needs more
_PLAIN = {ord("\u00a0"): " ", 0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x200B: None}
_PLAIN |= {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}  # full-width forms
_EMPHASIS = re.compile(r"\*\*+|__+|`+")
_STYLED = re.compile(r"\\(?:text|mathrm|mathbf|textbf|textit|rm|bf)\s*\{([^{}]*)\}")
_BOXED = re.compile(r"\\boxed\s*\{([^{}]*)\}")
_ANNOUNCED = re.compile(
    r"(?<![a-z])answers?[*_]?[ \t]*(?:is[ \t]*)?[*_]?:"  # "Answer:", "the answer is:"
    r"|^[^\w\n]*(?:final[ \t]+)?answer[^\w\n]*$",  # "Answer" as a heading
    re.IGNORECASE | re.MULTILINE,
)
_ANNOUNCED_IN_PROSE = re.compile(r"\banswer\s+is\b(?:\s+therefore\b)?", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not|never|neither|nor|cannot)\b|n't\b", re.IGNORECASE)

# "A" is a letter in "A", "A.", "A is right", but an article in "A dog"; "I" likewise.
_AFTER_LETTER = r"\s*(?:$|[)\]}.,:;!?/&<>\"$\\-])|\s+(?:and|or|is|because|since|as)\b"
_LONE = re.compile(rf"(?<![\w'-])(?:[AI](?={_AFTER_LETTER})|[B-HJ-Z](?![\w'-]))")
_OPTION = r"(?:option|choice|letter)\s+"
_MARKED = re.compile(rf"(?<!\w)(?:\(([A-Z])\)|\[([A-Z])\]|(?i:{_OPTION}\(?([A-Z]))(?![\w'-]))")
_LEADING = re.compile(
    rf"(?:(?i:(?:the\s+)?(?:correct\s+)?{_OPTION}))?"
    r"(?:[(\[{]?([A-Za-z])[)\]}]*(?:[.:,;)]+(?![a-z]\.)|$)"  # "B", "B.", "(b)"; not "e.g."
    r"|[(\[{]([A-Za-z])[)\]}]"
    r"|([A-Z])\s+(?=(?:is|because|since|as)\b|[-\u2013\u2014=]\s))"
)
_JOINT = re.compile(r"^\s*(?:[-\u2013\u2014=/&]\s+)?(?:(?:and|or)\b\s*)?")
_MARGIN = re.compile(r"^\s*[-#>\u2022]+\s+")  # bullet, heading, quotation; "-3" is a number
_DRESS = "*_$\"' \t"
_CONTRADICTION = -1


def robust(text: str, question: Question) -> int | None:
    """The option that a reply names: by letter or by text, however it is dressed.

    An announcement ("Answer:", a heading "Answer", or \\boxed{}) decides, the last one if there are
    several, then "the answer is". Without one, the first or last line decides if it is a letter or
    an option's text and no other line is another; failing that, the one option that the whole
    reply mentions. Option texts are compared without case, emphasis and end punctuation; where
    one text holds another, the longer counts. A reply that names two different options alike
    names none.
    """
    text = _plain(text)
    announced = _announced(text)
    if announced is not None:
        return _named(announced, question.options)
    lines = [line for line in text.splitlines() if line.strip()]
    stated = [_stated(line, question.options) for line in lines]
    if not set(stated) - {None}:
        return _mentioned(text, question.options)
    return _agreed(stated, {stated[0], stated[-1]})


def settled(text: str, question: Question) -> int | None:
    """The robust reading of a text that was cut: what it announced, or what its first line states
    and no other line contradicts; never a mere mention."""
    text = _plain(text)
    announced = _announced(text)
    if announced is not None:
        return _named(announced, question.options)
    stated = [_stated(line, question.options) for line in text.splitlines() if line.strip()]
    return _agreed(stated, set(stated[:1]))


def _agreed(stated: list[int | None], outer: set[int | None]) -> int | None:
    """The one option that lines state, if a line that may decide is among those that do."""
    named = set(stated) - {None}
    only = named.pop() if len(named) == 1 else _CONTRADICTION
    return only if only != _CONTRADICTION and only in outer else None


def _plain(text: str) -> str:
    text = _EMPHASIS.sub("", text[-_READ:].translate(_PLAIN))
    return _STYLED.sub(r"\1", text)


def _announced(text: str) -> str | None:
    """What follows the last announcement, up to the end of its line or, if that is blank, the next
    line that is not; None without an announcement."""
    boxed = list(_BOXED.finditer(text))
    marks = list(_ANNOUNCED.finditer(text)) or (
        [] if boxed else list(_ANNOUNCED_IN_PROSE.finditer(text))
    )
    if boxed and (not marks or marks[-1].end() <= boxed[-1].start()):
        return boxed[-1].group(1)
    if not marks:
        return None
    rest = text[marks[-1].end() :].strip(" \t\n*_")
    return rest.split("\n", 1)[0]


def _named(text: str, options: tuple[str, ...]) -> int | None:
    stated = _stated(text, options)
    if stated is None:
        return _mentioned(text, options)
    return None if stated == _CONTRADICTION else stated


def _bare(text: str) -> str:
    """A text without case, dollar signs around it, emphasis, quotes and end punctuation."""
    text = " ".join(text.lower().split()).strip("*_\"' ").rstrip(".,;:!? ").strip("*_\"' ")
    if len(text) > 2 and text[0] == text[-1] == "$":
        text = text[1:-1].strip()
    return text


@functools.lru_cache(maxsize=4096)
def _texts(options: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """The options by their bare text. A text that is itself one letter is left to the letters."""
    texts: dict[str, tuple[int, ...]] = {}
    for index, option in enumerate(options):
        bare = _bare(_plain(option))
        if bare and not (len(bare) == 1 and bare.upper() in LETTERS):
            texts[bare] = (*texts.get(bare, ()), index)
    return texts


def _stated(line: str, options: tuple[str, ...]) -> int | None:
    """The option that a line is: its text, or its letter with or without something after it.

    None where the line is neither, _CONTRADICTION where it is two ("A, B", the text of another
    option after a letter, a text that two options share).
    """
    texts = _texts(options)
    undressed = _MARGIN.sub("", line).strip(_DRESS)
    for bare in (_bare(line), _bare(undressed)):
        if bare in texts:
            return texts[bare][0] if len(texts[bare]) == 1 else _CONTRADICTION
    letter, rest = _leading(undressed, options)
    if letter is None:
        return None
    if _bare(rest) == _bare(_plain(options[letter])):
        return letter
    second, _ = _leading(rest, options)
    others = {second, *texts.get(_bare(rest), ())} - {None, letter}
    return _CONTRADICTION if others else letter


def _leading(line: str, options: tuple[str, ...]) -> tuple[int | None, str]:
    """The option whose letter a line starts with, and what follows the letter."""
    found = _LEADING.match(line)
    letter = next(group for group in found.groups() if group).upper() if found else ""
    if not found or letter not in LETTERS[: len(options)]:
        return None, line
    return LETTERS.index(letter), _JOINT.sub("", line[found.end() :])


def _mentioned(text: str, options: tuple[str, ...]) -> int | None:
    """The one option that a text mentions, by text or by letter, with no negation before it.

    A marked letter, as in "(B)" or "option B", counts for more than texts and lone letters do.
    """
    places: dict[int, int] = {}
    rest = text
    for bare in sorted(_texts(options), key=len, reverse=True):
        mention = _mention(bare)
        found = mention.search(rest)
        if found:
            places.update((index, found.start()) for index in _texts(options)[bare])
            rest = mention.sub(lambda match: "_" * len(match.group()), rest)
    marked = _letters(_MARKED, rest, options)
    places = marked or _letters(_LONE, rest, options) | places
    if len(places) != 1:
        return None
    index, place = places.popitem()
    return None if _NEGATION.search(text, 0, place) else index


@functools.lru_cache(maxsize=4096)
def _mention(bare: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, bare.split()))
    minus = "(?<!-)" if bare[0].isdigit() else ""
    return re.compile(rf"(?<!\w)(?<!\d[.,]){minus}{words}(?!\w|[.,]\d)", re.IGNORECASE)


def _letters(pattern: re.Pattern[str], text: str, options: tuple[str, ...]) -> dict[int, int]:
    """Where each option's letter first stands, by the option's index."""
    places: dict[int, int] = {}
    for found in pattern.finditer(text):
        letter = next((group for group in found.groups() if group), found.group()).upper()
        if letter in LETTERS[: len(options)]:
            places.setdefault(LETTERS.index(letter), found.start())
    return places
