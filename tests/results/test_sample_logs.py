"""Sample logs, read as lmms-eval reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from downscaling.records.files import RecordError, write
from downscaling.records.rows import Answer, GradedAnswer, Question, Score
from downscaling.records.tables import write_table
from downscaling.results import sample_logs as samples
from downscaling.results.scores import Scores
from downscaling.results.tables import Difference
from downscaling.results.trainings import Trainings
from downscaling.scoring.grade import grade
from downscaling.scoring.matching import read_questions
from downscaling.study.runs import AnswerSet, Run

QUESTIONS = [
    Question(
        "a", "in-domain", "ocrvqa", "", ("data/a.png",), "Which?", ("cat", "dog"), "B", "choice"
    ),
    Question("b", "in-domain", "vqav2", "", (), "Which one?", ("cow", "owl"), "A", "choice"),
    Question("c", "in-domain", "vqav2", "", (), "Wessen Füße?", ("cow", "owl"), "A", "choice"),
]
ANSWERS = [
    Answer("c", "", "no idea", 2, False, True),
    Answer("a", "", "B", 1, False, False),
    Answer("b", "It moos.", "Answer: B", 9, False, False),
]
"""In another order than the questions: right, wrong, and nothing that can be read."""

GOLD = Run("gold", "4B", "think")
BLIND = Run("instruct-4B", "end-to-end", "blind")
SETS = [
    AnswerSet(GOLD, "0", "in-domain"),
    AnswerSet(GOLD, "1", "in-domain"),
    AnswerSet(BLIND, "0", "families"),
    AnswerSet(BLIND, "0", "in-domain"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the graded answers, the scores and the sample logs of two models."""
    box = Question(
        "box", "grounding", "grounding", "", ("x.png",), "Where?", (), "1 2 30 40", "box"
    )
    write(tmp_path / "in-domain.parquet", QUESTIONS, Question)
    write(tmp_path / "families.parquet", [box], Question)
    found = Answer("box", "", "at [1, 2, 30, 40.5]", 9, False, False)
    graded = []
    for key in SETS:
        answers = [found] if key.benchmark == "families" else ANSWERS
        write(answers_of(tmp_path, key), answers, Answer)
        graded += grade(
            key.run, key.seed, key.benchmark, answers_of(tmp_path, key), questions(tmp_path, key)
        )
    write(tmp_path / "graded.parquet", graded, GradedAnswer)
    scores = [
        Score("x", key.seed, *key.run.listed(), key.benchmark, category,
              "accuracy", parser, *Trainings().untouched((value, 0, 1), 3))
        for key in SETS
        for category, parser, value in (
            ("average", "robust", 0.25), ("average", "last-line", 0.75), ("vqav2", "robust", 0.5)
        )
    ]  # fmt: skip
    write_table(tmp_path / "scores.csv", scores, Score)
    write_table(tmp_path / "differences.csv", [], Difference)
    export(tmp_path, tmp_path / "samples")
    return tmp_path


def answers_of(root: Path, key: AnswerSet) -> Path:
    """The file of one set of answers."""
    return root / f"{'-'.join(key.run.listed())}-{key.seed}-{key.benchmark}.parquet"


def questions(root: Path, key: AnswerSet) -> list[Question]:
    """The questions of one set of answers."""
    return read_questions([root / f"{key.benchmark}.parquet"])


def export(root: Path, out: Path) -> None:
    """Write the logs."""
    samples.write(
        root / "graded.parquet",
        Scores.read(root / "scores.csv", root / "differences.csv", "robust"),
        {key: answers_of(root, key) for key in SETS},
        {key.benchmark: questions(root, key) for key in SETS},
        out,
    )


