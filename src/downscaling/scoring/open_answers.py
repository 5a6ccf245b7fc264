"""Answers in words of one's own, each kind of question by its rule.

A rule takes a reply and the published answer, and says what the reply is worth, from 0 to 1. The
catalogue names the rule of each family; docs/scoring.md has the table, and what is scored otherwise
than where a rule comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rouge import Rouge

LONGEST = 512
_MARKS = ';/[]"{}()=+\\_-><@`,?!'
_COMMA = re.compile(r"\d,\d")
_STOP = re.compile(r"\.(?!\d)")
_ROUGE = Rouge(metrics=["rouge-l"])
_ARTICLES = ("a", "an", "the")
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five"),
    *("six", "seven", "eight", "nine", "ten"),
)
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS)} | {"none": "0"}
_ENDS = {
    "n't": "ai are ca could did does do had has have is might must need ought sha should was were "
    "wo would",
    "'d": "he how it someone something there where who",
    "'ll": "how it somebody someone something they who why",
    "'re": "there they what why you",
    "'ve": "could might must not should they we what where who would you",
}
_CONTRACTIONS = {
    word.replace("'", ""): word
    for word in (
        *(stem + end for end, stems in _ENDS.items() for stem in stems.split()),
        *("ma'am", "o'clock", "'twas", "y'all"),
    )
}
"""Of words that lost their apostrophe, the words."""


def equal(reply: str, answer: str) -> float:
    """1 for the answer in whatever case.

    Source: CoIN, eval_vqav2.py, eval_vizwiz.py and eval_ocrvqa.py.
    """
    return float(reply.casefold() == answer.casefold())


def unstopped(reply: str, answer: str) -> float:
    """1 for the answer in whatever case, with full stops behind it or without.

    Source: CoIN, convert_gqa_for_eval.py and eval_gqa.py.
    """
    return equal(reply.rstrip("."), answer)


def within(reply: str, answer: str) -> float:
    """1 for a reply that holds the answer, or that the answer holds, case and all.

    Source: CoIN, eval_ImagetNet.py.
    """
    return float(answer in reply or reply in answer)


def soft(reply: str, answer: str) -> float:
    """How far people agree with the reply; `answer` holds what each of them said, a line each.

    A reply that three others of them gave is worth 1, and fewer a third each; this is averaged over
    leaving out each of the people once. Of ten people 1, 2, 3 and 4 give 0.3, 0.6, 0.9 and 1.
    Source: CoIN, eval_textvqa.py and m4c_evaluator.py, which is TextVQA's own.
    """
    said, people = _bare(reply), [_bare(line) for line in answer.split("\n")]
    count = people.count(said)
    return sum(min(3, count - (one == said)) for one in people) / 3 / len(people) if count else 0.0


def likeness(reply: str, answer: str) -> float:
    """ROUGE-L, from 0 to 1, as the paper's evaluation computes it: the F-measure of the *set* of
    words in the longest common subsequence, so that a word counts once however often it stands.

    A reply is cut after 512 characters. Without words on either side it is 0.
    Source: LLaVA-NeXT, llava/eval/evaluate_interleave.py, `process` and `evaluate_rouge`.
    """
    said, wanted = _processed(reply)[:LONGEST], _processed(answer)
    if not said.strip(". ") or not wanted.strip(". "):
        return 0.0  # rouge takes no text without a sentence
    return float(_ROUGE.get_scores(said, wanted)[0]["rouge-l"]["f"])


RULES: dict[str, Callable[[str, str], float]] = {
    "equal": equal,
    "unstopped": unstopped,
    "within": within,
    "soft": soft,
    "prose": likeness,
}
"""By kind of question."""


def _bare(text: str) -> str:
    """A text in small letters without punctuation and articles, numbers up to ten as digits."""
    lowered = text.lower().replace(",", "").replace("?", "").replace("'s", " 's")
    words = (_DIGITS.get(word, word) for word in _unmarked(_one_line(lowered)).split())
    return " ".join(_CONTRACTIONS.get(word, word) for word in words if word not in _ARTICLES)


def _processed(text: str) -> str:
    """A text in small letters without punctuation."""
    plain = _unmarked(_one_line(text))
    return plain.strip("'").strip('"').strip(")").strip("(").strip().lower()


def _one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def _unmarked(text: str) -> str:
    """A text without punctuation: what stands beside a blank, or where a number has a comma, is
    removed; the rest becomes a blank."""
    plain = text
    for mark in _MARKS:
        removed = f"{mark} " in text or f" {mark}" in text or _COMMA.search(text)
        plain = plain.replace(mark, "" if removed else " ")
    return _STOP.sub("", plain, count=32)  # both pass re.UNICODE, 32, where the count stands
