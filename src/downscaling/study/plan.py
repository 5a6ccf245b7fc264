"""The study that a configuration describes: its models, its runs, and each verb's values."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config.configuration import Configuration, parse
from ..config.data import Benchmark
from ..config.errors import ConfigError
from ..config.external import Weights
from ..config.generation import Mode
from ..config.jobs import Job
from ..config.teacher import ENGINE, TransformersTeacher, asking_of, engine_of
from ..config.tunings import Layout, Stage, TuningSettings
from ..runtime.devices import PER_GPU, REPORT_TO
from .checks import problems
from .comparisons import comparisons
from .names import (
    END_TO_END,
    EXTRACTION,
    FAMILIES,
    FIGURES,
    GOLD,
    LLAVA_ONEVISION,
    PUBLISHED_SETS,
    PUBLISHED_TESTS,
    QWEN2,
    SETS,
    TESTS,
    TRUTH,
    ReasoningJob,
    Run,
)
from .settings import (
    Comparison,
    Converse,
    Evaluate,
    Exporting,
    Features,
    LanguageModel,
    Observe,
    Packing,
    Perceive,
    Prepare,
    Probe,
    Reading,
    Reason,
    Render,
    Reporting,
    Scored,
    Scoring,
    Teach,
    Tower,
    Tuning,
    as_json,
)

LOCK = "DOWNSCALING_LOCK"
MIRRORS = "DOWNSCALING_MIRRORS"
OFFLINE = "DOWNSCALING_OFFLINE"


class Study:
    """The study that a configuration describes; made by `load`, which has checked it."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.preset = configuration.preset
        self.seeds = configuration.seeds
        self.sizes = configuration.backbones.sizes
        self.benchmarks = list(configuration.benchmarks)
        self.backbones = [*self.sizes, "tower"]
        self.is_rendered = configuration.data.source == "rendered"
        self._sets = SETS if self.is_rendered else PUBLISHED_SETS
        self._tests = TESTS if self.is_rendered else PUBLISHED_TESTS

    # ---- data

    def sources(self) -> list[str]:
        """The published data sets that are used: of training sets, then of benchmarks."""
        held = dict.fromkeys([*self._sets, *self._tests])
        used = [source for source in held if self.trained_on(source) or self.tested_on(source)]
        return used + list(
            dict.fromkeys(benchmark.source for benchmark in self._benchmarks.values())
        )

    def trained_on(self, source: str) -> list[str]:
        """The training sets that a published data set gives."""
        counts = self.configuration.data.train
        return [name for name in self._sets.get(source, ()) if counts.get(name)]

    def tested_on(self, source: str) -> list[str]:
        """The families or benchmarks whose questions a published data set gives."""
        return [*self._tests.get(source, ()), *self.benchmarks_on(source)]

    def benchmarks_on(self, source: str) -> list[str]:
        """The benchmarks that take their questions from a published one."""
        return [name for name, taken in self._benchmarks.items() if taken.source == source]

    def source_of(self, name: str) -> str:
        """The published data set that a training set comes from."""
        return next(source for source, names in self._sets.items() if name in names)

    def test_source_of(self, name: str) -> str:
        """The published data set that the questions of a family or a benchmark come from."""
        if name in self._benchmarks:
            return self._benchmarks[name].source
        return next(source for source, names in self._tests.items() if name in names)

    def known_sets(self) -> list[str]:
        """Every training set that could be had without a teacher."""
        return [name for names in self._sets.values() for name in names]

    def training_sets(self) -> list[str]:
        """Every training set that is had without a teacher."""
        return [name for source in self._sets for name in self.trained_on(source)]

    def drawn_sets(self) -> list[str]:
        """Every training set that a tuning draws on, the teacher's included."""
        drawn = {name for stage in self.configuration.tunings.values() for name in stage.sets}
        held = dict.fromkeys([*self.training_sets(), EXTRACTION])
        return [name for name in held if name in drawn]

    @property
    def is_taught(self) -> bool:
        """Whether the extraction data are the teacher's, and not those that were released."""
        return EXTRACTION not in self.training_sets()

    def fetched(self) -> dict[str, str]:
        """What is fetched: each source and, under the preset's folder, the place it gets."""
        sets = [] if self.is_rendered else self.sources()
        return {
            **{name: f"raw/{name}" for name in sets},
            **self.fetched_weights(),
            **self.external_sources(),
        }

    def fetched_weights(self) -> dict[str, str]:
        """The same of weights: backbones, the teacher, released checkpoints."""
        backbones, teacher = self.configuration.backbones, self.configuration.teacher
        wanted: dict[str, str] = {}
        if backbones.source == "hub":
            wanted = {backbones.weights[name]: f"backbones/{name}" for name in self.backbones}
        if self.is_taught and isinstance(teacher, TransformersTeacher) and teacher.source == "hub":
            wanted[teacher.model] = f"backbones/{teacher.model}"
        for sizes in self.configuration.released.values():
            wanted |= {name: f"backbones/{name}" for name in sizes.values()}
        return wanted

    @property
    def _benchmarks(self) -> dict[str, Benchmark]:
        return self.configuration.benchmarks

    # ---- models

    def tuned(self) -> list[tuple[str, str]]:
        """Every (tuning, size) of the configuration."""
        stages = self.configuration.tunings.items()
        return [(tuning, size) for tuning, stage in stages for size in stage.sizes]

    def stage(self, tuning: str) -> Stage:
        """The settings of a tuning, those that all share included."""
        return self.configuration.tunings[tuning]

    def ancestry(self, tuning: str) -> list[str]:
        """A tuning and those that it starts from, the first one last."""
        chain = [tuning]
        while (start := self.stage(chain[-1]).start) is not None:
            chain.append(start)
        return chain

    def caches_features(self, tuning: str) -> bool:
        """Whether features that were computed once serve a tuning: it asks for them, and the vision
        tower is still the backbone's throughout."""
        is_trained = any(self.stage(t).learning_rate.vision_tower for t in self.ancestry(tuning))
        return self.stage(tuning).cache_features and not is_trained

    def image_sets(self, tuning: str) -> list[str]:
        """The training sets whose images a tuning sees; the teacher's conversations are about
        images of the sets that it was given."""
        names = set(self.stage(tuning).sets)
        if EXTRACTION in names and self.is_taught:
            names |= set(self.configuration.teacher.sets)
        return [name for name in self.training_sets() if name in names]

    def featured_sets(self) -> list[str]:
        """The training sets whose images are wanted as features."""
        cached = [t for t in self.configuration.tunings if self.caches_features(t)]
        wanted = {name for tuning in cached for name in self.image_sets(tuning)}
        return [name for name in self.training_sets() if name in wanted]

    # ---- runs

    def perceptions(self) -> list[str]:
        """The perception modules whose descriptions are read, without gold."""
        read = [p for job in self.reasoning_jobs() for p in job.perceptions if p != GOLD]
        return list(dict.fromkeys(read))

    def reasoning_jobs(self) -> list[ReasoningJob]:
        """The decoupled runs, grouped; a run that several entries ask for is made by the first."""
        taken: set[Run] = set()
        jobs = []
        for number, entry in enumerate(self.configuration.runs.decoupled, 1):
            for reasoning in entry.reasoning:
                for mode in entry.modes:
                    runs = [Run(perception, reasoning, mode) for perception in entry.perception]
                    new = tuple(dict.fromkeys(run.perception for run in runs if run not in taken))
                    taken.update(runs)
                    if new:
                        name = f"{number}_{reasoning}_{mode}"
                        jobs.append(ReasoningJob(name, reasoning, mode, new))
        return jobs

    def pairs(self) -> list[Run]:
        """Every decoupled run."""
        return [
            Run(perception, job.reasoning, job.mode)
            for job in self.reasoning_jobs()
            for perception in job.perceptions
        ]

    def seeds_of(self, module: str) -> list[int]:
        """The seeds of a module's descriptions, or of its own answers: what was not trained here
        and writes greedily, or was made elsewhere, is the same under every seed and made once."""
        external = self.configuration.external
        elsewhere = {
            *external.models,
            *external.descriptions,
            *(run.perception for run in self._given()),
        }
        return self.seeds[:1] if module in elsewhere else self.seeds

    def runs(self) -> list[Run]:
        """Every run that is scored."""
        return list(dict.fromkeys([*self.pairs(), *self.end_to_end(), *self._given()]))

    def external_weights(self, name: str) -> Weights | None:
        """Where a model that was not trained here lies; None for one of the study's own."""
        external = self.configuration.external
        return external.models.get(name) or external.reasoners.get(name)

    def external_sources(self) -> dict[str, str]:
        """What has to be fetched for external models and official prompts: each source and, under
        the preset's folder, its place."""
        external = self.configuration.external
        weights = [*external.models.values(), *external.reasoners.values()]
        fetched = [held for held in weights if held.source == "hub"]
        named = [name for held in fetched for name in (held.model, held.form) if name]
        wanted = {name: f"backbones/{name}" for name in named}
        if self.configuration.prompts == "official":
            wanted["official"] = "raw/official"
        return wanted

    def has_published_phrases(self, benchmark: str) -> bool:
        """Whether the paper's own focus phrases are for a benchmark's questions."""
        data, source = self.configuration.data.source, self._benchmarks[benchmark].source
        is_published = source == "mmstar" and data != "rendered"
        return is_published and self.configuration.prompts == "official"

    def given_files(self) -> list[tuple[str, str, str, str]]:
        """What was made elsewhere: of each file its kind (descriptions or answers), its path, its
        benchmark, and its place under the preset's folder."""
        external, seed = self.configuration.external, self.seeds[0]
        found = [
            (
                "descriptions",
                file,
                benchmark,
                f"descriptions/seed-{seed}/{name}/{benchmark}.parquet",
            )
            for name, files in external.descriptions.items()
            for benchmark, file in files.items()
        ]
        for run in external.answers:
            parts = [run.perception, run.reasoning]
            parts = parts[::-1] if run.reasoning == END_TO_END else parts
            place = "/".join([f"answers/seed-{seed}", *parts, run.mode])
            found += [
                ("answers", file, benchmark, f"{place}/{benchmark}.parquet")
                for benchmark, file in run.files.items()
            ]
        return found

    def _given(self) -> list[Run]:
        """The runs that were made elsewhere."""
        given = self.configuration.external.answers
        return [Run(run.perception, run.reasoning, run.mode) for run in given]

    def end_to_end(self) -> list[Run]:
        """Every end-to-end run."""
        runs = self.configuration.runs.end_to_end
        asked = [(model, "image") for model in runs.models]
        asked += [(model, "blind") for model in runs.blind]
        return [Run(model, END_TO_END, mode) for model, mode in dict.fromkeys(asked)]

    def figures(self) -> list[str]:
        """The figures that are drawn: all, but those of models of others that are not run."""
        made = set(self.pairs())
        others = {"figure-a3": self.sizes, "figure-a4": QWEN2}
        missing = {
            name
            for name, reasoners in others.items()
            if not {Run(p, r, "plain") for p in LLAVA_ONEVISION for r in reasoners} <= made
        }
        return [name for name in FIGURES if name not in missing]

    def comparisons(self) -> list[Comparison]:
        """The differences that the figures show, as far as their runs exist."""
        made = {*self.pairs(), *self.end_to_end()}
        return list(comparisons(self.sizes, made, self.benchmarks))

    # ---- what the verbs read

    def render(self) -> Render:
        """For `render`."""
        data, configuration = self.configuration.data, self.configuration
        return Render(
            seed=data.seed,
            train={name: count for name, count in data.train.items() if count},
            test=data.test,
            in_domain=data.in_domain,
            out_of_domain=data.out_of_domain,
            prompts=self._worded(),
            answer_form=configuration.answer_form,
        )

    def prepare(self, source: str) -> Prepare:
        """For `prepare`. What was rendered is taken whole."""
        data = self.configuration.data
        trained = [] if self.is_rendered else self.trained_on(source)
        tested = () if self.is_rendered else self._tests.get(source, ())
        return Prepare(
            benchmarks={
                name: self._benchmarks[name].categories for name in self.benchmarks_on(source)
            },
            train={name: data.train[name] for name in trained},
            test=dict.fromkeys(tested, data.test),
            seed=data.seed,
            missing_share=self.configuration.sources.missing_share,
        )

    def pretrain(self, name: str) -> LanguageModel | Tower:
        """For `pretrain`: of a size, or of the tower."""
        recipe = self.configuration.backbones.recipe
        if recipe is None:
            raise ConfigError("config: backbones.recipe: missing; allowed: a recipe, to retrain")
        if name == "tower":
            return Tower(**recipe.tower.values(), seed=recipe.seed)
        return LanguageModel(
            **recipe.ladder[name].values(),
            steps=recipe.steps,
            review_steps=recipe.review_steps,
            batch_size=recipe.batch_size,
            learning_rate=recipe.learning_rate,
            muon_learning_rate=recipe.muon_learning_rate,
            seed=recipe.seed,
        )

    def probe(self) -> Probe:
        """For `probe`."""
        return Probe(seed=self.configuration.data.seed)

    def features(self) -> Features:
        """For `features`."""
        return Features(
            images=self.configuration.tuning.images,
            batch_size=self.configuration.perception.batch_size,
        )

    def tune(self, tuning: str, size: str, seed: int) -> Tuning:
        """For `tune`: the same recipe at every size, and the size's layout on its devices."""
        stage = self.stage(tuning)
        shared = {name: getattr(stage, name) for name in TuningSettings.model_fields}
        layout = stage.layouts.get(size, Layout())
        return Tuning(**shared, layout=layout, seed=seed, **self._reads("precision"))

    def observe(self) -> Observe:
        """For `observe`."""
        return Observe(
            **self.configuration.focus.values(), prompts=self._worded(), **self._reads("precision")
        )

    def teach(self) -> Teach:
        """For `statements` and `depict`."""
        teacher = self.configuration.teacher
        return Teach(
            engine=teacher.engine,
            asking=asking_of(teacher),
            precision=self.configuration.precision if teacher.engine == "transformers" else None,
            seed=self.configuration.data.seed,
            **self._reads("prompts"),
        )

    def shards(self) -> list[str]:
        """The parts in which the rows of each of the teacher's sets are worked on, in their order:
        1-of-3, 2-of-3, 3-of-3."""
        count = self.configuration.teacher.shards
        return [f"{number}-of-{count}" for number in range(1, count + 1)]

    def converse(self) -> Converse:
        """For `converse`."""
        return Converse(**self._reads("prompts"))

    def perceive(self) -> Perceive:
        """For `perceive`."""
        return Perceive(
            **self.configuration.perception.values(), **self._reads("prompts", "precision")
        )

    def reason(self, mode: Mode, seed: int) -> Reason:
        """For `reason`."""
        reasoning = self.configuration.reasoning
        return Reason(
            sampling=reasoning.think if mode == "think" else reasoning.plain,
            suppress=reasoning.suppress if mode == "think" else [],
            batch_size=reasoning.batch_size,
            seed=seed,
            **self._reads("prompts", "answer_form", "precision"),
        )

    def evaluate(self) -> Evaluate:
        """For `evaluate`."""
        return Evaluate(
            **self.configuration.end_to_end.values(),
            prompts=self._worded(),
            **self._reads("answer_form", "precision"),
        )

    def score(self) -> Scoring:
        """For `score`."""
        return Scoring(
            preset=self.preset,
            seeds=self.seeds,
            benchmarks=self.benchmarks,
            families=list(FAMILIES),
            runs=[self._scored(run) for run in self.runs()],
            descriptions={name: self.seeds_of(name) for name in self.perceptions()},
            comparisons=self.comparisons(),
            facts={
                name: f"truth/{self.truth_of(name)}/facts.parquet"
                for name in self.benchmarks
                if self.is_rendered
            },
            reader=self.configuration.scores.reader,
            bootstrap=self.configuration.scores.bootstrap,
            seed=self.configuration.scores.seed,
        )

    def _scored(self, run: Run) -> Scored:
        elsewhere = run in self._given()
        whole = run.reasoning == END_TO_END
        return Scored(
            perception=run.perception,
            reasoning=run.reasoning,
            mode=run.mode,
            benchmarks=[*(["families"] if whole and not elsewhere else []), *self.benchmarks],
            seeds=self.seeds_of(run.perception) if whole or elsewhere else self.seeds,
        )

    def exporting(self) -> Exporting:
        """For `export`."""
        score = self.score()
        return Exporting(families=score.families, runs=score.runs, reader=score.reader)

    def reading(self) -> Reading:
        """For `figure`, `table` and `validity`."""
        return Reading(
            preset=self.preset,
            sizes=self.sizes,
            families=list(FAMILIES),
            reader=self.configuration.scores.reader,
        )

    def report(self) -> Reporting:
        """For `report`."""
        score = self.score()
        return Reporting(
            preset=self.preset,
            sizes=self.sizes,
            seeds=self.seeds,
            benchmarks=self.benchmarks,
            families=score.families,
            runs=score.runs,
            descriptions=score.descriptions,
            truth={name: f"truth/{self.truth_of(name)}" for name in score.facts},
            reader=score.reader,
            configuration=self.configuration.values(),
        )

    def packing(self) -> Packing:
        """For `crate`."""
        return Packing(preset=self.preset, configuration=self.configuration.values())

    def shipped(self, name: str, folder: Path) -> str:
        """sha256 of what the manifest says of a shipped backbone: its content, whatever the dates
        of its files. `folder` is the Snakefile's."""
        manifest = folder / self.configuration.backbones.folder / "manifest.json"
        listed = json.loads(manifest.read_text())
        files = sorted(item for item in listed.items() if item[0].startswith(f"{name}/"))
        return hashlib.sha256(json.dumps(files).encode()).hexdigest()

    def truth_of(self, benchmark: str) -> str:
        """The folder under `truth/` that holds a benchmark's gold descriptions and facts."""
        return TRUTH[self._benchmarks[benchmark].source]

    def job(self, kind: str) -> Job:
        """What a job of a kind asks for."""
        return getattr(self.configuration.jobs, kind)  # type: ignore[no-any-return]

    def tuning_job(self, size: str) -> Job:
        """What a tuning asks for at a size."""
        jobs = self.configuration.jobs
        return jobs.tune_by_size.get(size, jobs.tune)

    def _worded(self) -> str:
        """The set of templates for what the paper's repository holds no prompt for."""
        prompts = self.configuration.prompts
        return "own" if prompts == "official" else prompts

    def _reads(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self.configuration, name) for name in names}


