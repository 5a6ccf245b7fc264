"""How much there is to do: conversations, questions, tokens and operations of a study's jobs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ..data.archives import unpacked_into
from ..data.draws import with_reserve
from ..data.lock import Pin
from ..data.members import come_alone
from ..study.data import EXTRACTION
from ..study.study import Study
from . import flops
from .architectures import Module
from .assumptions import Assumptions, Conversation
from .jobs import Jobs
from .shapes import Shapes

BYTES_A_TOKEN = 4  # of English text
AXES = 3  # of each category of the rendered MMStar
BESIDE_IMAGES = 0.03
"""Of a source of whose archives only some images are fetched, the share of its bytes that its
annotations and the archives' directories take, as far as no pin tells."""
DIRECTORY = 0.005
"""The same of an archive's directory alone."""


@dataclasses.dataclass(frozen=True)
class PlanRow:
    """The jobs of one kind.

    Attributes:
        tokens: read and written by models, all jobs together.
        disk: bytes of what they leave behind.
        download: bytes.
    """

    stage: str
    work: str
    jobs: int
    tokens: float = 0
    flops: float = 0
    disk: float = 0
    download: float = 0


@dataclasses.dataclass(frozen=True)
class Workload:
    """What a study has to do.

    Attributes:
        pins: what the lock says of sources.
        recompute: tuning recomputes activations in its backward pass.
    """

    study: Study
    jobs: Jobs
    assumed: Assumptions
    shapes: Shapes
    pins: Mapping[str, Pin]
    recompute: bool = False

    def conversations(self, name: str) -> int:
        """How many conversations a training set holds; the teacher makes one for each with an
        image."""
        if name == EXTRACTION and self.study.data.is_taught:
            sets = self.study.configuration.teacher.sets
            return round(sum(self.conversations(n) * self.assumed.sets[n].shown for n in sets))
        return self.study.configuration.data.train.get(name, 0)

    def questions(self) -> dict[str, int]:
        """How many questions evaluation asks, by family and benchmark."""
        data, is_rendered = self.study.configuration.data, self.study.data.is_rendered
        counts = dict.fromkeys(self.study.data.families, data.test)
        for name, entry in self.study.data.entries.items():
            each = data.out_of_domain * AXES if entry.truth == "out-of-domain" else data.in_domain
            known = {} if is_rendered and entry.truth else entry.rows
            categories = self.study.data.categories(name)
            there = sum(known.get(category, each) for category in categories)
            counts[name] = min(there, self.study.data.benchmarks[name].questions or there)
        return counts

    def benchmark_questions(self) -> int:
        """How many questions all benchmarks have together."""
        questions = self.questions()
        return sum(questions[name] for name in self.study.data.benchmarks)

    def asked_about(self, name: str) -> Conversation:
        """The images of the questions of a family or benchmark."""
        is_family = name in self.study.data.families
        return self.assumed.sets[name] if is_family else self.assumed.question

    def download(self, source: str) -> float:
        """Bytes of a source: those of its pin, else those that the catalogue knows of, else 0. Of
        one that comes `in_part`, about so many."""
        pin, held = self.pins.get(source), self.study.downloads.catalogue[source]
        if not self.in_part(source):
            return pin.bytes if pin else held.bytes
        if pin is None:
            beside = BESIDE_IMAGES if any(form.endswith(".zip") for form in held.unpack) else 0
            return beside * held.bytes + self._drawn_images(source)
        sizes = {name: file.bytes for name, file in pin.files.items()}
        packed = sum(size for name, size in sizes.items() if unpacked_into(name, held))
        return sum(sizes.values()) - (1 - DIRECTORY) * packed + self._drawn_images(source)

    def in_part(self, source: str) -> bool:
        """Whether of a source's archives only images of drawn rows are fetched: of a tar that is
        possible where it lies in a folder."""
        held = self.study.downloads.catalogue[source]
        mirror = self.study.configuration.sources.mirrors.get(source, "")
        alone = all(come_alone(form, held, mirror) for form in held.unpack)
        return alone and bool(self.study.downloads.drawn_for(source))

    def _drawn_images(self, source: str) -> float:
        """Bytes of the images that drawn rows need of a source, where a data set's images lie
        evenly in the sources that hold them."""
        downloads, counts, images = self.study.downloads, self.study.configuration.data, 0.0
        for name in downloads.drawn_for(source):
            holders = {name, *downloads.linked(name)}
            for makes, of, _ in self.study.data.row_sets(name):
                rows = with_reserve(counts.train[of] if makes == "samples" else counts.test)
                shown = self.assumed.sets.get(of, self.assumed.question).images
                images += rows * shown / len([h for h in holders if downloads.drawn_for(h)])
        return images * self.assumed.image_bytes

    def uncounted(self) -> list[str]:
        """What jobs download beside the bytes that are known."""
        catalogue = self.study.downloads.catalogue
        fetched = [
            name
            for name in self.jobs.values("fetch", "source")
            if name not in self.pins and not self.in_part(name)
        ]
        return list(filter(None, (catalogue[name].uncounted for name in fetched)))

    def module(self, name: str) -> Module | None:
        """A perception or reasoning module; None where its shape is not known."""
        if self.study.models.external_weights(name):
            return self.shapes.others.get(name)
        language = self.shapes.languages[name.rpartition("-")[2]]
        return Module(language, self.shapes.tower, self.study.configuration.tuning.images)

    def unknown(self) -> list[str]:
        """The models of others that some job runs and whose shape is not known."""
        modules = [
            *self.jobs.values("perceive", "module"),
            *(module for module, _ in self.jobs.evaluated()),
            *(job.reasoning for job in self.jobs.reasoning()),
        ]
        return [name for name in dict.fromkeys(modules) if self.module(name) is None]

    def sequence(
        self, name: str, text: float, about: Conversation | None = None
    ) -> tuple[float, float]:
        """Tokens and operations of one sequence through a module, about the images of a question or
        (None) without; none of either where its shape is not known."""
        module = self.module(name)
        if module is None:
            return 0, 0
        if about is None or module.tower is None:
            return text, flops.language_forward(module.language, text)
        tokens = text + module.image_tokens(about)
        seeing = module.passes(about) * flops.tower_forward(module.tower)
        return tokens, flops.language_forward(module.language, tokens) + seeing
