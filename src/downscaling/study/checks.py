"""What a configuration asks for and cannot have, although every value is of the right type."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..config.external import Weights
from ..config.teacher import OracleTeacher, TransformersTeacher
from ..config.tunings import Layout, LearningRates, Stage
from .names import EXTRACTION, GOLD

if typing.TYPE_CHECKING:
    from .plan import Study


def problems(study: Study, folder: Path) -> Iterator[str]:
    """One line for each: the key, what was given, what is allowed."""
    configuration = study.configuration
    if len(set(study.seeds)) < len(study.seeds):
        yield f"seeds: given {_list(study.seeds)}; allowed: each seed once"
    sizes = study.sizes
    if sizes != sorted(set(sizes), key=_parameters, reverse=True):
        yield f"backbones.sizes: given {_list(sizes)}; allowed: each size once, largest first"
    known_sets = study.known_sets()
    for name in configuration.data.train:
        if name not in known_sets:
            yield f"data.train.{name}: unknown training set; allowed: {_list(known_sets)}"
    for name in configuration.benchmarks:
        if name in (*known_sets, "families", EXTRACTION):
            yield f"benchmarks.{name}: given the name of other data; allowed: a name of its own"
    yield from _data_problems(study)
    yield from _backbone_problems(study, folder)
    yield from _tuning_problems(study)
    yield from _released_problems(study)
    yield from _teacher_problems(study, folder)
    for name, stage in configuration.tunings.items():
        yield from _recipe_problems(f"tunings.{name}", stage)
        yield from _layout_problems(f"tunings.{name}", stage, study)
    for size in configuration.jobs.tune_by_size:
        if size not in sizes:
            yield f"jobs.tune_by_size: given {size}; allowed: {_list(sizes)}"
    yield from _run_problems(study)
    yield from _thinking_problems(study, folder)
    yield from _external_problems(study, folder)
    if configuration.prompts == "official" and configuration.answer_form != "letter":
        yield "answer_form: given text with prompts official; allowed: letter, which they ask for"


def _data_problems(study: Study) -> Iterator[str]:
    configuration = study.configuration
    if not study.is_rendered and configuration.prompts == "miniature":
        yield "prompts: given miniature with data.source published; allowed: official, own"
    for name, place in configuration.sources.mirrors.items():
        if not place.startswith(("http://", "https://", "/")):
            yield (
                f"sources.mirrors.{name}: given {place}; "
                "allowed: an absolute path, or an address with http:// or https://"
            )


def _backbone_problems(study: Study, folder: Path) -> Iterator[str]:
    backbones = study.configuration.backbones
    if backbones.source == "shipped":
        wanted = [*study.backbones, "manifest.json"]
        present = [name for name in wanted if (folder / backbones.folder / name).exists()]
        for name in wanted:
            if name not in present:
                place = (
                    "backbones.folder" if name in ("tower", "manifest.json") else "backbones.sizes"
                )
                yield (
                    f"{place}: {Path(backbones.folder) / name} does not exist; "
                    f"allowed: what is shipped there ({_list(present)}), or source: retrained"
                )
    elif backbones.source == "hub":
        for name in study.backbones:
            if name not in backbones.weights:
                yield f"backbones.weights.{name}: missing; allowed: a source of weights"
                return
        named = [backbones.weights[name] for name in study.backbones]
        for source in named:
            if named.count(source) > 1:
                yield f"backbones.weights: given {source} twice; allowed: each source once"
    elif backbones.recipe is None:
        yield "backbones.recipe: missing; allowed: a recipe, where source is retrained"
    else:
        for size in study.sizes:
            if size not in backbones.recipe.ladder:
                ladder = _list(backbones.recipe.ladder)
                yield f"backbones.recipe.ladder: {size} is missing; given: {ladder}"


def _tuning_problems(study: Study) -> Iterator[str]:
    tunings = study.configuration.tunings
    data = dict.fromkeys([*study.training_sets(), EXTRACTION])
    for name, stage in tunings.items():
        key = f"tunings.{name}"
        if stage.start is not None and stage.start not in tunings:
            yield f"{key}.from: given {stage.start}; allowed: null, {_list(tunings)}"
            return
        if _in_a_circle(name, tunings):
            yield f"{key}.from: given {stage.start}, which starts from {name}; allowed: no circle"
            return
        first = study.sizes if stage.start is None else tunings[stage.start].sizes
        origin = "backbones.sizes" if stage.start is None else f"the sizes of {stage.start}"
        for size in stage.sizes:
            if size not in first:
                yield f"{key}.sizes: given {size}; allowed: {origin}, {_list(first)}"
        for chosen in stage.sets:
            if chosen not in data:
                yield f"{key}.sets.{chosen}: no such data; allowed: {_list(data)}"
        if stage.images != "base" and study.caches_features(name):
            yield f"{key}.cache_features: given true with images {stage.images}; allowed: false"


def _released_problems(study: Study) -> Iterator[str]:
    taken: dict[str, str] = {}
    for name, sizes in study.configuration.released.items():
        key = f"released.{name}"
        if name in study.configuration.tunings:
            yield f"{key}: given the name of a tuning; allowed: a name of its own"
        for size, source in sizes.items():
            if size not in study.sizes:
                yield f"{key}: given {size}; allowed: {_list(study.sizes)}"
            if source in taken:
                yield f"{key}.{size}: given {source}, as {taken[source]}; allowed: each source once"
            taken[source] = f"{key}.{size}"


def _teacher_problems(study: Study, folder: Path) -> Iterator[str]:
    configuration = study.configuration
    teacher, source = configuration.teacher, configuration.data.source
    if not study.is_taught:
        return
    for name in teacher.sets:
        if name not in study.trained_on("coin"):
            allowed = _list(study.trained_on("coin"))
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
        and not (folder / teacher.model / "config.json").exists()
    ):
        yield (
            f"teacher.model: given {teacher.model}; "
            "allowed: a folder with a config.json, or source: hub"
        )


def _recipe_problems(key: str, stage: Stage) -> Iterator[str]:
    if not any(stage.learning_rate.values().values()):
        parts = _list(LearningRates.model_fields)
        yield f"{key}.learning_rate: given all 0; allowed: a rate above 0 for one of {parts}"
    if stage.optimizer == "muon" and not stage.muon_learning_rate:
        yield f"{key}.muon_learning_rate: given 0 with optimizer muon; allowed: more than 0"
    if stage.optimizer == "muon" and stage.lora:
        # Muon makes a matrix's update orthogonal; of an adapter's two factors that means little.
        yield f"{key}.optimizer: given muon with lora; allowed: adamw, or lora: null"
    if stage.lora and not stage.learning_rate.language_model:
        yield f"{key}.lora: given with language_model's rate 0; allowed: null, or a rate above 0"


def _layout_problems(key: str, stage: Stage, study: Study) -> Iterator[str]:
    # A preset's layouts stay when an overlay on it takes fewer sizes.
    known = dict.fromkeys([*study.sizes, *study.configuration.backbones.weights])
    for size in stage.layouts:
        if size not in known:
            yield f"{key}.layouts: given {size}; allowed: {_list(known)}"
    for size in stage.sizes:
        layout, gpus = stage.layouts.get(size, Layout()), study.tuning_job(size).gpu
        devices = max(1, gpus)
        share, left = divmod(stage.batch_size, devices)
        if left:
            yield (
                f"{key}.batch_size: given {stage.batch_size}; allowed: multiples of {gpus}, "
                f"the GPUs of a tuning at {size}"
            )
        elif layout.device_batch_size and share % layout.device_batch_size:
            yield (
                f"{key}.layouts.{size}.device_batch_size: given {layout.device_batch_size}; "
                f"allowed: divisors of {share}, a device's share of batch_size"
            )
        if layout.sharding != "none" and (stage.optimizer == "muon" or stage.lora):
            other = "lora" if stage.lora else "optimizer muon"
            yield f"{key}.layouts.{size}.sharding: given full with {other}; allowed: none"
        if stage.cross_entropy == "fused" and not gpus:
            yield f"{key}.cross_entropy: given fused, at {size} without a GPU; allowed: chunked"


def _run_problems(study: Study) -> Iterator[str]:
    configuration = study.configuration
    models = [f"{tuning}-{size}" for tuning, size in study.tuned()]
    for name, sizes in configuration.released.items():
        models += [f"{name}-{size}" for size in sizes]
    external = configuration.external
    described = [*models, *external.models, *external.descriptions]
    described += [GOLD] if study.is_rendered else []
    reasoners = [*study.sizes, *external.reasoners]
    models += external.models
    for kind, named in configuration.runs.end_to_end.values().items():
        for model in named:
            if model not in models:
                yield f"runs.end_to_end.{kind}: given {model}; allowed: {_list(models)}"
    for number, entry in enumerate(configuration.runs.decoupled, 1):
        key = f"runs.decoupled, entry {number}"
        for perception in entry.perception:
            if perception not in described:
                yield f"{key}, perception: given {perception}; allowed: {_list(described)}"
        for reasoning in entry.reasoning:
            if reasoning not in reasoners:
                yield f"{key}, reasoning: given {reasoning}; allowed: {_list(reasoners)}"
    if configuration.reasoning.think.thinking_budget is None:
        yield "reasoning.think.thinking_budget: missing; allowed: at least 1"
    if configuration.reasoning.plain.thinking_budget is not None:
        given = configuration.reasoning.plain.thinking_budget
        yield f"reasoning.plain.thinking_budget: given {given}; allowed: null"


def _thinking_problems(study: Study, folder: Path) -> Iterator[str]:
    """Reasoners that are asked to think and cannot mark it, as far as their folders are at hand:
    what is fetched shows it when it is loaded."""
    backbones, others = study.configuration.backbones, study.configuration.external.reasoners
    places = {name: held.model for name, held in others.items() if held.source == "folder"}
    if backbones.source == "shipped":
        places |= {size: f"{backbones.folder}/{size}" for size in study.sizes}
    for number, entry in enumerate(study.configuration.runs.decoupled, 1):
        for reasoning in entry.reasoning if "think" in entry.modes else ():
            tokenizer = folder / places.get(reasoning, "") / "tokenizer.json"
            if tokenizer.is_file() and '"<think>"' not in tokenizer.read_text("utf-8"):
                yield (
                    f"runs.decoupled, entry {number}, modes: given think with {reasoning}, whose "
                    "vocabulary has no <think>; allowed: plain"
                )


def _in_a_circle(name: str, tunings: Mapping[str, Stage]) -> bool:
    """Whether a tuning starts, at some remove, from itself."""
    start = tunings[name].start
    for _ in tunings:
        if start is None or start not in tunings or start == name:
            break
        start = tunings[start].start
    return start == name


def _parameters(size: str) -> float:
    return float(size[:-1]) * {"M": 1e6, "B": 1e9}[size[-1]]


def _list(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


def _external_problems(study: Study, folder: Path) -> Iterator[str]:
    """What is asked of external models and files that cannot be had: one line for each."""
    external = study.configuration.external
    own = {f"{tuning}-{size}" for tuning, size in study.tuned()} | {*study.sizes, "tower"}
    own |= {"gold", "end-to-end"}
    taken: dict[str, str] = {}
    for group in ("models", "reasoners", "descriptions"):
        for name in getattr(external, group):
            key = f"external.{group}.{name}"
            if name in own or name in taken:
                yield f"{key}: given the name of {taken.get(name, 'a model of the study')}; " + OWN
            taken[name] = key
    for group in ("models", "reasoners"):
        weights: Mapping[str, Weights] = getattr(external, group)
        for name, held in weights.items():
            if held.source == "folder" and not (folder / held.model / "config.json").exists():
                yield (
                    f"external.{group}.{name}.model: given {held.model}; "
                    "allowed: a folder with a config.json, or source: hub"
                )
            if held.form and (held.source == "folder" or group == "reasoners"):
                yield f"external.{group}.{name}.form: given {held.form}; " + FORM
    for name, files in external.descriptions.items():
        yield from _file_problems(f"external.descriptions.{name}", files, study, folder)
    for number, run in enumerate(external.answers, 1):
        key = f"external.answers, entry {number}"
        if (run.reasoning == "end-to-end") != (run.mode == "image"):
            yield f"{key}, mode: given {run.mode} with reasoning {run.reasoning}; " + WHOLE
        yield from _file_problems(f"{key}, files", run.files, study, folder)


OWN = "allowed: a name of its own"
FORM = "allowed: null, unless one of the models has source: hub"
WHOLE = "allowed: image with end-to-end, plain or think with a reasoner"


def _file_problems(key: str, files: Mapping[str, str], study: Study, folder: Path) -> Iterator[str]:
    for benchmark in study.benchmarks:
        if benchmark not in files:
            yield f"{key}: {benchmark} is missing; allowed: a file for each benchmark"
    for benchmark, file in files.items():
        if benchmark not in study.benchmarks:
            yield f"{key}.{benchmark}: unknown; allowed: {', '.join(study.benchmarks)}"
        elif not (folder / file).is_file():
            yield f"{key}.{benchmark}: given {file}; allowed: a file that exists"