def load(values: Mapping[str, Any], folder: Path) -> Study:
    """The study that a configuration describes. `folder` is the Snakefile's.

    Raises ConfigError, one line, for the first key that is wrong or asks for the impossible.
    """
    study = Study(parse(values))
    for problem in problems(study, folder):
        raise ConfigError(f"config: {problem}")
    return study


def environment(study: Study, source: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Environment variables of the jobs: under them a result depends on its inputs and seed alone,
    nothing is fetched behind its back, and `python` runs the code in `source`.

    `outer` is the environment that these are added to.
    """
    threads = str(study.configuration.threads)
    libraries = ("OMP", "MKL", "OPENBLAS", "NUMEXPR")
    searched = [str(Path(sys.executable).parent), outer.get("PATH", "")]
    imported = [str(source), outer.get("PYTHONPATH", "")]
    return {f"{library}_NUM_THREADS": threads for library in libraries} | {
        "PATH": os.pathsep.join(filter(None, searched)),
        "PYTHONPATH": os.pathsep.join(filter(None, imported)),
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        OFFLINE: outer.get("HF_HUB_OFFLINE", "0"),  # of the jobs that may fetch
        LOCK: str(source.parent / study.configuration.sources.lock),
        MIRRORS: json.dumps(study.configuration.sources.mirrors, sort_keys=True),
        "MPLBACKEND": "Agg",
        PER_GPU: str(study.configuration.jobs.per_gpu),
        REPORT_TO: ",".join(study.configuration.report_to),
        ENGINE: as_json(engine_of(study.configuration.teacher)),
    }
