"""The robust answer parser: what a person would read in a reply, nothing where two would differ."""

from __future__ import annotations

import itertools
import re

from ..records.rows import Question
from .final_statement import announcements, spoken, without_boxes
from .mentions import Mention, mentions
from .option_texts import form, labels, whole
from .plain_text import canonical, plain
from .stance import Stance, stances

_LEADING = re.compile(
    r"(?:(?i:(?:the\s+)?(?:correct\s+)?(?:option|choice|letter)\s+))?"
    r"(?:[(\[{]?([A-Za-z])[)\]}]*(?:[.:,;)!?]+(?![A-Za-z]\w?\.)|$|\s+(?=[-\u2013\u2014=]\s))"
    r"|[(\[{]([A-Za-z])[)\]}]"
    r"|([A-Z])\s+(?=because\b|since\b|as\b))"
)
_MARGIN = re.compile(
    r"^\s*(?!-\s+\d)[-#>\u2022*]+\s+"
)  # bullet, heading, quotation; "-3" is a number
_DRESS = "*_$\"'{}| \t\n"
_CORRECTION = re.compile(
    r"\b(?:wait|actually|on second thoughts?|correction|sorry|i mean|i meant|scratch that|or rather"
    r"|oops|hmm|let me (?:correct|rethink|reconsider)|no,)",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:i am|i'm|we are)?\s?(?:unable to|can ?not|can't|could not|couldn't) (?:see|view|access"
    r"|determine|tell|identify|answer|help|provide|say|make out)\b|\bnot sure\b|\bunclear\b"
    r"|\bnot enough information\b|\bas an ai\b",
    re.IGNORECASE,
)
_REASON = re.compile(r",? \b(?=because\b|since\b|whereas\b|while\b|although\b|as\b)|[.!?](?=\s)")
_UNSETTLED = re.compile(
    r"(?:and|or|&|,|not)?\s*[(\[]?[A-Z][)\]]?(?![A-Za-z'])|(?i:wrong|incorrect|false|no)\b"
)
_EVERY = 20  # announcements that are looked at, from the end
_CONTRADICTION = -1
_DENIAL = -2
"""What a text that denies options and names none states."""


def robust(text: str, question: Question) -> int | None:
    """The option that a reply names: by letter or by text, however it is dressed.

    An announcement ("Answer:", a heading "Answer", a tag, \\boxed{}, "the answer is") decides, the
    last one that names an option or, unless it is mere prose, names none. Without one, the first or
    last line decides if it is a letter or an option's text and no other line is another; failing
    that, what the whole reply says of the options that it mentions. Denied and doubted options are
    not named. A reply that names two different options alike names none.
    """
    text = plain(spoken(text))
    said = _announced(text, question.options)
    if said is not None:
        return said if said >= 0 else None
    text = without_boxes(text)
    stated = [_line(line, question.options) for line in text.splitlines() if line.strip()]
    stated = [option for option in stated if option != _DENIAL]
    agreed = _agreed(stated, {stated[0], stated[-1]}) if stated else None
    if agreed is not None:
        return agreed
    said = _resolved(text, question.options)
    return said if said is not None and said >= 0 else None


def settled(text: str, question: Question) -> int | None:
    """The robust reading of a text that was cut: what it announced, or what its first line states
    and no other line contradicts; never a mere mention."""
    text = plain(spoken(text))
    said = _announced(text, question.options)
    if said is not None:
        return said if said >= 0 else None
    stated = [_line(line, question.options) for line in text.splitlines() if line.strip()]
    return _agreed(stated, set(stated[:1]))


def _announced(text: str, options: tuple[str, ...]) -> int | None:
    """What the announcements say; None without one that says anything."""
    empty = None
    for found in reversed(announcements(text)[-_EVERY:]):
        said = _statement(found.said, options)
        if said == _DENIAL:
            said = _statement(found.rest, options)
        if said is not None and said >= 0:
            amended = _amended(found.rest, options)
            return said if amended is None else amended
        if said == _CONTRADICTION or (found.firm and said is None and found.said.strip()):
            return _CONTRADICTION
        if said == _DENIAL or found.firm:
            empty = _CONTRADICTION
    return empty


def _agreed(stated: list[int | None], outer: set[int | None]) -> int | None:
    """The one option that lines state, if a line that may decide is among those that do."""
    named = set(stated) - {None, _DENIAL}
    only = named.pop() if len(named) == 1 else None
    return only if only is not None and only >= 0 and only in outer else None


