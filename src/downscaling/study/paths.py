"""Where everything lies under results/<preset>: no other module spells a path.

Every argument may also be a wildcard of Snakemake's, such as "{seed}". The seed stands last among
the folders: rules whose outputs begin alike are all tried for every file.

What is computed is the same to the byte each time; what is measured lies apart, in `MEASURED`.
"""

from __future__ import annotations

from dataclasses import dataclass

from .runs import Run

MEASURED = {
    "measured/": "what each job took, and when, where and on what it ran; logs and learning "
    "curves; figure A9, which shows seconds; the costs that the report shows",
    "ro-crate-metadata.json": "the times of jobs, their devices and the commit; by its standard "
    "it stands at the root of the folder and has a date",
}
"""What may differ between two runs of one study: files, and folders that end in a slash, from the
preset's folder, each with what it holds that is measured. Everything else is equal to the byte."""


def is_measured(path: str) -> bool:
    """Whether a file, given from the preset's folder, is or holds a measurement."""
    return any(f"{path}/".startswith(part.rstrip("/") + "/") for part in MEASURED)


@dataclass(frozen=True)
class JobPaths:
    """The files of a job beside its results: its log, its timing by Snakemake, its record, which
    is computed, and its measurement."""

    log: str
    timing: str
    record: str
    measurement: str


@dataclass(frozen=True)
class Paths:
    """The paths of one preset."""

    preset: str

    @property
    def root(self) -> str:
        """The folder of the preset. Names of images in records start from it."""
        return f"results/{self.preset}"

    def under(self, path: str) -> str:
        """A path that is given from the preset's folder."""
        return f"{self.root}/{path}"

    def measured(self, path: str) -> str:
        """A path in the folder of what is measured."""
        return self.under(f"measured/{path}")

    # Data

    def raw(self, source: str) -> str:
        """The folder of a data set in its published layout."""
        return self.under(f"raw/{source}")

    def scenes(self) -> str:
        """What the miniature's renderer drew."""
        return self.under("truth/scenes.jsonl")

    def gold(self, truth: str) -> str:
        """The true descriptions for a rendered benchmark."""
        return self.under(f"truth/{truth}/gold.parquet")

    def facts(self, truth: str) -> str:
        """The facts that the questions of a rendered benchmark need."""
        return self.under(f"truth/{truth}/facts.parquet")

    def training_set(self, name: str) -> str:
        """The conversations of a training set."""
        return self.under(f"data/{name}/train.parquet")

    def questions(self, name: str) -> str:
        """The questions of a family or a benchmark."""
        return self.under(f"data/{name}/test.parquet")

    def benchmark_images(self, benchmark: str) -> str:
        """The folder of a benchmark's images."""
        return self.under(f"data/{benchmark}/images")

    def missing(self, source: str) -> str:
        """The folder with lists of what a data set's records miss."""
        return self.under(f"missing/{source}")

    def taught(self, name: str, shard: str, part: str) -> str:
        """One part of what a teacher made of a shard of a training set."""
        return self.under(f"extraction/{name}/{shard}/{part}.parquet")

    def dropped_rows(self) -> str:
        """The rows that the teacher failed on."""
        return self.under("extraction/dropped.csv")

    # Models

    def backbone(self, name: str) -> str:
        """A language model, the vision tower, or weights that were fetched."""
        return self.under(f"backbones/{name}")

    def model(self, module: str, seed: int | str) -> str:
        """A tuned model."""
        return self.under(f"models/{module}/seed-{seed}")

    def converted(self, module: str) -> str:
        """A published model that was converted to transformers' form."""
        return self.under(f"models/{module}/converted")

    def features(self) -> str:
        """What the frozen vision tower sees in the training images."""
        return self.under("features/train.safetensors")

    def states(self, module: str, seed: int | str) -> str:
        """The folder of checkpoints of an interrupted tuning, kept when its outputs are removed."""
        return self.under(f"states/{module}-seed-{seed}")

    def curves(self, module: str, seed: int | str) -> str:
        """The learning curves of a tuning. Their files hold the time of day."""
        return self.measured(f"tensorboard/{module}/seed-{seed}")

    # Evaluation

    def focus(self, benchmark: str) -> str:
        """The focus phrases for a benchmark's questions."""
        return self.under(f"focus/{benchmark}.parquet")

    def descriptions(self, module: str, seed: int | str, benchmark: str) -> str:
        """A perception module's descriptions for a benchmark's questions."""
        return self.under(f"descriptions/{module}/seed-{seed}/{benchmark}.parquet")

    def answers(self, run: Run, seed: int | str, benchmark: str) -> str:
        """The answers of a run to a benchmark's questions."""
        folder = f"answers/{run.perception}/{run.reasoning}/{run.mode}/seed-{seed}"
        return self.under(f"{folder}/{benchmark}.parquet")

    # Results

    def scores(self, file: str) -> str:
        """A file of scores."""
        return self.under(f"scores/{file}")

    def figure(self, name: str, suffix: str) -> str:
        """A figure as png or svg, or its data as csv."""
        return self.under(f"figures/{name}.{suffix}")

    def timed_figure(self, name: str, suffix: str) -> str:
        """A figure of seconds, as png, svg or csv."""
        return self.measured(f"figures/{name}.{suffix}")

    def table(self, name: str) -> str:
        """A table."""
        return self.under(f"tables/{name}.csv")

    def audit(self, suffix: str) -> str:
        """The audit, as json or txt."""
        return self.under(f"audit/audit.{suffix}")

    def sample_logs(self) -> str:
        """The folder of sample logs as lmms-eval writes them."""
        return self.under("samples")

    def report(self) -> str:
        """The report's page."""
        return self.under("report.html")

    def report_folder(self) -> str:
        """What the report's page shows and links to."""
        return self.under("report")

    def costs(self, suffix: str) -> str:
        """What the study took: a table as csv, or a script that fills the report's page."""
        return self.measured(f"costs.{suffix}")

    def crate(self) -> str:
        """The metadata by which the preset's folder is an RO-Crate."""
        return self.under("ro-crate-metadata.json")

    def workflow(self, file: str) -> str:
        """A copy of a file of the workflow, in the crate."""
        return self.under(f"workflow/{file}")

    # Jobs

    def run_lock(self) -> str:
        """The lock of a run of the graph: one at a time works on a preset."""
        return self.measured("run.lock")

    def slurm_run(self) -> str:
        """The file with the name under which SLURM has the jobs of the latest run there."""
        return self.measured("slurm-run.txt")

    def job(self, name: str) -> JobPaths:
        """The files beside a job's results. Its name is its stage, then what tells it from others:
        perceive/instruct-8B/seed-0."""
        return JobPaths(
            log=self.measured(f"logs/{name}.log"),
            timing=self.measured(f"timings/{name}.tsv"),
            record=self.under(f"provenance/{name}.json"),
            measurement=self.measured(f"jobs/{name}.json"),
        )
