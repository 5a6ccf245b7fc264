"""Answers in words of one's own, held against the published one."""

from __future__ import annotations

import re

from rouge import Rouge

LONGEST = 512
_MARKS = ';/[]"{}()=+\\_-><@`,?!'
_COMMA = re.compile(r"\d,\d")
_STOP = re.compile(r"\.(?!\d)")
_ROUGE = Rouge(metrics=["rouge-l"])


def same(reply: str, answer: str) -> bool:
    """Whether a reply is the answer, case and a closing full stop aside.

    Source: CoIN's evaluation, which compares its tasks' answers in capitals.
    """
    return _folded(reply) == _folded(answer)


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


def _processed(text: str) -> str:
    """A text without punctuation and capitals: what stands beside a blank, or where a number has a
    comma, is removed; the rest becomes a blank."""
    text = text.replace("\n", " ").replace("\t", " ").strip()
    plain = text
    for mark in _MARKS:
        removed = f"{mark} " in text or f" {mark}" in text or _COMMA.search(text)
        plain = plain.replace(mark, "" if removed else " ")
    plain = _STOP.sub("", plain, count=32)  # it passes re.UNICODE, 32, where the count stands
    return plain.strip("'").strip('"').strip(")").strip("(").strip().lower()


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip().rstrip(".").split())
