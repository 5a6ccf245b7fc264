"""Parsing an answer: which option, or which box, a reply names.

A parser is a function `(text, question) -> int | None`: the index of the option that the reply
names, None where it names none. `text` is what stands after the closing think tag. No parser
ever picks at random. Three stand side by side because the published numbers depend on the rule:

- `last-line`: the official code, faults included;
- `first-letter`: the rule of VMCBench, as lmms-eval ships it;
- `robust`: what a person would read.

The published rules read letters alone. A preset may ask for the option's text instead, so each
of the two has one extension: a reply that is, as a whole, the text of an option names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..records.boxes import Box
from ..records.rows import LETTERS, Answer, Question
from .robust import robust, settled

Parser = Callable[[str, Question], int | None]

_OFFICIAL = re.compile(r"answer\s*:\s*([^\n]+)", re.IGNORECASE)
_OFFICIAL_LEADS = ("", "(", "option ", "the answer is ")
_ANSWER = re.compile(r"answer\s*:", re.IGNORECASE)
_BOX_IOU = 0.5


def last_line(text: str, question: Question) -> int | None:
    """The official rule: the last line, from its "Answer:" on, must start with the letter.

    The last line is what follows the last newline, so a reply that ends in one is empty. What
    follows the first "Answer:" on it counts, else the whole line; lower-cased, it names the
    letter it starts with, also behind "(", "option " or "the answer is ". Hence bold and boxed
    letters are lost, and "all of them" reads as A.
    Extension: a reply equal to an option's text, case aside, names that option.
    Source: the paper's code, lmms_eval_custom_files/mmstar/stage_2_utils.py, and the exact_match
    of lmms-eval's mmstar task that it calls at the commit it pins.
    """
    line = text.split("\n")[-1]
    answer = _OFFICIAL.search(line)
    reply = (answer.group(1) if answer else line).lower().strip()
    whole = _whole(reply, question.options)
    if whole is not None:
        return whole
    for lead in _OFFICIAL_LEADS:
        letter = reply[len(lead) : len(lead) + 1].upper()
        if reply.startswith(lead) and letter and letter in LETTERS[: len(question.options)]:
            return LETTERS.index(letter)
    return None


def first_letter(text: str, question: Question) -> int | None:
    """The rule of VMCBench: a marked letter, else a lone letter, else an option's text.

    Outer punctuation falls away. Then "(B)" or "B. " anywhere names B; failing that, " B ";
    failing that, in a reply of more than five words, the option's text. Where several are
    named the last one counts (for texts, the one that starts last). Where none is, lmms-eval
    picks at random; here, as where two texts start at one place, the reply is unreadable.
    lmms-eval looks up the place of "(B)" alone and so takes the first of several "B. "; the
    last is taken here.
    Extension: a reply equal to an option's text, less a leading "Answer:", names that option.
    Source: VMCBench's parser, lmms_eval/tasks/vmcbench/utils.py.
    """
    lead = _ANSWER.match(text.strip())
    whole = _whole(text.strip()[lead.end() if lead else 0 :], question.options)
    if whole is not None:
        return whole
    reply = text
    for mark in ",.!?;:'":
        reply = reply.strip(mark)
    reply = f" {reply} "
    letters = list(enumerate(LETTERS[: len(question.options)]))
    marked = [(max(reply.rfind(f"({x})"), reply.rfind(f"{x}. ")), i) for i, x in letters]
    lone = [(reply.rfind(f" {x} "), i) for i, x in letters]
    texts = []
    if len(reply.split()) > 5:
        texts = [(reply.lower().rfind(o.lower()), i) for i, o in enumerate(question.options) if o]
    for places in (marked, lone, texts):
        last = max((place for place, _ in places), default=-1)
        if last >= 0:
            named = [index for place, index in places if place == last]
            return named[0] if len(named) == 1 else None
    return None


def _whole(reply: str, options: Sequence[str]) -> int | None:
    """The one option whose text the reply is; a letter of an option is left to the letter rules."""
    wanted = reply.strip().lower()
    same = [index for index, text in enumerate(options) if text.strip().lower() == wanted]
    alone = len(wanted) == 1 and wanted.upper() in LETTERS[: len(options)]
    return same[0] if len(same) == 1 and wanted and not alone else None


PARSERS: dict[str, Parser] = {
    "last-line": last_line,
    "first-letter": first_letter,
    "robust": robust,
}


def read_text(text: str) -> str | None:
    """A reply to an open question, behind an "Answer:" at its start; None where nothing stands."""
    lead = _ANSWER.match(text.strip())
    return text.strip()[lead.end() if lead else 0 :].strip() or None


def parse_answer(answer: Answer, question: Question, parser: str) -> int | None:
    """The option that an answer names under the parser of that name, None if unreadable.

    Only the text after the thinking is read, so an answer cut inside its thinking names nothing.
    Of a text that was cut the robust parser takes what was announced or stood at the start; an
    option that a cut-off train of thought happens to mention is no answer.
    """
    if answer.truncated and parser == "robust":
        return settled(answer.text, question)
    return PARSERS[parser](answer.text, question)


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0..1; 0 where a box is empty or turned inside out."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    areas = [(x[2] - x[0]) * (x[3] - x[1]) for x in (a, b) if x[0] < x[2] and x[1] < x[3]]
    if width <= 0 or height <= 0 or len(areas) < 2:
        return 0.0
    shared = width * height
    return shared / (sum(areas) - shared)


def box_is_right(box: Box | None, gold: Box) -> bool:
    """Whether a box counts as found: intersection over union with the gold box above 0.5.

    Source: CoIN, eval_grounding.py.
    """
    return box is not None and iou(box, gold) > _BOX_IOU
