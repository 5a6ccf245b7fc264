"""What a configuration has fetched: data sets, weights, the paper's repository."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ..catalogue import sources
from ..catalogue.readers import row_files
from ..config.configuration import Configuration
from ..config.teacher import TransformersTeacher
from .data import StudyData
from .models import StudyModels
from .paths import Paths

OFFICIAL = "official"
LOCK = "sources.lock"
"""The lock that `downscaling pin` fills where no other is named."""


class StudyDownloads:
    """What a study fetches: each source and the folder that it gets."""

    def __init__(
        self, configuration: Configuration, data: StudyData, models: StudyModels, paths: Paths
    ) -> None:
        self.configuration = configuration
        self.data = data
        self.models = models
        self.paths = paths
        self.own_entries = data.own_entries()
        self.catalogue = sources.load(own=self.own_entries)

    def all(self) -> dict[str, str]:
        """Everything, the sources that hold images of others included."""
        folders = self.sets() | self.weights() | self.of_others()
        for name in list(folders):
            folders |= {
                linked: self.paths.raw(linked) for linked in sources.linked(name, self.catalogue)
            }
        return folders

    def pinning(self, names: Iterable[str]) -> str:
        """What to do about sources that the study's lock lacks."""
        own = {path.stem: str(path) for path in self.own_entries}
        lock = self.configuration.sources.lock
        named = [own.get(name, name) for name in names] + ([] if lock == LOCK else ["--lock", lock])
        return f"on a machine with a network: {shlex.join(['downscaling', 'pin', *named])}"

    def linked(self, source: str) -> list[str]:
        """The sources that hold a fetched source's images."""
        return [] if self.data.is_rendered else sources.linked(source, self.catalogue)

    def drawn_for(self, source: str) -> list[str]:
        """The data sets whose drawn rows decide what is fetched of a source's archives; none where
        all of it is, as where rows themselves lie in them."""
        if self.configuration.sources.archives == "whole" or not self.catalogue[source].unpack:
            return []
        readers = [reader for _, _, reader in self.data.row_sets(source)]
        if self.data.benchmarks_on(source) or not all(map(row_files, readers)):
            return []
        having = [name for name in self.sets() if name == source or source in self.linked(name)]
        return [name for name in having if self.data.row_sets(name)]

    def sets(self) -> dict[str, str]:
        """The published data sets."""
        had = {*self.data.rendered_sources()} if self.data.is_rendered else set()
        had |= self.data.own_files().keys()
        return {name: self.paths.raw(name) for name in self.data.sources() if name not in had}

    def weights(self) -> dict[str, str]:
        """Backbones, the teacher, released checkpoints."""
        backbones, teacher = self.configuration.backbones, self.configuration.teacher
        wanted: dict[str, str] = {}
        if backbones.source == "hub":
            names = self.models.backbones
            wanted = {backbones.weights[name]: self.paths.backbone(name) for name in names}
        if self.data.is_taught and isinstance(teacher, TransformersTeacher):
            fetched = [teacher.model] if teacher.source == "hub" else []
            wanted |= {name: self.paths.backbone(name) for name in fetched}
        for sizes in self.configuration.released.values():
            wanted |= {name: self.paths.backbone(name) for name in sizes.values()}
        return wanted

    def of_others(self) -> dict[str, str]:
        """Models of others, and the paper's repository for its prompts."""
        external = self.configuration.external
        weights = [*external.models.values(), *external.reasoners.values()]
        fetched = [one for one in weights if one.source == "hub"]
        names = [name for one in fetched for name in (one.model, one.form) if name]
        wanted = {name: self.paths.backbone(name) for name in names}
        if self.configuration.prompts == OFFICIAL:
            wanted[OFFICIAL] = self.paths.raw(OFFICIAL)
        return wanted
