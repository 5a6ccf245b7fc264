"""Where a text mentions options: by letter, where the letter is no word and no abbreviation, or by
the option's text, with numbers and signs whole."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from .option_texts import labels, texts

_POLAR = ("yes", "no", "true", "false")

_WORD = "A-Za-z0-9_\u00c0-\u024f"
_LETTER = re.compile(
    rf"(?<![{_WORD}°/&\\=.@])(?<!\w['–-])([A-Z])(?![{_WORD}+#°/&\\^*]|'[a-z]|[-–]\S)"
)
_SMALL = re.compile(
    r"\b(?:option|choice|letter) ([a-z])\b(?!['-])|(?<!\w)[(\[]([a-z])[)\]]"
    r"|\b(?:answer is|choose|pick|select|it is|it's|go with) ([b-z])(?=[\s.!]*$)"
    r"|^([b-z]) (?=is (?:the )?(?:correct|right|best)\b)",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?<!\w)\($|[\w]{2}\($|\[$|[\"']$|\b(?:option|choice|letter|answer)s?:? $", re.I
)
_BEFORE = re.compile(
    r"(?:^|[^\w\s'/&+=@])[ \t\"(]*$|[\n\u3040-\uffff]\s*$"
    r"|\b(?:is|are|be|was|it's|that's|choos\w+|chose|pick\w*|select\w*|say|said|guess"
    r"|answer(?:s|ed)?|options?|choices?|letter|so|thus|therefore|hence|then|(?:go|going|went"
    r"|goes|stick) with"
    r"|for|on|that|not|neither|nor|either|both|but|than|of|over|out|eliminat\w+|exclud\w+"
    r"|reject\w*|only"
    r"|just|definitely|probably|clearly|certainly|actually|likely|now|yes|no|leav\w+|between"
    r"|because"
    r"|since|while|whereas|although|though|if|unless|whether|maybe|perhaps|possibly|points to"
    r"|leads to|corresponds to|matches|think|believe|es|est|ist|é|è|nicht|sondern|sino|mais"
    r"|pas)\s$",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"([A-Z]),? (?:and|or|nor|and/or|&) $|([A-Z]), $")
_JOINED = re.compile(r"\b(?:and|or|&) $")
_VERB = re.compile(
    r" (?:is|isn't|are|was|fits?|remains?|matches|works?|seems|looks|appears|must|can|could|cannot"
    r"|can't|would|wouldn't|should|does|doesn't|might|may|will|has|wins|holds|makes)\b"
)
_AFTER = re.compile(
    r"\s*(?:$|[)\]}.,:;!?\"'>|\n\u2014\u2013-]|[^\x00-\u02ff])"
    r"| \(| (?:and|or|nor|but|not|because|since|as|so|only|too|over|rather|instead|while|whereas"
    r"|although|though|here|then|alone|which|out|if|than|seem|do|don't|aren't|were|ist|est|es|é"
    r"|è)\b"
)


class Mention(NamedTuple):
    """A place where an option is mentioned; `marked` where it stands as in "(B)" or "option B"."""

    start: int
    end: int
    option: int
    marked: bool


@functools.lru_cache(maxsize=64)
def mentions(text: str, options: tuple[str, ...]) -> tuple[Mention, ...]:
    """The mentions of options in a plain text in its one form, in their order. Where the text of
    one option holds that of another, the longer counts."""
    found = []
    rest = text
    for said, places in sorted(texts(options).items(), key=lambda pair: -len(pair[0])):
        pattern = _mention(said)
        here = [match.span() for match in pattern.finditer(rest)]
        found += [Mention(*span, place, False) for span in here for place in places]
        if here:
            rest = pattern.sub(lambda match: "_" * len(match.group()), rest)
    return tuple(sorted([*found, *_letters(rest, text, options)]))


@functools.lru_cache(maxsize=4096)
def _mention(said: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, said.split()))
    if said in _POLAR:
        return re.compile(
            rf"(?:(?<=[.:!?\n\"] )|(?<=is )|(?<=is: )|(?<=say )|^){words}(?=\s*[.,!;\"]|\s*$)",
            re.IGNORECASE | re.MULTILINE,
        )
    if said[0].isdigit() or said[0] in "-$€" or said[-1].isdigit():
        before = r"(?<![\w*/^×÷<>≤≥:$€√±+-])(?<!\d[–-])(?<!\d[.,])(?<![–-] )(?<![*×÷+/] )"
        before += "(?<!than )(?<!least )(?<!most )"
        after = r"(?![\w^*/×÷]|[.,:]\d|-\w|[-–]\d| ?[*×÷/^+] ?\w"
        after += r"| (?:million|billion|thousand|hundred|dozen|or (?:more|less|fewer))\b)"
        if said[0] not in "-$€0123456789":
            before = r"(?<![\w-])"
        return re.compile(rf"{before}{words}{after}", re.IGNORECASE)
    return re.compile(rf"(?<!\w)(?<!\w-){words}(?!\w|-\w)", re.IGNORECASE)


def _letters(rest: str, text: str, options: tuple[str, ...]) -> list[Mention]:
    """The letters of a text that stand for options; in `rest`, options' texts are hidden."""
    known = labels(options)
    found: list[Mention] = []
    for token in _SMALL.finditer(rest):
        letter, place = token[token.lastindex or 0], token.start(token.lastindex or 0)
        if letter.islower() and letter.upper() in known:
            found.append(Mention(place, place + 1, known[letter.upper()], True))
    small = len(found)
    for token in _LETTER.finditer(rest):
        letter, (start, end) = token.group(), token.span()
        if letter not in known or not _is_apart(text, start, end, options[known[letter]]):
            continue
        before, after = rest[max(0, start - 24) : start], rest[end : end + 16]
        marked = bool(_MARK.search(before)) and (
            before[-1:] not in "([\"'" or after[:1] in (")", "]", '"', "'")
        )
        if marked or _is_a_letter(before, after, letter, found[small:], start):
            found.append(Mention(start, end, known[letter], marked))
    return found


