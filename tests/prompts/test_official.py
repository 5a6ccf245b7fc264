"""The paper's own repository, as text."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from downscaling.prompts import miniature, own
from downscaling.prompts import official_texts as texts
from downscaling.prompts.official import assembled as put_together
from downscaling.prompts.official import prompts as official_prompts
from downscaling.prompts.templates import Prompts
from downscaling.records.files import RecordError
from downscaling.records.rows import Focus, Question
from standins import BUILDER, TEACHER


def repository(tmp_path: Path, file: str, text: str) -> Path:
    """A folder with one file of the repository."""
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text, "utf-8")
    return tmp_path


def test_phrases_belong_to_the_index_that_they_are_keyed_by(tmp_path: Path) -> None:
    """Catches phrases matched by their order in the file, which would shift every question."""
    phrases = {"10": "the third jar", "9": " the colour of the cup\n"}
    folder = repository(tmp_path, texts.PHRASES, json.dumps(phrases))
    assert texts.focus(folder) == [
        Focus("mmstar-9", "the colour of the cup"),
        Focus("mmstar-10", "the third jar"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "not an object from indices to phrases"),
        ("{}", "not an object from indices to phrases"),
        ('{"one": "x"}', "'one' is no index"),
        ('{"1": ""}', "1: no phrase"),
        ('{"1": 2}', "1: no phrase"),
    ],
)
def test_phrases_of_another_form_are_named(tmp_path: Path, text: str, problem: str) -> None:
    """Catches a question that is asked without a phrase, or with another thing as one."""
    with pytest.raises(RecordError, match=problem):
        texts.focus(repository(tmp_path, texts.PHRASES, text))
    with pytest.raises(RecordError, match="no such file"):
        texts.focus(tmp_path / "nothing")


def test_the_prompt_is_read_and_the_file_is_not_run(tmp_path: Path) -> None:
    """Catches code of a fetched repository that runs here, and a prompt cut at its first part."""
    text = "raise SystemExit\nprompt_prefix = 'Tell all, ' + 'above all '\n"
    folder = repository(tmp_path, texts.PERCEPTION, text)
    assert texts.perception_prompt(folder) == "Tell all, above all "


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1", "assigns prompt_prefix 0 times"),
        ("prompt_prefix = open('x').read()", "is more than a text"),
        ("prompt_prefix = (", "not Python"),
    ],
)
def test_a_prompt_of_another_form_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """Catches an upstream change that would leave the prompt empty."""
    with pytest.raises(RecordError, match=problem):
        texts.perception_prompt(repository(tmp_path, texts.PERCEPTION, text))


def test_the_paper_s_list_of_tokens_is_read(tmp_path: Path) -> None:
    """Catches a list that is guessed from words: the file's own numbers count, in its order."""
    text = "raise SystemExit\nreflexive_token_ids = [13, 7, 9]\n"
    assert texts.reflexive_ids(repository(tmp_path, texts.REASONING, text)) == [13, 7, 9]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1", "assigns reflexive_token_ids 0 times"),
        ("reflexive_token_ids = open('x').read()", "is no list of numbers"),
        ("reflexive_token_ids = ['wait']", "is no list of numbers"),
        ("reflexive_token_ids = [-1]", "is no list of numbers"),
        ("reflexive_token_ids = []", "is no list of numbers"),
    ],
)
def test_a_list_of_another_form_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """Catches an upstream change that would let thinking use every word."""
    with pytest.raises(RecordError, match=problem):
        texts.reflexive_ids(repository(tmp_path, texts.REASONING, text))


def asked(text: str, published: str = "") -> Question:
    """A question of a benchmark; published: the text that lists its options, as MMStar's do."""
    about = ("mmstar-3", "out-of-domain", "math", "", ())
    return Question(*about, text, ("a {jar}", "a cup"), "A", "choice", published)


@pytest.fixture
def prompts(tmp_path: Path) -> Prompts:
    """The prompts of a repository in the official one's shape."""
    folder = repository(tmp_path, texts.PERCEPTION, "prompt_prefix = 'Tell {all}, ' + 'of '\n")
    repository(folder, texts.TEACHING, TEACHER)
    return official_prompts(repository(folder, texts.REASONING, BUILDER))


def test_a_description_is_asked_for_as_the_official_code_does(prompts: Prompts) -> None:
    """Catches a phrase with two full stops, and braces of a text read as a template's."""
    assert prompts.perception("the cup") == "Tell {all}, of the cup."
    assert prompts.perception("the cup.") == "Tell {all}, of the cup."


@pytest.mark.parametrize(
    ("announcement", "published"),
    [
        ("Question: ", "Which one? \nOptions: A: a {jar}, B: a cup"),
        ("Question: ", "Which?\nOptions: A: a\n {jar}, B: a\n cup"),
        ("", "Hint: count.\nQuestion: Which?\nChoices:\n(A) a {jar}\n(B)a cup"),
    ],
)
def test_a_published_question_is_sent_as_it_is(
    prompts: Prompts, announcement: str, published: str
) -> None:
    """Catches MMStar's options listed anew or twice, a blank or a line that is lost on the way, a
    question announced twice, and the closings of the two modes swapped."""
    question = asked("Which?", published)
    whole = f"Reason {{well}}.\n\nDescription: A {{cup}}.\n{announcement}{published}"
    for description in ("A {cup}.", "A {cup}.\n"):
        plain = prompts.reasoning(question, description, "letter", "plain")
        assert plain == f"{whole}\nThe letter."
        think = prompts.reasoning(question, description, "letter", "think")
        assert think == f"{whole}\nStep by step."
    assert prompts.end_to_end(question, "letter") == (
        f"{published}\nAnswer with the option's letter from the given choices directly"
    )


