"""The paper's own repository, as text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from downscaling.records import Focus, RecordError
from downscaling.sources import official


def repository(tmp_path: Path, file: str, text: str) -> Path:
    """A folder with one file of the repository."""
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text, "utf-8")
    return tmp_path


def test_phrases_belong_to_the_index_that_they_are_keyed_by(tmp_path: Path) -> None:
    """Catches phrases matched by their order in the file, which would shift every question."""
    phrases = {"10": "the third jar", "9": " the colour of the cup\n"}
    folder = repository(tmp_path, official.PHRASES, json.dumps(phrases))
    assert official.focus(folder) == [
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
        official.focus(repository(tmp_path, official.PHRASES, text))
    with pytest.raises(RecordError, match="no such file"):
        official.focus(tmp_path / "nothing")


def test_the_prompt_is_read_and_the_file_is_not_run(tmp_path: Path) -> None:
    """Catches code of a fetched repository that runs here, and a prompt cut at its first part."""
    text = "raise SystemExit\nprompt_prefix = 'Tell all, ' + 'above all '\n"
    folder = repository(tmp_path, official.PERCEPTION, text)
    assert official.perception_prompt(folder) == "Tell all, above all "


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1", "assigns no prompt_prefix"),
        ("prompt_prefix = open('x').read()", "is more than a text"),
        ("prompt_prefix = (", "not Python"),
    ],
)
def test_a_prompt_of_another_form_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """Catches an upstream change that would leave the prompt empty."""
    with pytest.raises(RecordError, match=problem):
        official.perception_prompt(repository(tmp_path, official.PERCEPTION, text))
