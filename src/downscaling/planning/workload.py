"""How much there is to do: which models, how many conversations and questions."""

from __future__ import annotations

import dataclasses

from ..study import FAMILIES, GOLD, Study
from ..study.names import EXTRACTION
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

    models: the shape of each size. recompute: tuning recomputes activations in its backward pass.
    """

    def __init__(
        self,
        study: Study,
        facts: Facts,
        models: dict[str, LanguageModel],
        tower: Tower,
        recompute: bool = False,
    ) -> None:
        self.study, self.facts, self.models, self.tower = study, facts, models, tower
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
        if tuning not in study.configuration.tunings:  # not trained here
            continue
        wanted |= {(before, size) for before in study.ancestry(tuning)}
    return [pair for pair in study.tuned() if pair in wanted]
