"""A question of one's own is answered as the study answers its questions."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from downscaling.asking.ask import Asked, Step, ask, values
from downscaling.asking.modules import Module, default_run, module
from downscaling.asking.text import Terminal, opening
from downscaling.cli import app
from downscaling.errors import ModelError, PictureError, UserError
from downscaling.evaluation.perceive import perceive
from downscaling.evaluation.reason import reason
from downscaling.evaluation.vision_language import load
from downscaling.extraction.focus_phrases import observe
from downscaling.models.assemble import load_language_model
from downscaling.prompts.miniature import PROMPTS
from downscaling.records.rows import Description, Focus
from planned import HOME, planned, published

if TYPE_CHECKING:
    from conftest import Tiny

OPTIONS = ("red", "blue", "green", "white")
TEXT = "what color is the cross?"


@pytest.fixture(scope="module")
def asked(tiny: Tiny) -> Asked:
    """A question to tiny models, whose thinking is cut by a budget."""
    reads = Module("reads", tiny.reads)
    return Asked(
        image=tiny.image,
        text=TEXT,
        options=OPTIONS,
        focus=reads,
        perception=Module("sees", tiny.sees),
        reasoning=reads,
        mode="think",
        seed=3,
    )


def test_the_steps_are_those_of_the_study(asked: Asked) -> None:
    """Catches a verb with prompts, caps or draws of its own, whose answers are not the study's."""
    study = planned()
    focus, description, thinking, answer = ask(study, asked)
    language, tokenizer = load_language_model(asked.reasoning.folder)
    (phrase,) = observe(language, tokenizer, [("ask", TEXT)], PROMPTS, 24, 1)
    assert (focus.text, focus.module) == (phrase.phrase, "reads")
    question = dataclasses.replace(asked.question, images=(str(asked.image),))
    (seen,) = perceive(
        load(asked.perception.folder, "float32"),
        Path("/"),
        [question],
        [Focus("ask", focus.text)],
        PROMPTS,
        48,
        1,
    )
    assert (description.text, description.cut) == (seen.text, seen.truncated)
    rule = study.configuration.reasoning
    (told,) = reason(
        *(language, tokenizer, [question], [Description("ask", seen.text, 0, False)]),
        *("think", PROMPTS, "text", rule.think, rule.suppress, None, 1, 3),
    )
    assert (thinking.text, thinking.cut) == (told.thinking, told.forced)
    assert (answer.text, answer.cut) == (told.text, told.truncated)
    assert answer.seconds > 0
    assert answer.loading > 0


def test_a_thinking_is_shown_as_it_is_written(asked: Asked) -> None:
    """Catches words that come all at once or not at all, tags among them, and an answer that is
    taken for thinking."""
    heard: list[str] = []
    steps = list(ask(planned(), asked, listen=heard.append))
    thinking = next(step for step in steps if step.name == "thinking")
    assert len(heard) > 3
    assert "".join(heard).split() == thinking.text.split()
    plain = list(ask(planned(), dataclasses.replace(asked, mode="plain"), listen=heard.append))
    assert [step.name for step in plain] == ["focus", "description", "answer"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("red", "blue", " **Red**. "), r"options A and C are read as one, \*\*Red\*\*\.; leave"),
        (("?", "?"), "options A and B are read as one"),
        (("red", " "), "option B is empty; write it or leave it out"),
        (("",), "option A is empty"),
        (("red",), "1 option: at least 2, or none for an open question"),
        (tuple("x" * 27), "27 options: at most 26"),
    ],
)
def test_senseless_options_are_refused(asked: Asked, options: tuple[str, ...], line: str) -> None:
    """Catches options of which no reply can name one alone, and a choice of one."""
    with pytest.raises(UserError, match=line):
        dataclasses.replace(asked, options=options)


def test_options_that_a_parser_tells_apart_are_taken(asked: Asked) -> None:
    """Catches marks, signs and spellings of a number that are taken for one."""
    for options in ((".", "?"), ("5", "-5", "+5"), ("2", "two"), ("a dog", "the dog")):
        assert dataclasses.replace(asked, options=options).options == options


def test_a_question_without_words_is_refused(asked: Asked) -> None:
    """Catches an empty argument of a script that costs the loading of a model."""
    with pytest.raises(UserError, match="no question; write one"):
        dataclasses.replace(asked, text=" ")


def test_a_phrase_of_ones_own_needs_no_model(asked: Asked) -> None:
    """Catches a focus phrase that is written all the same."""
    steps = ask(planned(), dataclasses.replace(asked, focus="the color of the cross"))
    assert next(steps) == Step("focus", "the color of the cross", "")


