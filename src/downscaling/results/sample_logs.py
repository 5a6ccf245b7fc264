"""Every question with its answer, as lmms-eval logs samples.

`<model>/seed-<n>_samples_<benchmark>.jsonl` has a line for each question, and beside it
`seed-<n>_results.json` the averages. lmms-eval begins such names with the time of the run, and
takes any text for it; here it is the seed, so that equal runs give equal files.
Source: lmms-eval 0.7.3, loggers/evaluation_tracker.py and evaluator.py, for what is written;
baselines/loader.py and tui/server.py, for what is read.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..records.files import RecordError, read, replacing
from ..records.rows import LETTERS, Answer, GradedAnswer, Question
from ..scoring.matching import match
from ..study.runs import AnswerSet
from .graded import sets_of
from .scores import Scores

NO_FILTER = "none"
"""lmms-eval's word for it; where answers are read by a rule, its name stands there."""


def write(
    graded: Path,
    scores: Scores,
    answers: Mapping[AnswerSet, Path],
    questions: Mapping[str, Sequence[Question]],
    out: Path,
) -> None:
    """Write the samples of all graded runs to the folder `out`, whole or not at all.

    Args:
        graded: the graded answers.
        scores: the averages that stand beside the samples.
        answers: of each run, seed and benchmark the file of what was written.
        questions: by benchmark.
        out: the folder.

    Raises:
        RecordError: answers are missing or do not match their questions, or a run has no score.
    """
    results: dict[tuple[str, str], dict[str, Any]] = {}
    with replacing(out) as folder:
        for key, rows in sets_of(graded):
            model, asked = "_".join(key.run.listed()), questions[key.benchmark]
            (folder / model).mkdir(parents=True, exist_ok=True)
            texts = match(answers[key], read(answers[key], Answer), asked)
            samples = [
                _sample(number, scores.parser, *each)
                for number, each in enumerate(zip(asked, texts, rows, strict=True))
            ]
            lines = [json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples]
            path = folder / model / f"seed-{key.seed}_samples_{key.benchmark}.jsonl"
            path.write_text("".join(lines), encoding="utf-8")
            average = scores.accuracy(key.run, key.benchmark, seed=key.seed)
            if average is None:
                raise RecordError(f"{model}, seed {key.seed}, {key.benchmark}: not in the scores")
            about = results.setdefault((model, key.seed), _about(model, key.seed))
            _add(about, key.benchmark, samples, average.value, scores.parser)
        for (model, seed), about in results.items():
            text = json.dumps(about, indent=2, ensure_ascii=False)
            (folder / model / f"seed-{seed}_results.json").write_text(text, encoding="utf-8")


def _sample(
    number: int, parser: str, question: Question, answer: Answer, graded: GradedAnswer
) -> dict[str, Any]:
    """`filtered_resps` is what the parser found, worded as `target` is; `resps`, where it differs,
    all that the model wrote. `score` is the sample's metric, under the name that a baseline has."""
    parse = next(parse for parse in graded.parses if parse.parser == parser)
    whole = (
        f"<think>\n{answer.thinking}\n</think>\n\n{answer.text}" if answer.thinking else answer.text
    )
    sample: dict[str, Any] = {"doc_id": number, "target": question.answer}
    if whole != parse.found:
        sample["resps"] = [whole]
    sample |= {
        "filtered_resps": parse.found,
        "token_counts": [{"output_tokens": graded.tokens}],
        "doc_hash": _hash(json.dumps(dataclasses.asdict(question), indent=2, ensure_ascii=False)),
        "score": parse.worth,
        "truncated": float(graded.truncated),
        "question_id": question.id,
        "category": question.category,
        "input": _asked(question),
    }
    if graded.mode != "blind" and question.images:
        sample["input_media"] = list(question.images)
    return sample


def _asked(question: Question) -> str:
    """The question and its options, whatever the template that a model read them in."""
    listed = (f"{letter}. {text}" for letter, text in zip(LETTERS, question.options, strict=False))
    return "\n".join([question.text, *listed])


def _about(model: str, seed: str) -> dict[str, Any]:
    """What `results.json` says of a model before its benchmarks."""
    parts = ("results", "configs", "versions", "n-shot", "higher_is_better", "n-samples")
    return {
        **{part: {} for part in parts},
        "config": {"model": "downscaling", "model_args": f"model={model},seed={seed}"},
        "task_hashes": {},
        "model_source": "downscaling",
        "model_name": model,
        "model_name_sanitized": model,
    }


def _add(
    about: dict[str, Any], task: str, samples: list[dict[str, Any]], average: float, parser: str
) -> None:
    """Add a benchmark to what `results.json` says."""
    cut = sum(sample["truncated"] for sample in samples) / len(samples)
    about["results"][task] = {
        "alias": task,
        f"score,{parser}": average,
        f"truncated,{NO_FILTER}": round(cut, 6),
    }
    about["configs"][task] = {
        "task": task,
        "output_type": "generate_until",
        "score_key": "score",
        "metadata": {"version": 1},
    }
    about["versions"][task] = 1
    about["n-shot"][task] = 0
    about["higher_is_better"][task] = {"score": True, "truncated": False}
    about["n-samples"][task] = {"original": len(samples), "effective": len(samples)}
    hashes = (f"sample_{number}{sample['doc_hash']}" for number, sample in enumerate(samples))
    about["task_hashes"][task] = _hash("".join(hashes))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