def logged(logs: Path) -> dict[tuple[str, str], tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Models and tasks with their metrics and samples, found as lmms-eval's viewer of logs finds
    them: from each `*_results.json` to the samples of its tasks beside it."""
    found = {}
    for path in sorted(logs.rglob("*_results.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        for task, metrics in about["results"].items():
            beside = path.with_name(f"{path.stem.removesuffix('_results')}_samples_{task}.jsonl")
            lines = beside.read_text(encoding="utf-8").splitlines()
            name = f"{about['model_name']}/{path.stem}"
            found[name, task] = (metrics, [json.loads(line) for line in lines])
            assert about["n-samples"][task]["effective"] == len(lines)
    return found


def baseline(lines: list[dict[str, Any]]) -> dict[int, float]:
    """What `lmms-eval --baseline` compares with: by question, the first number under a name with
    "score" in it."""
    return {
        line["doc_id"]: float(next(line[key] for key in line if "score" in key.lower()))
        for line in lines
    }


def test_every_run_is_found_with_its_samples(root: Path) -> None:
    """Catches a model, seed or benchmark that is missing or lies where nobody looks, and an average
    under another answer parser or of one category."""
    found = logged(root / "samples")
    assert [*found] == [
        ("gold_4B_think/seed-0_results", "in-domain"),
        ("gold_4B_think/seed-1_results", "in-domain"),
        ("instruct-4B_end-to-end_blind/seed-0_results", "families"),
        ("instruct-4B_end-to-end_blind/seed-0_results", "in-domain"),
    ]
    assert {metrics["score,robust"] for metrics, _ in found.values()} == {0.25}
    cut = [metrics["truncated,none"] for metrics, _ in found.values()]
    assert cut == [pytest.approx(1 / 3, abs=1e-6)] * 2 + [0.0, pytest.approx(1 / 3, abs=1e-6)]


def test_a_sample_holds_the_question_the_reply_and_what_was_read(root: Path) -> None:
    """Catches an answer beside another question, thinking that is lost, a reply that was not read
    and drops out of a comparison, and text that is no longer what it was."""
    _, lines = logged(root / "samples")["gold_4B_think/seed-0_results", "in-domain"]
    assert [line["question_id"] for line in lines] == ["a", "b", "c"]
    assert baseline(lines) == {0: 1.0, 1: 0.0, 2: 0.0}
    right, wrong, unread = lines
    assert "resps" not in right
    assert (right["target"], right["filtered_resps"]) == ("B", "B")
    assert right["input"] == "Which?\nA. cat\nB. dog"
    assert right["input_media"] == ["data/a.png"]
    assert wrong["resps"] == ["<think>\nIt moos.\n</think>\n\nAnswer: B"]
    assert (wrong["target"], wrong["filtered_resps"]) == ("A", "B")
    assert (unread["resps"], unread["filtered_resps"], unread["truncated"]) == (["no idea"], "", 1)
    assert unread["input"].startswith("Wessen Füße?")
    assert len({line["doc_hash"] for line in lines}) == 3


def test_a_box_is_compared_as_it_is_scored(root: Path) -> None:
    """Catches a box that counts as wrong because it is not the same text, and a picture beside an
    answer that was given blind."""
    _, (line,) = logged(root / "samples")["instruct-4B_end-to-end_blind/seed-0_results", "families"]
    assert baseline([line]) == {0: 1.0}
    assert (line["target"], line["filtered_resps"]) == ("1 2 30 40", "1 2 30 40.5")
    assert "input_media" not in line


def test_equal_answers_give_equal_files(root: Path) -> None:
    """Catches the clock in a name or a file."""
    export(root, root / "again")
    made = {p.relative_to(root / "samples"): p for p in (root / "samples").rglob("*.json*")}
    assert len(made) == 7
    for name, path in made.items():
        assert (root / "again" / name).read_bytes() == path.read_bytes()


def test_scores_of_other_runs_are_refused(root: Path) -> None:
    """Catches a traceback where the scores are older than the answers."""
    write_table(root / "scores.csv", [], Score)
    with pytest.raises(RecordError, match="gold_4B_think, seed 0, in-domain: not in the scores"):
        export(root, root / "samples")
    assert logged(root / "samples")
