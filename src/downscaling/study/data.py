"""Which data sets a configuration uses, and which training sets and tests they give."""

from __future__ import annotations

from ..config.configuration import Configuration
from ..config.data import Benchmark
from .names import (
    EXTRACTION,
    FAMILIES,
    PUBLISHED_SETS,
    PUBLISHED_TESTS,
    SETS,
    TESTS,
    TRUTH,
)


class StudyData:
    """The data of a study."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.benchmarks: dict[str, Benchmark] = configuration.benchmarks
        self.is_rendered = configuration.data.source == "rendered"
        self.families = list(FAMILIES)
        self._sets = SETS if self.is_rendered else PUBLISHED_SETS
        self._tests = TESTS if self.is_rendered else PUBLISHED_TESTS

    @property
    def tested(self) -> list[str]:
        """Everything that has questions: the families, then the benchmarks."""
        return [*self.families, *self.benchmarks]

    def sources(self) -> list[str]:
        """The data sets that are used: of training sets, then of benchmarks."""
        known = dict.fromkeys([*self._sets, *self._tests])
        used = [source for source in known if self.trained_on(source) or self.tested_on(source)]
        return used + list(dict.fromkeys(b.source for b in self.benchmarks.values()))

    def rendered_benchmarks(self) -> dict[str, str]:
        """The published benchmarks that are rendered, each with the name of the truth about it."""
        return {name: TRUTH[name] for name in self.sources() if name in TRUTH}

    def rendered_sources(self) -> list[str]:
        """The data sets that are rendered, and not had from a user's own file."""
        return [name for name in self.sources() if name in self._sets or name in TRUTH]

    def known_benchmarks(self) -> list[str]:
        """The benchmarks whose truth is known: they are rendered."""
        sources = self.rendered_benchmarks() if self.is_rendered else {}
        return [name for name, taken in self.benchmarks.items() if taken.source in sources]

    def trained_on(self, source: str) -> list[str]:
        """The training sets that a data set gives."""
        counts = self.configuration.data.train
        return [name for name in self._sets.get(source, ()) if counts.get(name)]

    def families_on(self, source: str) -> list[str]:
        """The families whose questions a data set gives."""
        return list(self._tests.get(source, ()))

    def tested_on(self, source: str) -> list[str]:
        """The families and benchmarks whose questions a data set gives."""
        return [*self.families_on(source), *self.benchmarks_on(source)]

    def benchmarks_on(self, source: str) -> list[str]:
        """The benchmarks that take their questions from a data set."""
        return [name for name, taken in self.benchmarks.items() if taken.source == source]

    def source_of(self, name: str) -> str:
        """The data set that a training set comes from."""
        return next(source for source, names in self._sets.items() if name in names)

    def test_source_of(self, name: str) -> str:
        """The data set that the questions of a family or a benchmark come from."""
        if name in self.benchmarks:
            return self.benchmarks[name].source
        return next(source for source, names in self._tests.items() if name in names)

    def truth_of(self, benchmark: str) -> str:
        """The name under which the truth about a rendered benchmark lies."""
        return TRUTH[self.benchmarks[benchmark].source]

    def known_sets(self) -> list[str]:
        """Every training set that could be had without a teacher."""
        return [name for names in self._sets.values() for name in names]

    def training_sets(self) -> list[str]:
        """Every training set that is had without a teacher."""
        return [name for source in self._sets for name in self.trained_on(source)]

    def drawn_sets(self) -> list[str]:
        """Every training set that a tuning draws on, the teacher's included."""
        drawn = {name for t in self.configuration.tunings.values() for name in t.sets}
        return [n for n in dict.fromkeys([*self.training_sets(), EXTRACTION]) if n in drawn]

    @property
    def is_taught(self) -> bool:
        """Whether the extraction data are the teacher's, and not those that were released."""
        return EXTRACTION not in self.training_sets()

    def shards(self) -> list[str]:
        """The parts in which the rows of each of the teacher's sets are worked on, in their order:
        1-of-3, 2-of-3, 3-of-3."""
        count = self.configuration.teacher.shards
        return [f"{number}-of-{count}" for number in range(1, count + 1)]

    @property
    def worded(self) -> str:
        """The set of templates for what the paper's repository holds no prompt for."""
        prompts = self.configuration.prompts
        return "own" if prompts == "official" else prompts

    def has_published_phrases(self, benchmark: str) -> bool:
        """Whether the paper's own focus phrases are for a benchmark's questions."""
        is_mmstar = self.benchmarks[benchmark].source == "mmstar" and not self.is_rendered
        return is_mmstar and self.configuration.prompts == "official"

    def published_phrases(self) -> list[str]:
        """The benchmarks whose focus phrases the paper published."""
        return [name for name in self.benchmarks if self.has_published_phrases(name)]

    def written_phrases(self) -> list[str]:
        """The benchmarks whose focus phrases the largest language model writes."""
        return [name for name in self.benchmarks if not self.has_published_phrases(name)]
