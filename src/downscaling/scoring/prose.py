"""Answers in words of one's own, held against the published one."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")


def same(reply: str, answer: str) -> bool:
    """Whether a reply is the answer, case and a closing full stop aside.

    Source: CoIN's evaluation, which compares its tasks' answers in capitals.
    """
    return _folded(reply) == _folded(answer)


def likeness(reply: str, answer: str) -> float:
    """ROUGE-L, from 0 to 1: the F-measure of the longest common subsequence of words.

    Source: LLaVA-NeXT, llava/eval/evaluate_interleave.py, which scores open-ended questions so
    (without stemming, as here).
    """
    said, wanted = (_WORD.findall(text.casefold()) for text in (reply, answer))
    before = [0] * (len(wanted) + 1)
    for word in said:
        row = [0]
        for place, other in enumerate(wanted):
            row.append(before[place] + 1 if word == other else max(before[place + 1], row[place]))
        before = row
    return 2 * before[-1] / (len(said) + len(wanted)) if before[-1] else 0.0


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip().rstrip(".").split())
