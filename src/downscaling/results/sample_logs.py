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
from pathlib import Path
from typing import Any

from ..records.files import RecordError, read, replacing
from ..records.rows import LETTERS, Answer, Question, Score
from ..scoring.grade import AVERAGE, Run, match, named, worth
from ..study.settings import Exporting
from .score import runs
from .tables import read_table

NO_FILTER = "none"
"""lmms-eval's word for it; where answers are read by a rule, its name stands there."""


def write(root: Path, scores: Path, out: Path, settings: Exporting) -> None:
    """Write the samples of all runs of the preset under `root` to the folder `out`, whole or not at
    all. `scores` holds the averages that stand beside them.

    Raises RecordError where answers are missing or do not match their questions, and where the
    scores lack a run.
    """
    averages = {
        (s.seed, s.perception, s.reasoning, s.mode, s.benchmark): s.value
        for s in read_table(scores, Score)
        if (s.category, s.metric, s.reader) == (AVERAGE, "accuracy", settings.reader)
    }
    results: dict[tuple[str, str], dict[str, Any]] = {}
    with replacing(out) as folder:
        for run in runs(root, settings):
            model = f"{run.perception}_{run.reasoning}_{run.mode}"
            (folder / model).mkdir(parents=True, exist_ok=True)
            samples = _samples(run, settings.reader)
            lines = [json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples]
            path = folder / model / f"seed-{run.seed}_samples_{run.benchmark}.jsonl"
            path.write_text("".join(lines), encoding="utf-8")
            about = results.setdefault((model, run.seed), _about(model, run.seed))
            key = run.seed, run.perception, run.reasoning, run.mode, run.benchmark
            if key not in averages:
                raise RecordError(f"{scores}: no average of {'/'.join(key)}; make the scores anew")
            _add(about, run.benchmark, samples, averages[key], settings.reader)
        for (model, seed), about in results.items():
            text = json.dumps(about, indent=2, ensure_ascii=False)
            (folder / model / f"seed-{seed}_results.json").write_text(text, encoding="utf-8")


def _samples(run: Run, reader: str) -> list[dict[str, Any]]:
    """One sample a question, in the order of the questions."""
    files = run.questions if isinstance(run.questions, tuple) else (run.questions,)
    questions = [question for file in files for question in read(file, Question)]
    answers = match(run.answers, read(run.answers, Answer), questions)
    pairs = zip(questions, answers, strict=True)
    return [_sample(number, run, q, a, reader) for number, (q, a) in enumerate(pairs)]


def _sample(
    number: int, run: Run, question: Question, answer: Answer, reader: str
) -> dict[str, Any]:
    """`filtered_resps` is what the reader found, worded as `target` is; `resps`, where it differs,
    all that the model wrote. `score` is the sample's metric, under the name that a baseline has."""
    choice = named(answer, question, reader)
    found = _worded(choice, question)
    whole = (
        f"<think>\n{answer.thinking}\n</think>\n\n{answer.text}" if answer.thinking else answer.text
    )
    sample: dict[str, Any] = {"doc_id": number, "target": question.answer}
    if whole != found:
        sample["resps"] = [whole]
    sample |= {
        "filtered_resps": found,
        "token_counts": [{"output_tokens": answer.tokens}],
        "doc_hash": _hash(json.dumps(dataclasses.asdict(question), indent=2, ensure_ascii=False)),
        "score": worth(choice, question),
        "truncated": float(answer.truncated),
        "question_id": question.id,
        "category": question.category,
        "input": _asked(question),
    }
    if run.mode != "blind" and question.images:
        sample["input_media"] = list(question.images)
    return sample


def _worded(choice: Any, question: Question) -> str:
    """What was read in an answer, as the right one is written; "" where nothing was."""
    if choice is None:
        return ""
    if question.options:
        return LETTERS[choice]
    return " ".join(f"{edge:g}" for edge in choice) if question.kind == "box" else str(choice)


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
    about: dict[str, Any], task: str, samples: list[dict[str, Any]], average: float, reader: str
) -> None:
    """Add a benchmark to what `results.json` says."""
    cut = sum(sample["truncated"] for sample in samples) / len(samples)
    about["results"][task] = {
        "alias": task,
        f"score,{reader}": average,
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
