"""Which models a configuration has: tuned here, released, or of others."""

from __future__ import annotations

from ..config.configuration import Configuration
from ..config.external import Weights
from ..config.jobs import Job
from ..config.tunings import Stage
from .data import EXTRACTION, StudyData


class StudyModels:
    """The models of a study. A module is what describes or answers: `<tuning>-<size>`, or a name
    of `external`."""

    def __init__(self, configuration: Configuration, data: StudyData) -> None:
        self.configuration = configuration
        self.data = data
        self.sizes = configuration.backbones.sizes
        self.backbones = [*self.sizes, "tower"]

    def tuned(self) -> list[tuple[str, str]]:
        """Every (tuning, size) of the configuration."""
        tunings = self.configuration.tunings.items()
        return [(name, size) for name, tuning in tunings for size in tuning.sizes]

    def released(self) -> list[tuple[str, str]]:
        """Every (name, size) of the released checkpoints."""
        return [(name, size) for name, s in self.configuration.released.items() for size in s]

    def modules(self) -> list[str]:
        """Every module that sees images."""
        own = [f"{name}-{size}" for name, size in [*self.tuned(), *self.released()]]
        return [*own, *self.configuration.external.models]

    def in_own_form(self) -> list[str]:
        """The models of others that are published in a form of their own and converted."""
        models = self.configuration.external.models
        return [name for name, weights in models.items() if weights.form]

    def tuning(self, name: str) -> Stage:
        """The settings of a tuning, those that all share included."""
        return self.configuration.tunings[name]

    def ancestry(self, tuning: str) -> list[str]:
        """A tuning and those that it starts from, the first one last."""
        chain = [tuning]
        while (start := self.tuning(chain[-1]).start) is not None:
            chain.append(start)
        return chain

    def caches_features(self, tuning: str) -> bool:
        """Whether features that were computed once serve a tuning: it asks for them, and the vision
        tower is still the backbone's throughout."""
        is_trained = any(self.tuning(t).learning_rate.vision_tower for t in self.ancestry(tuning))
        return self.tuning(tuning).cache_features and not is_trained

    def image_sets(self, tuning: str) -> list[str]:
        """The training sets whose images a tuning sees; the teacher's conversations are about
        images of the sets that it was given."""
        names = set(self.tuning(tuning).sets)
        if EXTRACTION in names and self.data.is_taught:
            names |= set(self.configuration.teacher.sets)
        return [name for name in self.data.training_sets() if name in names]

    def featured_sets(self) -> list[str]:
        """The training sets whose images are wanted as features."""
        cached = [t for t in self.configuration.tunings if self.caches_features(t)]
        wanted = {name for tuning in cached for name in self.image_sets(tuning)}
        return [name for name in self.data.training_sets() if name in wanted]

    def external_weights(self, name: str) -> Weights | None:
        """Where a model that was not trained here lies; None for one of the study's own."""
        external = self.configuration.external
        return external.models.get(name) or external.reasoners.get(name)

    def tuning_job(self, size: str) -> Job:
        """What a tuning asks for at a size."""
        jobs = self.configuration.jobs
        return jobs.tune_by_size.get(size, jobs.tune)
