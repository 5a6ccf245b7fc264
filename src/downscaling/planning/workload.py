"""How much there is to do: which models, how many conversations and questions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ..sources.lock import Pin
from ..study import FAMILIES, GOLD, Study
from ..study.external import Weights
from ..study.names import EXTRACTION
from ..study.teachers import TransformersTeacher
from . import flops
from .facts import Facts, LanguageModel, Tower, connector

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

    models: the shape of each size. pins: what the lock says of sources. recompute: tuning
    recomputes activations in its backward pass.
    """

    def __init__(
        self,
        study: Study,
        facts: Facts,
        models: dict[str, LanguageModel],
        tower: Tower,
        pins: Mapping[str, Pin],
        recompute: bool = False,
    ) -> None:
        self.study, self.facts, self.models, self.tower = study, facts, models, tower
        self.pins = pins
        self.recompute = recompute
        self.seeds = len(study.seeds)
        self.scheme = study.configuration.tuning.images  # of evaluation
        self.largest = models[study.sizes[0]]
        self.needed = _needed(study)
        self.teaches = any(EXTRACTION in study.stage(tuning).sets for tuning, _ in self.needed)

    def count(self, name: str) -> int:
        """Conversations of a training set; the teacher makes one of each with an image."""
        if name == EXTRACTION:
            sets = self.study.configuration.teacher.sets
            return round(sum(self.count(held) * self.facts.sets[held].shown for held in sets))
        return self.study.configuration.data.train.get(name, 0)

    def questions(self) -> dict[str, int]:
        """Evaluation questions of each family and benchmark."""
        data = self.study.configuration.data
        counts = dict.fromkeys(FAMILIES, data.test)
        for name, benchmark in self.study.configuration.benchmarks.items():
            rendered = data.in_domain
            if benchmark.source == "mmstar":
                rendered = data.out_of_domain * AXES
            rows = self.facts.rows
            counts[name] = sum(rows.get(c, rendered) for c in benchmark.categories)
        return counts

    def modules(self) -> set[str]:
        """The `<tuning>-<size>` that some run needs."""
        return {run.perception for run in [*self.study.pairs(), *self.study.end_to_end()]} - {GOLD}

    def external(self) -> dict[str, Weights]:
        """The models that were not trained here and that some run needs, by their names."""
        named = [*self.study.perceptions(), *(run.perception for run in self.study.end_to_end())]
        named += [job.reasoning for job in self.study.reasoning_jobs()]
        held = {name: self.study.external_weights(name) for name in named}
        return {name: weights for name, weights in held.items() if weights}

    def sources_used(self) -> list[str]:
        """The published data sets of which some run needs records."""
        trained = {name for tuning, _ in self.needed for name in self.study.image_sets(tuning)}
        return [
            source
            for source in self.study.sources()
            if self.study.tested_on(source) or trained & set(self.study.trained_on(source))
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

    def forward(self, module: str, tokens: float, views: float = 0) -> float:
        """Operations of one sequence through a module's language model and of its views through the
        tower; none for a model that was not trained here, whose shape is not known."""
        size = module.rpartition("-")[2]
        if size not in self.models or self.study.external_weights(module):
            return 0
        language = flops.language_forward(self.models[size], tokens)
        return language + views * flops.tower_forward(self.tower)

    def parameters(self, size: str) -> int:
        """Of the vision-language model of a size."""
        model = self.models[size]
        joint = connector(self.tower, model) + model.hidden
        return model.parameters + self.tower.parameters + joint


def _needed(study: Study) -> list[tuple[str, str]]:
    """The (tuning, size) that some run needs, itself or as what it starts from."""
    runs = {run.perception for run in [*study.pairs(), *study.end_to_end()]} - {GOLD}
    wanted = set()
    for module in runs:
        tuning, _, size = module.rpartition("-")
        if tuning in study.configuration.tunings:  # the others are not trained here
            wanted |= {(before, size) for before in study.ancestry(tuning)}
    return [pair for pair in study.tuned() if pair in wanted]