def _statement(text: str, options: tuple[str, ...]) -> int | None:
    """What a statement states: as a whole, else in its first sentence that names an option, else
    by all that it mentions."""
    stated = _line(text, options)
    if stated is not None:
        return stated
    first = 0
    form_of = canonical(text)
    for end in [*(stop.end() for stop in _REASON.finditer(form_of)), len(form_of)][:20]:
        said = _resolved(form_of[first:end], options)
        if said is not None and said >= 0:
            return said
        if said == _CONTRADICTION:
            break
        first = end
    return _resolved(form_of, options)


def _line(line: str, options: tuple[str, ...]) -> int | None:
    """The option that a line is: its text, or its letter with or without something after it.

    None where the line is neither, _CONTRADICTION where it is two (the text of another option after
    a letter, a text that two options share).
    """
    undressed = _MARGIN.sub("", line).strip(_DRESS)
    for text in (line, undressed):
        same = whole(text, options)
        if same:
            return same[0] if len(same) == 1 else _CONTRADICTION
    found = _LEADING.match(undressed)
    letter = next(group for group in found.groups() if group).upper() if found else ""
    if not found or letter not in labels(options):
        return None
    option, rest = labels(options)[letter], undressed[found.end() :].strip(" -\u2013\u2014=)")
    if not rest or form(rest) == form(options[option]):
        return option
    others = set(whole(rest, options)) - {option}
    if others:
        return _CONTRADICTION
    near = canonical(undressed)
    if _UNSETTLED.match(rest):
        return _DENIAL if _judged(near, options) == _DENIAL else None
    claim = mentions(_REASON.split(near, maxsplit=1)[0], options)
    if any(mention.option != option and mention.marked for mention in claim):
        return None
    named = mentions(near, options)
    taken = stances(near, named)
    amended = _amended(near, options)
    if amended is not None:
        return amended
    own = [stance for mention, stance in zip(named, taken, strict=True) if mention.option == option]
    if Stance.DENIED in own:
        return _DENIAL
    return option if not own or own[0] > Stance.DOUBTED else None


def _amended(text: str, options: tuple[str, ...]) -> int | None:
    """What a text says after it corrects itself, None if it does not."""
    last = [*_CORRECTION.finditer(text)][-1:]
    said = _judged(canonical(text[last[0].end() :]), options) if last and last[0].start() else None
    return said if said is not None and said >= 0 else None


def _resolved(text: str, options: tuple[str, ...]) -> int | None:
    """What a text says of the options that it mentions, its own corrections counted."""
    text = canonical(text)
    amended = _amended(text, options)
    return amended if amended is not None else _judged(text, options)


def _judged(text: str, options: tuple[str, ...]) -> int | None:
    """The one option that a text names: by affirming it, else by a marked letter, else at all."""
    found = mentions(text, options)
    if not found:
        return None
    pairs: list[tuple[Mention, Stance]] = [*zip(found, stances(text, found), strict=True)]
    if any(_clashes(text, first, second) for first, second in itertools.pairwise(found)):
        return _CONTRADICTION
    live = [(m, stance) for m, stance in pairs if stance != Stance.DENIED]
    if not live:
        return _DENIAL
    affirmed = [(m, stance) for m, stance in live if stance >= Stance.AFFIRMED]
    concluded = {m.option for m, stance in affirmed if stance == Stance.CONCLUDED}
    if len({m.option for m, _ in affirmed}) == 1 or (
        len(concluded) == 1 and affirmed[-1][1] == Stance.CONCLUDED
    ):
        return affirmed[-1][0].option
    if affirmed:
        return _CONTRADICTION
    if _REFUSAL.search(text):
        return _CONTRADICTION
    marked = [pair for pair in live if pair[0].marked] or live
    named = {m.option for m, _ in marked}
    certain = any(stance == Stance.NAMED for _, stance in marked)
    return named.pop() if len(named) == 1 and certain else _CONTRADICTION


def _clashes(text: str, first: Mention, second: Mention) -> bool:
    """Whether a text and the letter in brackets behind it are two options: "dog (A)"."""
    behind = text[first.end : second.start] in (" (", " [", ", (")
    return behind and second.marked and not first.marked and first.option != second.option
