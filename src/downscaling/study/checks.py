"""What a configuration asks for and cannot have, although every value is of the right type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..catalogue import datasets
from ..config.jobs import Job, Jobs
from ..config.teacher import OracleTeacher, TransformersTeacher
from ..records.files import RecordError
from ..records.rows import SpreadRow
from ..records.tables import read_table
from .data import EXTRACTION
from .path_checks import path_problems
from .run_checks import external_problems, role_problems, run_problems, thinking_problems
from .runs import GOLD
from .sentences import listed, parameters
from .spread import TOLD
from .study import Study
from .tuning_checks import layout_problems, lora_problems, recipe_problems, tuning_problems

RENDERED = {"in_domain", "out_of_domain"}
MOST_RENDERED = 1_000_000
"""images of a training set, a family or a category; each is drawn and kept as a file"""


def problems(study: Study) -> Iterator[str]:
    """One line for each: the key, what was given, what is allowed."""
    configuration = study.configuration
    yield from path_problems(study)
    if len(set(study.seeds)) < len(study.seeds):
        yield f"seeds: given {listed(study.seeds)}; allowed: each seed once"
    sizes = study.sizes
    if sizes != sorted(set(sizes), key=parameters, reverse=True):
        yield f"backbones.sizes: given {listed(sizes)}; allowed: each size once, largest first"
    for size in _idle_sizes(study):
        yield (
            f"backbones.sizes: given {size}, which no tuning and no run names; allowed: a size of "
            "some tuning's `sizes` or of runs.decoupled"
        )
    known_sets = study.data.known_sets()
    published = {name for sets in datasets.training_sets(rendered=False).values() for name in sets}
    for name in configuration.data.train:
        if name in published and name not in known_sets:
            yield f"data.train.{name}: given with data.source rendered; allowed: published"
        elif name not in known_sets:
            yield f"data.train.{name}: unknown training set; allowed: {listed(known_sets)}"
    for name in configuration.benchmarks:
        if name in (*known_sets, "families", EXTRACTION):
            yield f"benchmarks.{name}: given the name of other data; allowed: a name of its own"
    yield from _benchmark_problems(study)
    yield from _data_problems(study)
    yield from _backbone_problems(study)
    yield from tuning_problems(study)
    yield from _released_problems(study)
    yield from _teacher_problems(study)
    for name, stage in configuration.tunings.items():
        yield from recipe_problems(f"tunings.{name}", stage)
        yield from lora_problems(f"tunings.{name}", stage, study)
        yield from layout_problems(f"tunings.{name}", stage, study)
    for size in configuration.jobs.tune_by_size:
        if size not in sizes:
            yield f"jobs.tune_by_size: given {size}; allowed: {listed(sizes)}"
    yield from _job_problems(configuration.jobs)
    yield from run_problems(study)
    yield from role_problems(study)
    yield from thinking_problems(study)
    yield from external_problems(study)
    yield from _spread_problems(study)
    if configuration.prompts == "official" and configuration.answer_form != "letter":
        yield "answer_form: given text with prompts official; allowed: letter, which they ask for"
    if configuration.reasoning.thinking == "official" and configuration.prompts != "official":
        yield (
            f"reasoning.thinking: given official with prompts {configuration.prompts}; allowed: "
            "own; the paper's list of tokens is fetched with its prompts"
        )


def _job_problems(jobs: Jobs) -> Iterator[str]:
    asked = {name: job for name, job in jobs if isinstance(job, Job)}
    asked |= {f"tune_by_size.{size}": job for size, job in jobs.tune_by_size.items()}
    for name, job in asked.items():
        for key, most in jobs.at_most:
            if getattr(job, key) > most:
                yield (
                    f"jobs.{name}.{key}: given {getattr(job, key)}; allowed: at most {most}, "
                    f"jobs.at_most.{key}"
                )


def _idle_sizes(study: Study) -> list[str]:
    """The sizes that take part in nothing; the largest writes focus phrases."""
    models = [*study.models.tuned(), *study.models.released()]
    busy = {*study.sizes[:1], *(size for _, size in models)}
    busy |= {run.reasoning for run in study.evaluations.decoupled()}
    return [size for size in study.sizes if size not in busy]


def _benchmark_problems(study: Study) -> Iterator[str]:
    taken: dict[str, str] = {}
    for name, benchmark in study.configuration.benchmarks.items():
        key, published = f"benchmarks.{name}", study.data.test_source_of(name)
        if taken.setdefault(published, benchmark.source) != benchmark.source:
            yield f"{key}.source: given {benchmark.source}; allowed: a file of a name of its own"
        try:
            categories = study.data.categories(name)
        except RecordError as error:
            yield f"{key}.categories: {error}"
            continue
        if benchmark.questions is not None and benchmark.questions < len(categories):
            yield (
                f"{key}.questions: given {benchmark.questions}; allowed: null, or at least "
                f"{len(categories)}, one for each category"
            )
    wants_gold = any(run.perception == GOLD for run in study.evaluations.decoupled())
    if wants_gold and study.data.is_rendered and not study.data.known_benchmarks():
        yield "runs.decoupled: gold is of rendered benchmarks, and there is none; allowed: no gold"


def _data_problems(study: Study) -> Iterator[str]:
    configuration = study.configuration
    if not study.data.is_rendered and configuration.prompts == "miniature":
        yield "prompts: given miniature with data.source published; allowed: official, own"
    counts = {f"train.{name}": count for name, count in configuration.data.train.items()}
    counts |= configuration.data.model_dump(by_alias=True, include={"test", *RENDERED})
    for name, count in counts.items() if study.data.is_rendered else ():
        if count > MOST_RENDERED:
            allowed = f"at most {MOST_RENDERED:,}, where data are rendered"
            yield f"data.{name}: given {count}; allowed: {allowed}"
    known = study.downloads.catalogue
    for name in configuration.sources.mirrors:
        if name not in known:
            yield f"sources.mirrors.{name}: no such source; allowed: {listed(known)}"
    if configuration.sources.archives == "needed":
        allowed = "allowed: whole; needed is for a rehearsal of published data"
        if study.data.is_rendered:
            yield f"sources.archives: given needed with data.source rendered; {allowed}"
        elif not study.is_rehearsal:
            bounds = "bounds max_steps of a tuning or questions of a benchmark"
            yield f"sources.archives: given needed; {allowed}, which {bounds}"
    for name, place in configuration.sources.mirrors.items():
        if not place.startswith(("http://", "https://", "/")):
            yield (
                f"sources.mirrors.{name}: given {place}; "
                "allowed: an absolute path, or an address with http:// or https://"
            )


def _spread_problems(study: Study) -> Iterator[str]:
    given = study.configuration.scores.spread
    allowed = "allowed: the spread.csv of a study of several seeds, or null"
    try:
        file = study.spread_file()
    except (ValueError, LookupError, TypeError):
        yield f"scores.spread: given {given}, whose {TOLD} is damaged; {allowed}"
        return
    if file is None:
        return
    if not file.is_file():
        yield f"scores.spread: given {given}, which is no file; {allowed}"
        return
    try:
        read_table(file, SpreadRow)
    except RecordError as error:
        yield f"scores.spread: {error}; {allowed}"


def _backbone_problems(study: Study) -> Iterator[str]:
    backbones = study.configuration.backbones
    if backbones.source == "shipped":
        shelf = study.folder / backbones.folder
        if not shelf.is_dir():
            yield (
                f"backbones.folder: given {backbones.folder}, which does not exist; allowed: a "
                "folder that `downscaling shelve` made, or source: retrained"
            )
            return
        wanted = [*study.models.backbones, "manifest.json"]
        present = [name for name in wanted if (shelf / name).exists()]
        for name in wanted:
            if name not in present:
                place = (
                    "backbones.folder" if name in ("tower", "manifest.json") else "backbones.sizes"
                )
                yield (
                    f"{place}: {Path(backbones.folder) / name} does not exist; "
                    f"allowed: what is shipped there ({listed(present)}), or source: retrained"
                )
    elif backbones.source == "hub":
        for name in study.models.backbones:
            if name not in backbones.weights:
                yield f"backbones.weights.{name}: missing; allowed: a source of weights"
                return
        named = [backbones.weights[name] for name in study.models.backbones]
        for source in named:
            if named.count(source) > 1:
                yield f"backbones.weights: given {source} twice; allowed: each source once"
    elif backbones.recipe is None:
        yield "backbones.recipe: missing; allowed: a recipe, where source is retrained"
    else:
        for size in study.sizes:
            if size not in backbones.recipe.ladder:
                ladder = listed(backbones.recipe.ladder)
                yield f"backbones.recipe.ladder: {size} is missing; given: {ladder}"


def _released_problems(study: Study) -> Iterator[str]:
    taken: dict[str, str] = {}
    for name, sizes in study.configuration.released.items():
        key = f"released.{name}"
        if name in study.configuration.tunings:
            yield f"{key}: given the name of a tuning; allowed: a name of its own"
        for size, source in sizes.items():
            if size not in study.sizes:
                yield f"{key}: given {size}; allowed: {listed(study.sizes)}"
            if source in taken:
                yield f"{key}.{size}: given {source}, as {taken[source]}; allowed: each source once"
            taken[source] = f"{key}.{size}"


def _is_taught_for(study: Study) -> bool:
    """Whether a run rests on a tuning that draws on the teacher's data."""
    runs = (run.perception.rpartition("-")[0] for run in study.evaluations.runs())
    tunings = study.configuration.tunings
    bases = {base for name in runs if name in tunings for base in study.models.ancestry(name)}
    return any(EXTRACTION in tunings[name].sets for name in bases)


def _teacher_problems(study: Study) -> Iterator[str]:
    configuration = study.configuration
    teacher, source = configuration.teacher, configuration.data.source
    if not study.data.is_taught or not _is_taught_for(study):
        return
    for name in teacher.sets:
        if name not in study.data.trained_on("coin"):
            allowed = listed(study.data.trained_on("coin"))
            yield f"teacher.sets: given {name}; allowed: sets that are trained on, {allowed}"
    if isinstance(teacher, OracleTeacher):
        if source != "rendered":
            yield f"teacher.engine: given oracle with data.source {source}; allowed: rendered data"
    elif configuration.prompts == "miniature":
        yield (
            f"teacher.engine: given {teacher.engine} with prompts miniature, which give a teacher "
            "no instruction; allowed: oracle, or prompts: own, official"
        )
    if (
        isinstance(teacher, TransformersTeacher)
        and teacher.source == "folder"
        and not (study.folder / teacher.model / "config.json").exists()
    ):
        yield (
            f"teacher.model: given {teacher.model}; "
            "allowed: a folder with a config.json, or source: hub"
        )
