"""Which data sets a configuration uses, and which training sets and tests they give."""

from __future__ import annotations

from pathlib import Path

from ..catalogue import benchmarks, datasets
from ..catalogue.readers import Makes, SetReader
from ..config.configuration import Configuration
from ..config.errors import ConfigError
from ..records.files import RecordError

EXTRACTION = "extraction"
"""The extraction data: written by the teacher, or, where rows of it are asked for, as released."""


class StudyData:
    """The data of a study."""

    def __init__(self, configuration: Configuration, folder: Path) -> None:
        """folder: the Snakefile's. Raises ConfigError for a benchmark that there is not."""
        self.configuration, self.folder = configuration, folder
        self.benchmarks = configuration.benchmarks
        self.is_rendered = configuration.data.source == "rendered"
        self.families = list(datasets.families()) if _asks_families(configuration) else []
        self.entries = {name: _entry(name, b.source, folder) for name, b in self.benchmarks.items()}
        self._sets = datasets.training_sets(self.is_rendered)
        self._tests = datasets.tested_families(self.is_rendered)

    @property
    def tested(self) -> list[str]:
        """Everything that has questions: the families, then the benchmarks."""
        return [*self.families, *self.benchmarks]

    def sources(self) -> list[str]:
        """The data sets that are used: of training sets, then of benchmarks."""
        known = dict.fromkeys([*self._sets, *self._tests])
        used = [source for source in known if self.trained_on(source) or self.tested_on(source)]
        return used + list(dict.fromkeys(map(self.test_source_of, self.benchmarks)))

    def rendered_benchmarks(self) -> dict[str, str]:
        """The published benchmarks that are rendered, each with the name of the truth about it."""
        truths = {self.test_source_of(n): e.truth for n, e in self.entries.items() if e.truth}
        return truths if self.is_rendered else {}

    def rendered_sources(self) -> list[str]:
        """The data sets that are rendered."""
        rendered = {*self._sets, *self._tests, *self.rendered_benchmarks()}
        return [name for name in self.sources() if name in rendered]

    def known_benchmarks(self) -> list[str]:
        """The benchmarks whose truth is known: they are rendered."""
        return [name for name, entry in self.entries.items() if entry.truth and self.is_rendered]

    def own_entries(self) -> list[Path]:
        """The entries of a user's own that benchmarks name."""
        named = dict.fromkeys(b.source for b in self.benchmarks.values())
        return [self.folder / source for source in named if source.endswith(".toml")]

    def own_files(self) -> dict[str, Path]:
        """The benchmarks that are read from a user's own file, by the name of their source."""
        own = {n: e.source.path for n, e in self.entries.items() if e.source.path}
        return {self.test_source_of(name): Path(path) for name, path in own.items()}

    def categories(self, benchmark: str) -> list[str]:
        """The categories of a benchmark that count."""
        chosen = self.benchmarks[benchmark].categories
        return list(benchmarks.cells_of(self.entries[benchmark], chosen))

    def trained_on(self, source: str) -> list[str]:
        """The training sets that a data set gives."""
        counts = self.configuration.data.train
        return [name for name in self._sets.get(source, ()) if counts.get(name)]

    def families_on(self, source: str) -> list[str]:
        """The families whose questions a data set gives."""
        return [name for name in self._tests.get(source, ()) if name in self.families]

    def row_sets(self, source: str) -> list[tuple[Makes, str, SetReader]]:
        """The training sets and families that are taken from a published data set: what its reader
        makes of their rows, their name, and how they are read."""
        sets: list[tuple[Makes, str, SetReader]] = []
        for name in self.trained_on(source):
            sets.append(("samples", name, datasets.training_reader(name, rendered=False)))
        for name in self.families_on(source):
            sets.append(("questions", name, datasets.question_reader(name, rendered=False)))
        return sets

    def tested_on(self, source: str) -> list[str]:
        """The families and benchmarks whose questions a data set gives."""
        return [*self.families_on(source), *self.benchmarks_on(source)]

    def benchmarks_on(self, source: str) -> list[str]:
        """The benchmarks that take their questions from a data set."""
        return [name for name in self.benchmarks if self.test_source_of(name) == source]

    def source_of(self, name: str) -> str:
        """The data set that a training set comes from."""
        return next(source for source, names in self._sets.items() if name in names)

    def test_source_of(self, name: str) -> str:
        """The data set that the questions of a family or a benchmark come from."""
        if name in self.benchmarks:
            return benchmarks.name_of(self.benchmarks[name].source)
        return next(source for source, names in self._tests.items() if name in names)

    def truth_of(self, benchmark: str) -> str:
        """The name under which the truth about a rendered benchmark lies."""
        return self.entries[benchmark].truth

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
        is_official = self.configuration.prompts == "official" and not self.is_rendered
        return is_official and self.entries[benchmark].official_phrases

    def published_phrases(self) -> list[str]:
        """The benchmarks whose focus phrases the paper published."""
        return [name for name in self.benchmarks if self.has_published_phrases(name)]

    def written_phrases(self) -> list[str]:
        """The benchmarks whose focus phrases the largest language model writes."""
        return [name for name in self.benchmarks if not self.has_published_phrases(name)]


def _asks_families(configuration: Configuration) -> bool:
    """Whether a model answers the families: those that answer end to end here do."""
    runs = configuration.runs.end_to_end
    return bool(configuration.data.test and (runs.models or runs.blind))


def _entry(name: str, source: str, folder: Path) -> benchmarks.Benchmark:
    try:
        return benchmarks.named(source, folder)
    except RecordError as error:
        raise ConfigError(f"config: benchmarks.{name}.source: {error}") from None
