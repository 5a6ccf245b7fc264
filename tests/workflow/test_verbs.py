"""The verbs of `downscaling` on files that are none of theirs."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from downscaling.cli import app
from running import HOME

NONE_OF_THEIRS = {
    "bytes": b"\xff\xfe\0\1",
    "deep": b"[" * 100_000,
    "empty": b"",
    "list": b"[1, 2]",
    "NUL": b"\0",
    "number": b"5",
    "text": b"hello\n",
}
VERBS = {
    "job": ("job {0}", ".json"),
    "audit": ("audit {0}", ".json"),
    "compare": ("compare {0}", ""),
    "compare with": ("compare reference/miniature {0}", ""),
    "reference": ("reference {1}/new {0} {0}", ""),
    "rescore": ("rescore {0} {1}/scores", ""),
    "pin": ("pin {0} --lock {1}/no.lock", ".toml"),
    "pin in a lock": ("pin mmstar --lock {0}", ".lock"),
    "fetch": ("fetch mmstar --out {1}/new --lock {0}", ".lock"),
    "shelve": ("shelve --backbones {0} --out {1}/new", ""),
    "parse-answers": ("parse-answers {0}", ".csv"),
    "plan": ("plan {0}", ".yaml"),
    "report": ("report {0} --out {1}/new", ".yaml"),
    "doctor": ("doctor {0}", ".yaml"),
    "convert": ("convert --checkpoint {0} --backbone {0} --out {1}/new", ""),
    "convert-internvl": ("convert-internvl --checkpoint {0} --form {0} --out {1}/new", ""),
}


@pytest.mark.parametrize(("call", "suffix"), VERBS.values(), ids=VERBS)
def test_a_file_that_is_none_of_a_verb_s_costs_one_line(
    call: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a traceback, and something made of nothing, whatever file somebody names."""
    monkeypatch.chdir(HOME)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nothing listens there
    (tmp_path / f"folder{suffix}").mkdir()
    for name, content in NONE_OF_THEIRS.items():
        (tmp_path / f"{name}{suffix}").write_bytes(content)
    for name in (*NONE_OF_THEIRS, "folder", "missing"):
        if call.startswith("pin mmstar") and name == "missing":
            continue  # a lock that is not there is begun
        done = CliRunner().invoke(app, call.format(tmp_path / f"{name}{suffix}", tmp_path).split())
        assert isinstance(done.exception, SystemExit), (name, done.exception)
        assert done.exit_code != 0, name
        assert len(done.stderr.splitlines()) == 1, (name, done.stderr)
        assert not (tmp_path / "new").exists()


COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_verb_says_what_its_options_mean_and_gives_an_example(name: str) -> None:
    """Catches an option without a word, and an example with an option that is no more."""
    command = COMMANDS[name]
    assert [one.name for one in command.params if not getattr(one, "help", "")] == []
    words = shlex.split(command.epilog.removeprefix("Example: "))
    assert words[:2] == ["downscaling", name]
    command.make_context(name, words[2:])
