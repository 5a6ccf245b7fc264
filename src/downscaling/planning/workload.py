"""How much there is to do: which models, how many conversations and questions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ..config.external import Weights
from ..config.teacher import TransformersTeacher
from ..data.lock import Pin
from ..study.data import EXTRACTION
from ..study.runs import GOLD
from ..study.study import Study
from . import flops
from .facts import Conversation, Facts, LanguageModel, Module, Tower, connector

BYTES_A_TOKEN = 4  # of English text
AXES = 3  # of each category of the rendered MMStar


@dataclasses.dataclass(frozen=True)
class Row:
    """The jobs of one kind. tokens: read and written by models, all jobs together. disk: bytes of
    what they leave behind. download: bytes."""

    stage: str
    work: str
    jobs: int
    tokens: float = 0
    flops: float = 0
    disk: float = 0
    download: float = 0


class Workload:
    """What a study has to do.

    models: the shape of each size. pins: what the lock says of sources. others: the shapes of
    models that were not trained here, by their names, as far as they are known. recompute: tuning
    recomputes activations in its backward pass.
    """

    def __init__(
        self,
        study: Study,
        facts: Facts,
        models: dict[str, LanguageModel],
        tower: Tower,
        pins: Mapping[str, Pin],
        others: Mapping[str, Module],
        recompute: bool = False,
    ) -> None:
        self.study, self.facts, self.models, self.tower = study, facts, models, tower
        self.pins, self.others = pins, others
        self.recompute = recompute
        self.seeds = len(study.seeds)
        self.scheme = study.configuration.tuning.images  # of evaluation
        self.largest = models[study.sizes[0]]
        self.needed = _needed(study)
        wanted = any(EXTRACTION in study.models.tuning(tuning).sets for tuning, _ in self.needed)
        self.teaches = wanted and study.data.is_taught

    def count(self, name: str) -> int:
        """Conversations of a training set; the teacher makes one of each with an image."""
        if name == EXTRACTION and self.study.data.is_taught:
            sets = self.study.configuration.teacher.sets
            return round(sum(self.count(held) * self.facts.sets[held].shown for held in sets))
        return self.study.configuration.data.train.get(name, 0)

    def questions(self) -> dict[str, int]:
        """Evaluation questions of each family and benchmark."""
        data = self.study.configuration.data
        counts = dict.fromkeys(self.study.data.families, data.test)
        for name, entry in self.study.data.entries.items():
            rendered = data.in_domain
            if entry.truth == "out-of-domain":
                rendered = data.out_of_domain * AXES
            rows = self.facts.rows
            counts[name] = sum(rows.get(c, rendered) for c in self.study.data.categories(name))
        return counts

    def modules(self) -> set[str]:
        """The `<tuning>-<size>` that some run needs."""
        evaluations = self.study.evaluations
        runs = [*evaluations.decoupled(), *evaluations.end_to_end()]
        return {run.perception for run in runs} - {GOLD}

    def external(self) -> dict[str, Weights]:
        """The models that were not trained here and that some run needs, by their names."""
        evaluations = self.study.evaluations
        named = [*evaluations.perceptions(), *(run.perception for run in evaluations.end_to_end())]
        named += [job.reasoning for job in evaluations.reasoning_jobs()]
        held = {name: self.study.models.external_weights(name) for name in named}
        return {name: weights for name, weights in held.items() if weights}

    def sources_used(self) -> list[str]:
        """The published data sets of which some run needs records."""
        data, models = self.study.data, self.study.models
        trained = {name for tuning, _ in self.needed for name in models.image_sets(tuning)}
        return [
            source
            for source in data.sources()
            if data.tested_on(source) or trained & set(data.trained_on(source))
        ]

    def teacher(self) -> str:
        """The teacher's source, where it is fetched; else empty."""
        teacher = self.study.configuration.teacher
        if isinstance(teacher, TransformersTeacher) and teacher.source == "hub":
            return teacher.model
        return ""

    def download(self, source: str) -> float:
        """Bytes of a source: those of its pin, else those that are known of it, else 0."""
        pin = self.pins.get(source)
        return pin.bytes if pin else self.facts.downloads.get(source, 0)

    def uncounted(self) -> list[str]:
        """What is downloaded beside the bytes that are known."""
        if self.facts.rendered:
            return []
        return [told for name, told in self.facts.uncounted.items() if name not in self.pins]

    def module(self, name: str) -> Module | None:
        """The shape of a perception or reasoning module; None where it is not known."""
        if self.study.models.external_weights(name):
            return self.others.get(name)
        return Module(self.models[name.rpartition("-")[2]], self.tower, self.scheme)

    def sequence(
        self, name: str, text: float, asked: Conversation | None = None
    ) -> tuple[float, float]:
        """Tokens and operations of one sequence through a module, about the images of a question or
        (None) without; none of either where its shape is not known."""
        module = self.module(name)
        if module is None:
            return 0, 0
        if asked is None or module.tower is None:
            return text, flops.language_forward(module.language, text)
        tokens = text + module.image_tokens(asked)
        seen = module.passes(asked) * flops.tower_forward(module.tower)
        return tokens, flops.language_forward(module.language, tokens) + seen

    def unknown(self) -> list[str]:
        """The models that were not trained here, that some run needs, and whose shape is not
        known."""
        return [name for name in self.external() if name not in self.others]

    def parameters(self, size: str) -> int:
        """Of the vision-language model of a size."""
        model = self.models[size]
        joint = connector(self.tower, model) + model.hidden
        return model.parameters + self.tower.parameters + joint


def _needed(study: Study) -> list[tuple[str, str]]:
    """The (tuning, size) that some run needs, itself or as what it starts from."""
    runs = {
        run.perception for run in [*study.evaluations.decoupled(), *study.evaluations.end_to_end()]
    } - {GOLD}
    wanted = set()
    for module in runs:
        tuning, _, size = module.rpartition("-")
        if tuning in study.configuration.tunings:  # the others are not trained here
            wanted |= {(before, size) for before in study.models.ancestry(tuning)}
    return [pair for pair in study.models.tuned() if pair in wanted]
