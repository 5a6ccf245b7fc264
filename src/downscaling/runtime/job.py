"""One job: what a stage is given, and how it is run, watched and recorded."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import importlib.metadata
import json
import os
import tempfile
import time
import typing
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from ..records.files import remove_unfinished
from . import declared, devices, numerics
from .digests import digests
from .one_writer import STARTER, end_with_starter, one_writer
from .plainly import shown_plainly
from .recording import recorded

COMPUTING = (
    *("torch", "transformers", "accelerate", "peft", "tokenizers", "safetensors"),
    *("datasets", "pyarrow", "numpy", "pillow"),
)
"""The libraries with which a long job computes."""

Settings = TypeVar("Settings")
Inputs = TypeVar("Inputs")
Outputs = TypeVar("Outputs")


@dataclasses.dataclass(frozen=True)
class Task:
    """A job as a rule hands it over: plain values, which JSON holds.

    Attributes:
        stage: the module of `stages`.
        settings: JSON of the stage's settings.
        code: the digest of the stage's code.
        root: the preset's folder.
        inputs, outputs: by name, the paths that the rule declares.
        record, measurement: where the job's record and its measurement go; outputs too.
        resources: what the job may use, by name. It decides no result.
        threads: how many it computes on.
        makers: by input, the file that holds its sha256: the record of the job that made it, or the
            measurement where it is measured.
        strict: whether every file of the folders that it reads is hashed before it begins.
    """

    stage: str
    settings: str
    code: str
    root: str
    inputs: dict[str, list[str]]
    outputs: dict[str, list[str]]
    record: str
    measurement: str
    resources: dict[str, Any]
    threads: int
    makers: dict[str, str] = dataclasses.field(default_factory=dict)
    strict: bool = False


@dataclasses.dataclass(frozen=True)
class Job(Generic[Settings, Inputs, Outputs]):
    """What a stage's `run` is given."""

    task: Task
    settings: Settings
    inputs: Inputs
    outputs: Outputs
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)

    @contextmanager
    def timing(self, output: Path) -> Iterator[None]:
        """Record the seconds of the block as those of one output: of the work alone, without what
        is loaded once for all."""
        since = time.monotonic()
        yield
        self.seconds[str(output)] = round(time.monotonic() - since, 2)

    @property
    def read(self) -> list[Path]:
        """All that the job reads."""
        return _paths(self.task.inputs)

    @property
    def root(self) -> Path:
        """The preset's folder, from which names of images in records start."""
        return Path(self.task.root)

    def identity(self, read: Iterable[Path | None]) -> str:
        """16 hexadecimal digits of what decides a result: the settings, the code, what is read for
        it, the libraries, and whether GPUs compute it; how many do decides nothing but rounding.
        What an interrupted job left is taken up only under the same."""
        paths = [path for path in read if path is not None]
        task = self.task
        decides = [task.settings, task.code, digests(paths), _computing(), self.gpus > 0]
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def gpus(self) -> int:
        """How many GPUs the job was given; 0 computes on the CPU."""
        return int(self.task.resources.get("gpu", 0))

    def resource(self, name: str) -> Any:
        """What the job may use, by name."""
        return self.task.resources[name]

    def compute(self) -> None:
        """Take the job's GPUs, and fix what would make results depend on the machine's mood."""
        self._take_gpus()
        numerics.fix_algorithms(numerics.of_settings(self.task.settings))

    def compute_together(self) -> None:
        """As `compute`; with several GPUs the job goes on as one process for each of them."""
        rank = devices.place()
        if rank is None:
            self._take_gpus()
            if self.gpus > 1:
                with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                    json.dump(dataclasses.asdict(self.task), file)
                    file.flush()
                    devices.launch(self.gpus, ["job", file.name])
        numerics.fix_algorithms(numerics.of_settings(self.task.settings))
        devices.use(rank)

    def _take_gpus(self) -> None:
        devices.claim(self.gpus, int(self.task.resources.get("per_gpu", 1)))
        if not self.task.resources.get("pretended_gpus"):
            devices.check_cuda(self.gpus)


def bound(kind: type[Any], values: Mapping[str, list[str]]) -> Any:
    """A stage's `Inputs` or `Outputs` of the paths that a rule declares."""
    hints = typing.get_type_hints(kind)
    fields: dict[str, Any] = {}
    for name, hint in hints.items():
        paths = [Path(value) for value in values.get(name, [])]
        if typing.get_origin(hint) is list:
            fields[name] = paths
        elif len(paths) == 1:
            fields[name] = paths[0]
        elif not paths and type(None) in typing.get_args(hint):
            fields[name] = None
        else:
            raise TypeError(f"{kind.__module__}.{kind.__name__}.{name}: given {len(paths)} paths")
    return kind(**fields)


def perform(task: Task) -> None:
    """Do a job: run its stage, which may open only what the rule declares, and record it.
    `numerics.set_environment` must have been called before this module was imported.

    An error that its user can mend ends the process with one line; any other keeps its traceback.
    """
    if task.stage != "fetch":  # nothing else asks the hub
        os.environ["HF_HUB_OFFLINE"] = "1"
    with shown_plainly(place=task.root), _alone(task):
        numerics.check_processor(numerics.of_settings(task.settings))
        stage = importlib.import_module(f"downscaling.stages.{task.stage}")
        job: Job[Any, Any, Any] = Job(
            task,
            stage.Settings.model_validate_json(task.settings),
            bound(stage.Inputs, task.inputs),
            bound(stage.Outputs, task.outputs),
        )
        only_declared = declared.only(
            job.read, [*_paths(task.outputs), *_beside(stage, job)], task.root
        )
        if devices.place():  # of several processes the first one checks and records
            with only_declared:
                stage.run(job)
            return
        with (
            recorded(
                task.stage,
                task.settings,
                task.code,
                job.root,
                {name: list(map(Path, paths)) for name, paths in task.inputs.items()},
                {name: list(map(Path, paths)) for name, paths in task.outputs.items()},
                Path(task.record),
                Path(task.measurement),
                task.makers,
                task.strict,
            ) as told,
            only_declared,
        ):
            told.results |= stage.run(job) or {}
            told.seconds_of |= job.seconds


@contextmanager
def _alone(task: Task) -> Iterator[None]:
    """Be the one process that works on a job, and remove what dead ones left half written. The
    processes that a job starts for its GPUs rely on the lock of the first, and end with it."""
    end_with_starter()
    if devices.place() is not None:
        yield
        return
    measurement = Path(task.measurement)
    with one_writer(measurement.with_name(f".{measurement.name}.lock")):
        for path in (*_paths(task.outputs), Path(task.record), measurement):
            remove_unfinished(path)
        yield


def _computing() -> dict[str, str]:
    """The versions of the libraries that are installed of COMPUTING, imported yet or not."""
    versions = {}
    for name in COMPUTING:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return versions


def _paths(files: Mapping[str, list[str]]) -> list[Path]:
    return [Path(path) for paths in files.values() for path in paths]


def _beside(stage: ModuleType, job: Job[Any, Any, Any]) -> list[Path]:
    """What else a stage keeps under the preset's folder: states from which it resumes, curves."""
    names = getattr(stage, "BESIDE", ())
    return [Path(job.resource(name)) for name in names if job.task.resources.get(name)]


def job_environment(source: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Environment variables of all jobs: their Python imports the code in `source` and does nothing
    by chance, and they end with this process.

    Args:
        source: the folder that holds the package.
        outer: the environment that these are added to.
    """
    imported = [str(source), outer.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, imported)),
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        STARTER: str(os.getpid()),
    }
