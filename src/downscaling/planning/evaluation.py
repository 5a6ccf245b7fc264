"""Evaluation, decoupled and end to end, and what is made of its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..study.runs import Run
from . import flops
from .workload import BYTES_A_TOKEN, PlanRow, Workload

LAST: dict[str, dict[str, tuple[str, ...]]] = {
    "scores": {"grade, score and export": ("grade", "score", "export")},
    "figures": {"figures, latency and Table 2": ("draw", "latency", "table")},
    "audit": {"probe": ("probe",), "validity and verdicts": ("validity", "audit")},
    "report": {"report, costs and crate": ("report", "costs", "crate")},
}
"""What is made of the answers, by where it stands in the plan: seconds a job."""


def external(work: Workload) -> Iterator[PlanRow]:
    """The paper's repository and the models of others."""
    downloads = work.study.downloads
    others = downloads.of_others().keys() - downloads.weights().keys()
    fetched = [name for name in work.jobs.values("fetch", "source") if name in others]
    if fetched:
        download = sum(map(work.download, fetched))
        yield PlanRow("external", "fetch", len(fetched), disk=download, download=download)
    if converted := work.jobs.values("convert_internvl", "module"):
        weights = [work.study.configuration.external.models[name] for name in converted]
        disk = sum(work.download(one.model) for one in weights)
        yield PlanRow("external", "convert", len(converted), disk=disk)


def decoupled(work: Workload) -> Iterator[PlanRow]:
    """Focus phrases, descriptions, and answers from them."""
    configuration, lengths = work.study.configuration, work.assumed.lengths
    questions = work.benchmark_questions()
    phrase = min(lengths.phrase, configuration.focus.max_new_tokens)
    described = min(lengths.description, configuration.perception.max_new_tokens)
    if observing := work.jobs.count("observe"):
        counts = work.questions()
        observed = sum(counts[name] for name in work.study.data.written_phrases())
        largest = work.shapes.languages[work.study.sizes[0]]
        spent = observed * flops.language_forward(largest, lengths.observe + phrase)
        tokens = observed * (lengths.observe + phrase)
        yield PlanRow("decoupled", "observe", observing, tokens, spent)
    if phrases := work.jobs.count("phrases"):
        yield PlanRow("decoupled", "published phrases", phrases)
    text = lengths.perceive + phrase + described
    jobs, tokens, spent = 0, 0.0, 0.0
    for module, count in Counter(work.jobs.values("perceive", "module")).items():
        length, each = work.sequence(module, text, work.assumed.question)
        jobs += count
        tokens += questions * count * length
        spent += questions * count * each
    disk = jobs * questions * described * BYTES_A_TOKEN
    yield PlanRow("decoupled", "perceive", jobs, tokens, spent, disk)
    yield from (_reasoned(work, mode, described) for mode in ("plain", "think"))


def _reasoned(work: Workload, mode: str, described: float) -> PlanRow:
    """The answers of one mode, from descriptions of so many tokens."""
    lengths, reasoning = work.assumed.lengths, work.study.configuration.reasoning
    evaluations, questions = work.study.evaluations, work.questions()
    sampling = reasoning.think if mode == "think" else reasoning.plain
    written = min(lengths.answer, sampling.max_new_tokens)
    written += min(lengths.thinking, sampling.thinking_budget or 0)
    jobs = [job for job in work.jobs.reasoning() if job.mode == mode]
    tokens = spent = answers = 0.0
    for job in jobs:
        length, each = work.sequence(job.reasoning, lengths.reason + described + written)
        runs = [Run(perception, job.reasoning, job.mode) for perception in job.perceptions]
        count = sum(questions[name] for run in runs for name in evaluations.answered(run))
        tokens += count * length
        spent += count * each
        answers += count
    disk = answers * written * BYTES_A_TOKEN
    return PlanRow("decoupled", f"reason, {mode}", len(jobs), tokens, spent, disk)


def end_to_end(work: Workload) -> Iterator[PlanRow]:
    """Answers from the image, or blind, to families and benchmarks."""
    lengths, questions = work.assumed.lengths, work.questions()
    reply = min(lengths.reply, work.study.configuration.end_to_end.max_new_tokens)
    jobs, tokens, spent = work.jobs.evaluated(), 0.0, 0.0
    for module, sees in jobs:
        for name, count in questions.items():
            about = work.asked_about(name) if sees else None
            length, each = work.sequence(module, lengths.evaluate + reply, about)
            tokens += count * length
            spent += count * each
    disk = sum(questions.values()) * len(jobs) * lengths.reply * BYTES_A_TOKEN
    yield PlanRow("end to end", "evaluate", len(jobs), tokens, spent, disk)


def tables(work: Workload) -> Iterator[PlanRow]:
    """What is made of the answers, and the check of those made elsewhere: seconds each."""
    if imported := work.jobs.count("import_results"):
        yield PlanRow("scores", "import results", imported)
    for stage, rows in LAST.items():
        for name, stages in rows.items():
            if count := work.jobs.count(*stages):
                yield PlanRow(stage, name, count)