def _is_apart(text: str, start: int, end: int, option: str) -> bool:
    """Whether a letter is no part of an abbreviation ("U.S.A"), a range ("A to D") or "P(A)"."""
    if text[start - 1 : start] == "(" and re.search(
        r"(?<!\w)\w\($", text[max(0, start - 3) : start]
    ):
        return False
    if re.match(r" (?:to|through|thru|[-–]) [A-Z]\b|\.\.", text[end : end + 12]):
        return False
    if re.search(r"\b[A-Z] (?:to|through|thru|[-–]) $", text[max(0, start - 11) : start]):
        return False
    if re.match(r" ?[=+]", text[end : end + 2]) or text[max(0, start - 2) : start] == "+ ":
        return False
    if re.search(r"\b(?:Mrs?|Ms|Dr|St|Fig|Sec)\. $", text[max(0, start - 6) : start]):
        return False
    is_initial = re.match(r"\.\w", text[end : end + 2])
    return not is_initial or text[end + 1 :].lower().startswith(option.lower())


def _is_a_letter(before: str, after: str, letter: str, found: list[Mention], start: int) -> bool:
    """Whether what stands around a letter says that it is one and no word, name or unit."""
    chain = _CHAIN.search(before)
    if chain:
        linked = start - len(before) + chain.start() + 1
        if not (found and found[-1].end == linked):
            return False
    elif _JOINED.search(before):
        return bool(_VERB.match(after))
    elif not _BEFORE.search(before):
        return False
    if letter == "I":
        return bool(re.match(r"\s*(?:$|[)\].:;!?\n])| is\b| (?:and|or) [A-Z_]", after))
    own = r" (?:the|its?|this|that)\b"
    return bool(
        _AFTER.match(after) or _VERB.match(after) or (letter != "A" and re.match(own, after))
    )
