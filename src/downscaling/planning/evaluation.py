"""Evaluation, decoupled and end to end, and what is made of its answers."""

from __future__ import annotations

from collections.abc import Iterator

from . import flops
from .workload import BYTES_A_TOKEN, Row, Workload


def external(load: Workload) -> Iterator[Row]:
    """The paper's repository and the models of others, as far as some run needs them."""
    named = load.external()
    sources = dict.fromkeys(
        name
        for held in named.values()
        if held.source == "hub"
        for name in (held.model, held.form)
        if name
    )
    decoupled = load.study.evaluations.decoupled()
    if load.study.configuration.prompts == "official" and (load.teaches or decoupled):
        sources["official"] = None
    if sources:
        download = sum(load.download(name) for name in sources)
        yield Row("external", "fetch", len(sources), disk=download, download=download)
    if converted := [held for held in named.values() if held.form]:
        disk = sum(load.download(held.model) for held in converted)
        yield Row("external", "convert", len(converted), disk=disk)


def decoupled(load: Workload) -> Iterator[Row]:
    """Focus phrases, descriptions, and answers from them."""
    settings, lengths = load.study.configuration, load.facts.lengths
    questions = sum(load.questions()[name] for name in load.study.data.benchmarks)
    given = load.study.data.published_phrases()
    observed = questions - sum(load.questions()[name] for name in given)
    phrase = min(lengths.phrase, settings.focus.max_new_tokens)
    described = min(lengths.description, settings.perception.max_new_tokens)
    perceptions = load.study.evaluations.perceptions()
    if perceptions and observed:
        tokens = observed * (lengths.observe + phrase)
        spent = observed * flops.language_forward(load.largest, lengths.observe + phrase)
        yield Row("decoupled", "observe", 1, tokens, spent)
    if perceptions and given:
        yield Row("decoupled", "published phrases", len(given))
    text = lengths.perceive + phrase + described
    elsewhere = load.study.configuration.external.descriptions
    seeds_of = load.study.evaluations.module_seeds
    made = {p: len(seeds_of(p)) for p in perceptions if p not in elsewhere}
    jobs = sum(made.values())
    tokens = spent = 0.0
    for module, seeds in made.items():
        length, each = load.sequence(module, text, load.facts.question)
        tokens += questions * seeds * length
        spent += questions * seeds * each
    yield Row(
        "decoupled",
        "perceive",
        jobs,
        tokens,
        spent,
        jobs * questions * described * BYTES_A_TOKEN,
    )
    for mode in ("plain", "think"):
        asked = [job for job in load.study.evaluations.reasoning_jobs() if job.mode == mode]
        reasoning = settings.reasoning
        sampling = reasoning.think if mode == "think" else reasoning.plain
        written = min(lengths.answer, sampling.max_new_tokens)
        written += min(lengths.thinking, sampling.thinking_budget or 0)
        tokens = spent = answers = 0.0
        for job in asked:
            length, each = load.sequence(job.reasoning, lengths.reason + described + written)
            count = questions * load.seeds * len(job.perceptions)
            tokens += count * length
            spent += count * each
            answers += count
        yield Row(
            "decoupled",
            f"reason, {mode}",
            len(asked) * load.seeds,
            tokens,
            spent,
            answers * written * BYTES_A_TOKEN,
        )


def end_to_end(load: Workload) -> Iterator[Row]:
    """Answers from the image, or blind, to families and benchmarks."""
    lengths = load.facts.lengths
    text = lengths.evaluate + min(lengths.reply, load.study.configuration.end_to_end.max_new_tokens)
    runs = load.study.evaluations.end_to_end()
    tokens = spent = 0.0
    seeds = {run: len(load.study.evaluations.module_seeds(run.perception)) for run in runs}
    for run in runs:
        for name, count in load.questions().items():
            asked = (
                load.facts.sets[name] if name in load.study.data.families else load.facts.question
            )
            sees = run.mode == "image"
            length, each = load.sequence(run.perception, text, asked if sees else None)
            tokens += count * seeds[run] * length
            spent += count * seeds[run] * each
    jobs = sum(seeds.values())
    written = sum(load.questions().values()) * jobs * lengths.reply
    yield Row(
        "end to end",
        "evaluate",
        jobs,
        tokens,
        spent,
        written * BYTES_A_TOKEN,
    )


def tables(load: Workload) -> Iterator[Row]:
    """What is made of the answers, and the check of those made elsewhere: seconds each."""
    if given := load.study.evaluations.imported_files():
        yield Row("scores", "import results", len(given))
    yield Row("scores", "grade, score and export", 3)
    yield Row("figures", "figures, latency and Table 2", 3)
    if load.facts.rendered:
        yield Row("audit", "probe", 1)
    yield Row("audit", "validity and verdicts", 2)
    yield Row("report", "report and crate", 2)
