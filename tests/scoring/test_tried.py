"""The answer parsers, tried on replies of a user's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from downscaling.cli import app

OWN = 'reply,options\n"It is B.\nReally, B.",cat|dog\nAnswer: y,x|y|z\nnone,cat|dog\n'


def shown(file: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["parse-answers", str(file), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_each_parser_is_shown_by_its_name(tmp_path: Path) -> None:
    """Catches a reply over two lines cut at the first, None shown as option 0, and a table that
    counts options from 0 where `ask` shows their letters."""
    file = tmp_path / "own.csv"
    file.write_text("\ufeff" + OWN, encoding="utf-8")
    first, second, third = json.loads(shown(file, "--json"))
    reply = "It is B.\nReally, B."
    read = {"last-line": None, "first-letter": 1, "robust": 1}
    assert first == {"row": 1, "reply": reply, **read}
    assert second == {
        "row": 2,
        "reply": "Answer: y",
        "last-line": 1,
        "first-letter": 1,
        "robust": 1,
    }
    assert [third[parser] for parser in read] == [None, None, None]
    lines = shown(file).splitlines()
    assert lines[0].split() == ["row", "last-line", "first-letter", "robust", "reply"]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["1", "-", "B", "B"],
        ["2", "B", "B", "B"],
        ["3", "-", "-", "-"],
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"reply\nB\n", "no column options"),
        (b"", "no column reply and no column options"),
        (b"reply,options\nB,\n", "row 1: options ''"),
        (b"reply,options\nB,cat||dog\n", "row 1: options 'cat||dog'"),
        (b"reply,options\nB,cat|dog\nB\n", "row 2: options ''"),
        (b"reply,options\n\xff,cat|dog\n", "is not UTF-8"),
        (b'reply,options\n"B"x,cat|dog\n', "is no CSV"),
        (None, "No such file or directory; check the name\n"),
    ],
)
def test_a_file_that_cannot_be_read_costs_one_line(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    """Catches a traceback, or rows that silently read as nothing."""
    file = tmp_path / "own.csv"
    if content is not None:
        file.write_bytes(content)
    done = CliRunner().invoke(app, ["parse-answers", str(file)])
    assert done.exit_code == 1
    assert not done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert str(file) in done.stderr
    assert complaint in done.stderr


def test_the_table_goes_into_a_pipe_that_closes_early(tmp_path: Path) -> None:
    """Catches a traceback where `head` has seen enough, and a table that needs a terminal."""
    file = tmp_path / "own.csv"
    file.write_text("reply,options\n" + "Answer: B,cat|dog\n" * 5000, encoding="utf-8")
    command = f"{sys.executable} -m downscaling parse-answers {file} | head -2"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert [line.split()[:1] for line in done.stdout.splitlines()] == [["row"], ["1"]]
    assert not done.stderr
