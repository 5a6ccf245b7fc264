"""What a text says of the options that it mentions: denied, doubted, named or affirmed."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

from .mentions import Mention

_REACH = 120  # characters: what stands farther off does not speak of a mention
_IDIOM = re.compile(
    r"\b(?:no|without(?: a| any)?) (?:doubt|question)\b|\bnot only\b|\bcould only\b|\bnothing but\b"
    r"|\b(?:none|no|nothing|not?) other than\b|\bnot (?:wrong|incorrect)\b",
    re.IGNORECASE,
)
_BOUND = (
    r"[,;:.!?\n]|\b(?:but|because|so|since|and|hence|therefore|thus|leav\w+|while|whereas|although"
    r"|though|sondern|sino|mais|mas)\b"
)
_NEGATOR = re.compile(
    r"(?:\b(?:not|never|neither|nor|cannot|no|without|rather than|instead of|except|(?:any"
    r"|every)thing but"
    r"|all but|other than|than|unlike|exclud\w+|eliminat\w+|rul\w+ out|rule|reject\w*|discard\w*"
    r"|dismiss\w*|avoid|over|versus|vs\.?|opposed to|unlikely|impossible|doubt|unable|hardly"
    r"|(?:wrong|incorrect|false|bad) (?:answers?|options?|choices?|ones?|to)(?: (?:is|are)|:)?"
    r"|(?:wrong|incorrect|false):|nicht|keine?|pas|não|nunca|не)|n't|不是|不选|并非|而不是)"
    r"(?P<gap>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_BOUNDARY = re.compile(_BOUND, re.IGNORECASE)
_NONE_OF = re.compile(
    r"\bn(?:one|either) of (?:(?!\b(?:but|so|hence|therefore|thus|leav\w+|except)\b)[^.!?;\n])*$",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^[)\]\"]*\s*(?:,|/|&|,?\s*\b(?:and|or|nor|not)\b)[\s(\"\[]*"
    r"(?:(?:an?|the|option|choice)\s+)*[(\"\[]*$",
    re.IGNORECASE,
)
_ADVERB = (
    r"(?:(?:clearly|simply|just|also|all|both|definitely|obviously|therefore|then|certainly|surely"
    r"|option|answer|choice|can|could|should|must|be|has|have|been|it|this|that|seems?|looks?)\s+)*"
)
_WRONG = (
    r"(?:wrong|incorrect|false|untrue|inaccurate|invalid|ruled out|out\b|eliminated|excluded"
    r"|rejected|discarded|dismissed|impossible|unlikely|(?:an? )?(?:\w+ )?distractors?|a trap"
    r"|missing|absent|no\b"
    r"|nope|❌|✗|✘|falsch|fausse?|incorrect[ao]|errad[ao]|неверно|错|不对|不正确|錯)"
)
_DENIED = re.compile(
    rf"[)\]\"]*(?:[.:–—-]{{0,2}}\s*(?:(?:this|that|it)(?: is|'s) )?{_WRONG}"
    rf"|\s*(?:(?P<one>is|was|does|has|ist|est|es|é)\b|are\b|were\b|do\b|can\b|could\b|would\b"
    rf"|will\b"
    rf"|should\b)?\s*{_ADVERB}(?:{_WRONG}|not\b(?!\s*[(\"\[]*$)|never\b|n't\b|can't|cannot"
    rf"|won't|aren't|don't"
    r"|(?P<single>isn't|doesn't|wasn't|hasn't)|wouldn't|couldn't|fails?\b|nicht\b|不是|是错))",
    re.IGNORECASE,
)
_DENIED_LATER = re.compile(
    rf", (?:which|who|being|though)[^,.;\n]{{1,40}}, (?:is|are|was) {_WRONG}"
    r"|(?:(?!\b(?:others?|else|rest|remaining|because|since|but|while|although|though|not)\b"
    r"|[.!?\n])"
    r".){0,60}\b(?:it|this|that|which)(?:'s| is) (?:wrong|incorrect|false|ruled out|out\b"
    r"|eliminated)",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:might|may|could|maybe|perhaps|possib\w+|either|whether|if|suppose|assuming|unsure"
    r"|not sure|uncertain|unclear|tempting)\b[^,;.!?\n]*$",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"[)\]\"]*,? (?:might|may|could|(?:is|seems) (?:possible|plausible)|maybe|perhaps|possibly)\b"
)
_ASKED = re.compile(
    r"(?:^|[.!?\n]\s*)(?:is|could|might|would|does|are|can|should|which|what|why|how"
    r"|was)\b[^.!?\n]*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[^.!?\n]{0,60}\?\s*(?P<reply>yes|no|nope|wrong)?\b", re.IGNORECASE)
_CONCLUDED = re.compile(
    r"(?:\b(?:so|however|therefore|thus|hence|conclu\w+|finally|overall|in total|altogether|equals"
    r"|choose|pick"
    r"|select|chose|(?:go|going) with|opt for|must be|leav\w+|final answer|answer is)\b|=)"
    r"[^.!?;\n]*$",
    re.IGNORECASE,
)
_CORRECT = re.compile(
    r"\b(?:correct|right|best|true) (?:answer|option|choice|one)\b[^.!?;,\n]*$", re.IGNORECASE
)
_AFFIRMED = re.compile(
    r"[)\]\".:,–—\s-]{0,4}(?:(?:is|are|was|must be|has to be|should be|would be)\s+)?"
    r"(?:(?:clearly|definitely|the|a|most|only|one|that|therefore|obviously|thus)\s+)*"
    r"(?:correct|right (?:answer|option|choice|one)|right\b|best|better|answer\b|true\b|✅|✓|fits\b"
    r"|remains\b"
    r"|is left|works\b|matches\b|对|正确|richtig|correct[ao])",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"[)\]\"]*\s+(?:are|were|do|fit|work|match|remain)\b", re.IGNORECASE)


class Stance(enum.IntEnum):
    """What a text says of an option that it mentions."""

    DENIED = 0
    DOUBTED = 1
    NAMED = 2
    AFFIRMED = 3
    CONCLUDED = 4


def stances(text: str, found: Sequence[Mention]) -> list[Stance]:
    """The stance of a text to each of its mentions, which are given in their order.

    What is said of one of a list is said of all: "not A, B or C", "A and C are wrong".
    """
    text = _IDIOM.sub(lambda idiom: "_" * len(idiom.group()), text)
    taken: list[Stance] = []
    for place, mention in enumerate(found):
        last = found[place - 1].end if place else 0
        before = text[max(last, mention.start - _REACH) : mention.start]
        following = found[place + 1].start if place + 1 < len(found) else len(text)
        after = text[mention.end : min(following, mention.end + _REACH)]
        linked = place > 0 and bool(_LIST.match(before))
        taken.append(_stance(before, after, text[max(0, mention.start - _REACH) : mention.start]))
        if linked and taken[-2] == Stance.DENIED and not re.search(r"\bnot\b", before):
            taken[-1] = Stance.DENIED if taken[-1] < Stance.AFFIRMED else taken[-1]
        denied = _DENIED.match(after)
        affirmed = taken[-1] == Stance.AFFIRMED and _TOGETHER.match(after)
        if affirmed or (denied and not denied["one"] and not denied["single"]):
            _spread(text, found, taken)
    return taken


def _spread(text: str, found: Sequence[Mention], taken: list[Stance]) -> None:
    """Give the last mention's stance to all members of the list that it ends."""
    for place in range(len(taken) - 1, 0, -1):
        between = text[found[place - 1].end : found[place].start]
        if taken[place - 1] == taken[-1] or not _LIST.match(between):
            return
        taken[place - 1] = taken[-1]


def _stance(before: str, after: str, sentence: str) -> Stance:
    negator = _NEGATOR.search(before)
    if (negator and not _BOUNDARY.search(_last_gap(before))) or _NONE_OF.search(sentence):
        return Stance.DENIED
    if _DENIED.match(after) or _DENIED_LATER.match(after):
        return Stance.DENIED
    question = _QUESTION.match(after)
    if question and question["reply"]:
        return Stance.AFFIRMED if question["reply"].lower() == "yes" else Stance.DENIED
    if question and _ASKED.search(sentence):
        return Stance.DOUBTED
    if _DOUBT.search(before) or _DOUBTED.match(after):
        return Stance.DOUBTED
    if _AFFIRMED.match(after) or _CORRECT.search(before):
        return Stance.AFFIRMED
    return Stance.CONCLUDED if _CONCLUDED.search(before) else Stance.NAMED


def _last_gap(before: str) -> str:
    """What stands between the last negation and the mention."""
    gap = before
    while (negator := _NEGATOR.search(gap)) and negator.start() != negator.end("gap"):
        gap = negator["gap"]
    return gap
