"""What a configuration asks of its runs, and of what was made elsewhere, and cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..config.external import Weights
from ..config.roles import Step
from ..records.files import RecordError, check
from ..records.rows import Answer, Description
from .runs import GOLD
from .sentences import listed
from .study import Study

OWN = "allowed: a name of its own"
FORM = "allowed: null, unless one of the models has source: hub"
KINDS = {"models": "an image-text-to-text model", "reasoners": "a causal language model"}
BESIDE = {
    "models": ("preprocessor_config.json", "processor_config.json"),
    "reasoners": ("tokenizer.json", "tokenizer_config.json"),
}
"""What lies beside the weights of a model that does what its place asks, one of them at least."""
WHOLE = "allowed: image with end-to-end, plain or think with a reasoner"


def run_problems(study: Study) -> Iterator[str]:
    configuration = study.configuration
    models = [f"{tuning}-{size}" for tuning, size in study.models.tuned()]
    for name, sizes in configuration.released.items():
        models += [f"{name}-{size}" for size in sizes]
    external = configuration.external
    described = [*models, *external.models, *external.descriptions]
    described += [GOLD] if study.data.is_rendered else []
    reasoners = [*study.sizes, *external.reasoners]
    models += external.models
    for kind, named in configuration.runs.end_to_end.values().items():
        for model in named:
            if model not in models:
                yield f"runs.end_to_end.{kind}: given {model}; allowed: {listed(models)}"
    for number, entry in enumerate(configuration.runs.decoupled, 1):
        key = f"runs.decoupled, entry {number}"
        for perception in entry.perception:
            if perception not in described:
                yield f"{key}, perception: given {perception}; allowed: {listed(described)}"
        for reasoning in entry.reasoning:
            if reasoning not in reasoners:
                yield f"{key}, reasoning: given {reasoning}; allowed: {listed(reasoners)}"
    if not study.evaluations.runs():
        yield "runs: given none; allowed: end_to_end, decoupled, or answers in external"
    if configuration.reasoning.think.thinking_budget is None:
        yield "reasoning.think.thinking_budget: missing; allowed: at least 1"
    if configuration.reasoning.plain.thinking_budget is not None:
        given = configuration.reasoning.plain.thinking_budget
        yield f"reasoning.plain.thinking_budget: given {given}; allowed: null"


def role_problems(study: Study) -> Iterator[str]:
    """Roles that nothing plays, and models that play two."""
    configuration = study.configuration
    tunings, released = list(configuration.tunings), list(configuration.released)
    external = [*configuration.external.models, *configuration.external.reasoners]
    players: dict[str, str] = {}
    for role, player in configuration.roles.bound().items():
        key = f"roles.{role}"
        if isinstance(player, Step):
            for size, name in (("large", player.large), ("small", player.small)):
                if name not in external:
                    yield f"{key}.{size}: given {name}; allowed: {listed(external) or 'null'}"
            continue
        allowed = released if role.startswith("released-") else tunings
        if player not in allowed:
            yield f"{key}: given {player}; allowed: {listed(['null', *allowed])}"
        if player in players:
            yield f"{key}: given {player}, as {players[player]}; allowed: each in one role"
        players[player] = key


def thinking_problems(study: Study) -> Iterator[str]:
    """Reasoners that are asked to think and cannot mark it, as far as their folders are at hand:
    what is fetched shows it when it is loaded."""
    backbones, others = study.configuration.backbones, study.configuration.external.reasoners
    places = {name: held.model for name, held in others.items() if held.source == "folder"}
    if backbones.source == "shipped":
        places |= {size: f"{backbones.folder}/{size}" for size in study.sizes}
    for number, entry in enumerate(study.configuration.runs.decoupled, 1):
        for reasoning in entry.reasoning if "think" in entry.modes else ():
            tokenizer = study.folder / places.get(reasoning, "") / "tokenizer.json"
            if tokenizer.is_file() and '"<think>"' not in tokenizer.read_text("utf-8"):
                yield (
                    f"runs.decoupled, entry {number}, modes: given think with {reasoning}, whose "
                    "vocabulary has no <think>; allowed: plain"
                )


def external_problems(study: Study) -> Iterator[str]:
    """What is asked of external models and files that cannot be had: one line for each."""
    external = study.configuration.external
    own = {f"{tuning}-{size}" for tuning, size in study.models.tuned()} | {*study.sizes, "tower"}
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
            key = f"external.{group}.{name}.model: given {held.model}"
            if held.source == "hub":
                catalogue = study.downloads.catalogue
                known = [name for name, source in catalogue.items() if source.kind == "weights"]
                if held.model not in known:
                    yield f"{key}; allowed: {listed(known)}"
            elif not (study.folder / held.model / "config.json").exists():
                yield f"{key}; allowed: a folder with a config.json, or source: hub"
            elif not any((study.folder / held.model / file).exists() for file in BESIDE[group]):
                yield f"{key}; allowed: {KINDS[group]}, with {' or '.join(BESIDE[group])}"
            if held.form and (held.source == "folder" or group == "reasoners"):
                yield f"external.{group}.{name}.form: given {held.form}; " + FORM
    for name, files in external.descriptions.items():
        yield from _file_problems(f"external.descriptions.{name}", files, Description, study)
    made = {*study.evaluations.decoupled(), *study.evaluations.end_to_end()}
    for number, (run, named) in enumerate(
        zip(external.answers, study.evaluations.imported(), strict=True), 1
    ):
        key = f"external.answers, entry {number}"
        if named in made:
            yield f"{key}: given {'/'.join(named.listed())} again; allowed: what no run makes, once"
        made.add(named)
        if (run.reasoning == "end-to-end") != (run.mode == "image"):
            yield f"{key}, mode: given {run.mode} with reasoning {run.reasoning}; " + WHOLE
        yield from _file_problems(f"{key}, files", run.files, Answer, study)


def _file_problems(key: str, files: Mapping[str, str], kind: type, study: Study) -> Iterator[str]:
    for benchmark in study.data.benchmarks:
        if benchmark not in files:
            yield f"{key}: {benchmark} is missing; allowed: a file for each benchmark"
    for benchmark, file in files.items():
        if benchmark not in study.data.benchmarks:
            yield f"{key}.{benchmark}: unknown; allowed: {', '.join(study.data.benchmarks)}"
        elif not (study.folder / file).is_file():
            yield f"{key}.{benchmark}: given {file}; allowed: a file that exists"
        else:
            try:
                check(study.folder / file, kind)
            except RecordError as error:
                yield f"{key}.{benchmark}: {error}"
