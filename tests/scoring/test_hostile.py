"""Whatever a model writes is read by every answer parser, or is no answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downscaling.records.boxes import read_box
from downscaling.records.files import read, write
from downscaling.records.rows import Answer, Question
from downscaling.scoring.grade import named, worth
from downscaling.scoring.parse_answer import PARSERS
from downscaling.scoring.tried import Reading, table

OPTIONS = ("cat", "dog", "red cube", "red")
GOLD = {
    "equal": "cat",
    "unstopped": "a cat",
    "within": "cat",
    "soft": "cat\ncat\ndog",
    "prose": "a",
}


def question(kind: str = "choice", answer: str = "B") -> Question:
    """A question with options, or of another kind without."""
    options = OPTIONS if kind == "choice" else ()
    return Question("q", "in-domain", "gqa", "", ("a.png",), "Which?", options, answer, kind)


WRITTEN = {
    "nothing": "",
    "blanks": " \n\t" * 50,
    "a NUL": "Answer: \0B\0",
    "a terminal's commands": "\x1b[31mAnswer: B\x1b[0m\x1b]0;x\x07",
    "reversed text": "\u202eB :rewsnA\u202c",
    "half a character": "Answer: \ud800B",
    "special tokens": "<|im_end|><|im_start|>assistant\n<think></think><image>B",
    "markup": "<script>alert(1)</script><b>B</b> &lt;B&gt; ]]>",
    "a template": "{{ 7 * 7 }} {% raw %} ${7*7} %s %(a)s {0} B",
    "a table's formula": '=HYPERLINK("http://x","B")',
    "combining marks": "B" + "\u0301" * 3_000,
    "letters without end": "B" * 1_000_000,
    "openings without end": "(" * 1_000_000,
    "boxes without end": r"\boxed{" * 100_000,
    "marks without end": "**Answer:** " * 80_000,
    "lines without end": "Answer: B\n" * 100_000,
    "tags without end": "<answer>" * 100_000,
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_every_parser_reads_it_in_seconds(text: str) -> None:
    """Catches a traceback, a choice that there is not, and a pattern that takes hours on a megabyte
    of one letter."""
    since = time.process_time()
    for parser in PARSERS.values():
        assert parser(text, question()) in (None, 0, 1, 2, 3)
    read_box(text)
    assert time.process_time() - since < 20


@given(st.text() | st.text("ABCD().:*\\{}boxedansweri <>/\n-,notr", max_size=60))
def test_any_text_is_read_by_every_parser(text: str) -> None:
    """Catches a reply for which a parser has no way out, and a worth outside 0 to 1."""
    for parser in PARSERS:
        for kind, gold in {"choice": "B", **GOLD}.items():
            asked = question(kind, gold)
            choice = named(Answer("q", "", text, 1, False, False), asked, parser)
            assert 0 <= worth(choice, asked) <= 1


def test_a_terminal_obeys_no_reply() -> None:
    """Catches a reply that clears the screen of whoever tries the parsers on it."""
    shown = table([Reading(1, "\x1b[2J\u202eB\ud800\0", dict.fromkeys(PARSERS))])
    assert shown.endswith(r"\x1b[2J\u202eB\ud800\x00")
    assert all(line.isprintable() for line in shown.split("\n"))


def test_a_reply_is_kept_as_it_was_written(tmp_path: Path) -> None:
    """Catches a reply that a file changes: what is shown is escaped where it is shown."""
    texts = [text for name, text in WRITTEN.items() if name != "half a character"]
    answers = [Answer(str(n), "", text, 1, False, False) for n, text in enumerate(texts)]
    write(tmp_path / "a.parquet", answers, Answer)
    assert read(tmp_path / "a.parquet", Answer) == answers