def test_options_that_are_published_apart_get_a_line_each(prompts: Prompts) -> None:
    """Catches VMCBench's options in MMStar's form, and a task's line break that is lost: it stands
    before the request end to end, and makes an empty line before the paper's closing."""
    question = asked("Which {one}?")
    listed = "Question: Which {one}?\nOptions:\nA. a {jar}\nB. a cup\n"
    for mode, closing in {"plain": "The letter.", "think": "Step by step."}.items():
        assert prompts.reasoning(question, "A cup.", "letter", mode) == (
            f"Reason {{well}}.\n\nDescription: A cup.\n{listed}\n{closing}"
        )
    assert prompts.end_to_end(question, "letter") == (
        f"{listed}Answer with the option's letter from the given choices directly.\n"
    )


def test_an_open_question_is_asked_as_it_is(prompts: Prompts) -> None:
    """Catches a family's open question that is asked for the letter of an option."""
    question = Question("q", "families", "gqa", "", (), "How many?", (), "two", "text")
    assert prompts.end_to_end(question, "letter") == "How many?"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1", "holds 0 functions build_prism_stage_2_prompt"),
        (BUILDER.replace("not self.enable_thinking", "task"), "does not ask for enable_thinking"),
        (BUILDER.replace("'\\nThe letter.'", "f'{task}'"), "post_prompt is more than a text"),
        (BUILDER.replace("role = ", "rule = "), "assigns role 0 times"),
    ],
)
def test_reasoning_prompts_of_another_form_are_named(
    tmp_path: Path, text: str, problem: str
) -> None:
    """Catches an upstream change that would leave a part of the prompt out."""
    with pytest.raises(RecordError, match=problem):
        texts.reasoning_prompts(repository(tmp_path, texts.REASONING, text))


def test_the_teacher_is_asked_as_the_official_code_asks(tmp_path: Path) -> None:
    """Catches pairs that are numbered from 0 or swapped, a count where there is one pair, braces of
    a question read as a template's, and statements that the second step does not get."""
    teaching = texts.teacher_prompts(repository(tmp_path, texts.TEACHING, TEACHER))
    prompts = put_together("", "", "", "", teaching)
    assert prompts.stating([("What?\nA. {x}", "A"), ("How?", "so")]) == (
        "Say {it} as sentences.\nQ1: What?\nA. {x}\nA: A\nQ2: How?\nA: so\n"
        "Write 2 of them.\nSentences:"
    )
    assert prompts.stating([("What?", "A")]) == (
        "Say {it} as sentences.\nQ1: What?\nA: A\nSentences:"
    )
    assert prompts.depicting(["It is {a}.", "It is so."]) == (
        "Describe {it}.\nHold these.\nIt is {a}.\nIt is so.\nText:"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("build_qa_statement_prompt(conv", "build(conv", "holds 0 functions build_qa"),
        ("if len(conversations) != 2", "if conversations", "has {several} 0 times"),
        ("int(i/2)+1", "i", "task_prompt is more than a text"),
        ("+= statements", "+= batches", "prompt is more than a text"),
        ("prompt += statements", "pass", "has {statements} 0 times"),
    ],
)
def test_teacher_prompts_of_another_form_are_named(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    """Catches an upstream change that would leave the questions or the statements out."""
    with pytest.raises(RecordError, match=problem):
        texts.teacher_prompts(repository(tmp_path, texts.TEACHING, TEACHER.replace(old, new, 1)))


def test_questions_without_a_published_phrase_are_named(tmp_path: Path) -> None:
    """Catches phrases given to another benchmark's questions, or in another order."""
    folder = repository(tmp_path, texts.PHRASES, json.dumps({"4": "jars", "3": "cups"}))
    assert texts.focus_of(folder, [asked("?")]) == [Focus("mmstar-3", "cups")]
    other = [Question("vmcbench-3", "b", "gqa", "", (), "?", ("a", "b"), "A", "choice")]
    with pytest.raises(RecordError, match=r"no phrase for vmcbench-3 \(1 of 1\)"):
        texts.focus_of(folder, other)


def test_images_in_front_of_a_text_are_joined_as_lmms_eval_joins_them(prompts: Prompts) -> None:
    """Catches images one right behind the other, as our own prompts have them, and a blank between
    those of the families, whose published texts have none."""
    family = dataclasses.replace(asked("Which?"), benchmark="families")
    assert (prompts.joint(asked("Which?")), prompts.joint(family)) == (" ", "")
    assert own.PROMPTS.joint(asked("Which?")) == miniature.PROMPTS.joint(asked("Which?")) == ""
