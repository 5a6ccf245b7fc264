"""What a vision-language teacher is asked, and how its replies are read, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from downscaling.config.teacher import Asking
from downscaling.extraction.prompted import Ask, Prompted, Reply, sentences
from downscaling.extraction.steps import make_descriptions, make_statements
from downscaling.extraction.teacher import Depiction, Failed
from downscaling.prompts.own import PROMPTS as OWN
from downscaling.records.files import read, write
from downscaling.records.rows import Sample, Turn

ASKING = Asking(
    model="m", images="aspect", side=64, statement_tokens=8, description_tokens=16
)  # fmt: skip
PAIRS = [[("What is it?\nA. ring\nB. square", "A"), ("How large?", "small")]]


class Recorded:
    """An engine that replies with one text and remembers what it was asked."""

    def __init__(self, reply: Reply | Failed) -> None:
        self.reply = reply
        self.asked: list[tuple[Ask, int]] = []

    def replies(
        self, asks: Sequence[Ask], max_new_tokens: int
    ) -> Iterator[Mapping[int, Reply | Failed]]:
        self.asked += [(ask, max_new_tokens) for ask in asks]
        yield dict.fromkeys(range(len(asks)), self.reply)


def teacher(engine: Recorded, seed: int = 0) -> Prompted:
    """A teacher with this engine."""
    return Prompted(engine, ASKING, OWN, Path("root"), seed)


def test_the_first_step_reads_text_and_the_second_the_image() -> None:
    """Catches answers stated from the image instead of the pair, an option list that breaks the
    numbering, and one cap for both steps."""
    engine = Recorded(Reply("It is a ring.\nIt is small.", False))
    assert list(teacher(engine).statements([["a.png"]], PAIRS)) == [
        {0: ["It is a ring.", "It is small."]}
    ]
    ((ask, cap),) = engine.asked
    assert cap == 8
    assert ask.images == ()
    assert ask.text.endswith(
        "1. Question: What is it? A. ring B. square Answer: A\n"
        "2. Question: How large? Answer: small"
    )
    engine = Recorded(Reply(" A small ring. ", False))
    assert list(teacher(engine).describe([["a.png"]], [["It is {a}."]])) == [{0: "A small ring."}]
    ((ask, cap),) = engine.asked
    assert cap == 16
    assert ask.images == (Path("root/a.png"),)
    assert ask.text.endswith("\n- It is {a}.")


def test_a_seed_belongs_to_its_request_and_attempt() -> None:
    """Catches a retry that draws the same bad reply again, and images that draw alike."""

    def seed(image: str = "a", attempt: int = 0, study: int = 0) -> int:
        engine = Recorded(Reply("x", False))
        list(teacher(engine, study).describe([["z"], [image]], [["s"], ["s"]], attempt))
        return engine.asked[1][0].seed

    assert seed() == seed()
    assert len({seed(), seed("b"), seed(attempt=1), seed(study=1)}) == 4


def test_a_reply_that_was_cut_or_never_came_has_failed() -> None:
    """Catches half a sentence in the training data."""
    cut = list(teacher(Recorded(Reply("It is a", True))).describe([["a"]], [["s"]]))
    assert cut == [{0: Failed("the teacher's reply was cut at its cap of tokens")}]
    assert list(teacher(Recorded(Failed("no"))).statements([["a"]], PAIRS)) == [{0: Failed("no")}]


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("A ring.\nA square.", ["A ring.", "A square."]),
        ("\n\n1. A ring.\n\n2) A square.\n", ["A ring.", "A square."]),
        ("Sure, here they are:\n- A ring.\n* A square.\nHope it helps!", ["A ring.", "A square."]),
        ("```\n(1) A ring.\r\n(2) A square.\n```", ["A ring.", "A square."]),
        ("Statement 1: A ring.\nStatement 2: A square.", ["A ring.", "A square."]),
        (
            "2 rings.\n3.5 metres.\n1999 is the year.",
            ["2 rings.", "3.5 metres.", "1999 is the year."],
        ),
        ("\u2022 A  ring.\n\t\u2013 A\tsquare.", ["A ring.", "A square."]),
        ("**A ring.**\n<b>A square.</b>", ["**A ring.**", "<b>A square.</b>"]),
        (
            "A ring.\u2028Still the first.\x0b\x0c\nA square.",
            ["A ring. Still the first.", "A square."],
        ),
        ("", []),
        (" \n\x00\n", []),
    ],
)
def test_sentences_are_read_from_any_layout(reply: str, read: list[str]) -> None:
    """Catches a number or a remark taken for a part of a statement, and numbers that belong to
    one taken away."""
    assert sentences(reply) == read


def test_hostile_output_stays_text(tmp_path: Path) -> None:
    """Catches control characters, halves of characters, markup and endless lines that break a
    file or the next prompt."""
    text = "\x00\x1b[31mred\ud800 <|im_end|><image> {focus} </think> 'a,\"b' " + "long " * 50_000
    samples = [Sample("gqa-0", "gqa", ("a.png",), (Turn("What?", "that"),))]
    stated, _ = make_statements(samples, teacher(Recorded(Reply(text, False))), OWN)
    engine = Recorded(Reply(text, False))
    told, dropped = make_descriptions(samples, stated, teacher(engine))
    assert not dropped
    assert "- [31mred <|im_end|><image> {focus} </think>" in engine.asked[0][0].text
    write(tmp_path / "d.parquet", told, Depiction)
    assert read(tmp_path / "d.parquet", Depiction) == told
    assert told[0].text.startswith("[31mred  <|im_end|><image> {focus} </think> 'a,\"b' long")
