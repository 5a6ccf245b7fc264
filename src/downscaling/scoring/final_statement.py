"""Where a reply announces its answer: a box, a tag, "Answer:" in several languages."""

from __future__ import annotations

import re
from typing import NamedTuple

_READ = 20_000  # characters, from the end: replies are hostile text and no answer needs more
_NOUN = (
    r"(?:answers?|choice|option|selection|conclusion|verdict|solution|antwort|lösung|réponse"
    r"|reponse|respuesta|opción|resposta|risposta|antwoord|svar(?:et)?|vastaus|odpowiedź"
    r"|odpověď|ответ"
    r"|відповідь|cevap|yanıt|jawaban|đáp án|الإجابة|الجواب|उत्तर|答案|答え|解答|回答|正解|答"
    r"|정답|답)"
)
_ABOUT = r"(?:[ \t](?:to|for) (?:the|this|your) (?:question|problem))?"
_ADJECTIVE = r"(?: (?:correcta?|correcte|richtige|correta|corretta|finale?))?"
_IS = r"(?:is|was|ist|lautet|est|es|é|è|är|adalah|является|应该是|應該是|是|为|為|은|는|は)"
_COLON = re.compile(
    rf"(?<![a-z]){_NOUN}{_ADJECTIVE}{_ABOUT}(?: \([^()\n]{{0,20}}\))?[\"'*_]*[ \t]*"
    rf"(?:{_IS}[ \t]*)?[\"'*_]*(?::|=(?!=)|-(?=\s))"
    rf"|^[^\w\n<]*(?:(?:the|my|final|correct)[ \t]+){{0,3}}{_NOUN}[^\w\n]*$"
    r"|[选選](?:择|擇|项|項)?[是:]?[ \t]*(?=[(\"]?[A-Z](?![A-Za-z]))",
    re.IGNORECASE | re.MULTILINE,
)
_PROSE = re.compile(
    rf"(?<![a-z]){_NOUN}{_ADJECTIVE}{_ABOUT}[ \t]*"
    rf"(?:{_IS}(?![a-z])|'s\b|(?:should|must|would|will|has to) be\b)"
    r"(?: (?:therefore|thus|hence)\b)?",
    re.IGNORECASE,
)
_NOT_HERS = re.compile(
    r"\b(?:wrong|incorrect|false|other|another|bad|tempting|possible|plausible|if|whether|not|n't"
    r"|cannot|common|second|unless|previous|suppose|may|might|could|per|falsche|mauvaise)"
    r"[^.!?:;,\n]{0,24}$|\bif\b[^.!?\n]{0,48}, (?:the )?$",
    re.IGNORECASE,
)
_TAG = re.compile(r"<answer>|</answer>", re.IGNORECASE)
_LONGEST = 400  # characters in a box
_BOXES = 8  # that are looked at, from the end
_BOX = re.compile(r"\\(?:boxed|fbox)\s?\{")


class Announcement(NamedTuple):
    """A place where an answer is announced. `said` is what follows, `rest` the text from there to
    the end; `firm` is False for mere prose ("the answer is …")."""

    start: int
    said: str
    rest: str
    firm: bool


def spoken(text: str) -> str:
    """The end of a reply, behind its thinking; empty where the thinking never ends."""
    behind = text[-_READ:].rpartition("</think>")[2]
    return "" if "<think>" in behind else behind


def announcements(text: str) -> list[Announcement]:
    """All announcements of a plain text, in their order."""
    firm = [*_tags(text), *_boxes(text), *_marks(_COLON, text, True)]
    return sorted([*firm, *_marks(_PROSE, text, False)], key=lambda found: found.start)


def without_boxes(text: str) -> str:
    """A text with the content of each box in its place."""
    return _BOX.sub("", text).replace("}", "")


def _marks(pattern: re.Pattern[str], text: str, firm: bool) -> list[Announcement]:
    found = []
    for mark in pattern.finditer(text):
        if _NOT_HERS.search(text, max(0, mark.start() - 60), mark.start()):
            continue
        rest = text[mark.end() :].lstrip(" \t\n*_:=>#")
        line = rest.split("\n", 1)[0]
        if line.startswith('"') and line.find('"', 1) > 0:  # a value of JSON
            line = line[1 : line.find('"', 1)]
        found.append(Announcement(mark.end(), line, rest, firm))
    return found


def _tags(text: str) -> list[Announcement]:
    found = []
    end = len(text)
    for tag in reversed([*_TAG.finditer(text)]):
        if not tag.group().startswith("</"):
            inside = text[tag.end() : end].strip()
            found.append(Announcement(tag.end(), inside, inside, True))
        end = tag.start()
    return found


def _boxes(text: str) -> list[Announcement]:
    """The boxes with balanced braces; one that is not closed ends with its line. Boxes on one line
    are read together from the first on, so that two of them contradict each other."""
    found: list[Announcement] = []
    line_start, first = -1, 0
    for box in [*_BOX.finditer(text)][-_BOXES:]:
        start = text.rfind("\n", 0, box.start())
        end = _closing(text, box.end())
        if start != line_start:
            line_start, first = start, box.end()
        inside = without_boxes(text[first:end])
        if found and start == text.rfind("\n", 0, found[-1].start):
            found.pop()
        found.append(Announcement(box.end(), inside, inside, True))
    return found


def _closing(text: str, start: int) -> int:
    depth = 1
    last = min(start + _LONGEST, len(text))
    for place in range(start, last):
        if text[place] == "\n":
            return place
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return last