def test_the_option_is_what_the_studys_parser_reads(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an answer that is read by another rule than scores are."""
    import downscaling.asking.ask as asking
    from downscaling.records.rows import Answer

    reply = Answer("ask", "", "Answer: green", 3, forced=False, truncated=False)
    monkeypatch.setattr(asking, "reason", lambda *_, **__: [reply])
    assert list(ask(planned(), asked))[-1].option == "C"
    no_options = dataclasses.replace(asked, options=())
    assert list(ask(planned(), no_options))[-1].option is None


def test_an_image_that_cannot_be_read_shows_before_a_model_is_loaded(asked: Asked) -> None:
    """Catches a mistyped path that costs the loading of an 8B model."""
    with pytest.raises(PictureError, match=r"^/nowhere/a\.png: no such image; check the name$"):
        dataclasses.replace(asked, image=Path("/nowhere/a.png"))


def test_a_model_is_named_by_the_study_or_is_a_folder(asked: Asked, tmp_path: Path) -> None:
    """Catches a path that is not looked at, and a model not made yet whose target is not told."""
    known = {"extract-1.7B": Path("results/miniature/models/extract-1.7B/seed-0")}
    found = module(str(asked.perception.folder), known, tmp_path)
    assert found == Module("sees", asked.perception.folder)
    with pytest.raises(ModelError, match=r"make results/.*/extract-1\.7B/seed-0 with snakemake"):
        module("extract-1.7B", known, tmp_path)
    with pytest.raises(ModelError, match=r"extract-17B: neither .* extract-1\.7B"):
        module("extract-17B", known, tmp_path)


def test_the_default_is_extract_and_think() -> None:
    """Catches a default that is some other pair than the one the study is about."""
    run = default_run(planned())
    assert (run.perception, run.reasoning) == ("extract-1.7B", "4B")
    run = default_run(published())
    assert (run.perception, run.reasoning) == ("extract-1.7B", "4B")


def test_a_study_without_such_runs_answers_by_the_modules_that_are_named(
    asked: Asked, tmp_path: Path
) -> None:
    """Catches a refusal that asks for what the user has named."""
    preset = tmp_path / "none.yaml"
    preset.write_text("runs: {decoupled: [{perception: [gold], reasoning: [8B], modes: [plain]}]}")
    command = ["ask", str(asked.image), TEXT, "--config", str(HOME / "config.yaml")]
    command += ["--preset", str(preset), "--focus", "cross", "--no-think"]
    command += ["--perception", str(asked.perception.folder)]
    told = CliRunner().invoke(app, command)
    assert "runs.decoupled: none; name --perception and --reasoning" in told.output
    told = CliRunner().invoke(app, [*command, "--reasoning", str(asked.reasoning.folder)])
    assert told.exit_code == 0, told.output


def test_what_a_model_wrote_cannot_command_a_terminal(asked: Asked) -> None:
    """Catches a reply with escape sequences or reversed text that a terminal would obey."""
    written: list[str] = []
    terminal = Terminal(written.append, has_options=True)
    terminal.show(Step("description", "red\x1b[2Jbox\u202e\nbelow\x07", "sees", 1.0, 2.0))
    terminal.listen("\n a cross")
    terminal.listen(" is red.\n")
    terminal.show(Step("thinking", "a cross is red.", "reads", cut=True))
    terminal.show(Step("answer", "Answer: x", "reads", 1.0, 2.0))
    text = "".join(written)
    assert not {"\x1b", "\u202e", "\x07"} & set(text)
    assert [line.strip() for line in text.splitlines()] == [
        r"description  red\x1b[2Jbox\u202e",
        r"below\x07",
        "[sees; 1.0 s, loaded in 2.0 s]",
        "thinking     a cross is red.",
        "[reads; closed by its budget]",
        "answer       Answer: x",
        "[reads; 1.0 s, loaded in 2.0 s; read as none of the options]",
    ]
    assert opening(asked).splitlines()[-1].strip() == "D. white"


def test_the_verb_answers_as_text_and_as_json(asked: Asked) -> None:
    """Catches options of the verb that do not reach the steps, and a verb that by default does not
    think, as the page and Extract+Think do."""
    command = ["ask", str(asked.image), TEXT, "--config", str(HOME / "config.yaml")]
    command += ["--perception", str(asked.perception.folder)]
    command += ["--reasoning", str(asked.reasoning.folder), "--focus", "cross"]
    command += [word for option in OPTIONS for word in ("--option", option)]
    told = CliRunner().invoke(app, [*command, "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    expected = dataclasses.replace(asked, focus="cross", seed=0)
    steps = list(ask(planned(), expected))
    wanted = json.loads(json.dumps(values(expected, steps)))
    for one in (found, wanted):
        for step in one["steps"]:
            step["module"] = ""
            step.pop("seconds")
            step.pop("loading")
    assert found == wanted
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0
    assert "Loading weights" not in shown.output
    for label in ("image", "question", "to observe", "description", "thinking", "answer"):
        assert f"\n{label}" in f"\n{shown.stdout}"
    plain = CliRunner().invoke(app, [*command, "--no-think"])
    assert "\nthinking" not in plain.stdout
    refused = CliRunner().invoke(app, [*command, "--seed", "9"])
    assert refused.exit_code == 1
    assert "--seed 9: the study's seeds are [0]" in refused.output
