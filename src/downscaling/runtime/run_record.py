"""The record of a job: what went in, what came out, and what it ran on. Its rule declares it as an
output, so a record that lies there is that of the job whose outputs lie there."""

from __future__ import annotations

import dataclasses
import datetime
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from .. import __version__
from ..records.files import RecordError, replacing
from .digests import digests, seal

LIBRARIES = (
    *("torch", "transformers", "peft", "numpy", "pyarrow", "datasets"),
    *("scikit-learn", "statsmodels", "matplotlib"),
)


@with_config(ConfigDict(extra="forbid", strict=True))
@dataclasses.dataclass(frozen=True)
class RunRecord:
    """What a job's record says.

    Attributes:
        stage: the module of `stages`.
        version: of this package.
        settings: all that decided the result beside the inputs.
        code: the digest of the stage's code.
        modules: the modules of this package that the job had imported at its end.
        inputs, outputs: by name, the sha256 of each path.
        libraries: their versions, of those that the job imported.
        device: the GPU's name, or the processor's kind.
        started: UTC.
        seconds: of the work, not of hashing.
        results: what the stage says of its work.
    """

    stage: str
    version: str
    settings: dict[str, Any]
    code: str
    modules: list[str]
    inputs: dict[str, dict[str, str]]
    outputs: dict[str, dict[str, str]]
    libraries: dict[str, str]
    device: str
    started: str
    seconds: float
    results: dict[str, Any]

    @property
    def paths_read(self) -> dict[str, str]:
        """The sha256 of each input."""
        return {path: sha256 for named in self.inputs.values() for path, sha256 in named.items()}

    @property
    def paths_written(self) -> dict[str, str]:
        """The sha256 of each output."""
        return {path: sha256 for named in self.outputs.values() for path, sha256 in named.items()}


@contextmanager
def recorded(
    stage: str,
    settings: str,
    code: str,
    inputs: Mapping[str, list[Path]],
    outputs: Mapping[str, list[Path]],
    record: Path,
) -> Iterator[dict[str, Any]]:
    """Seal the folders among the outputs and write the job's record when the block ends well. What
    the block adds to the yielded dictionary stands there as `results`."""
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    since = time.monotonic()
    results: dict[str, Any] = {}
    yield results
    seconds = round(time.monotonic() - since, 2)
    for path in (path for paths in outputs.values() for path in paths):
        if path.is_dir():
            seal(path)
    write(
        record,
        RunRecord(
            stage=stage,
            version=__version__,
            settings=json.loads(settings),
            code=code,
            modules=sorted(name for name in sys.modules if name.startswith("downscaling.")),
            inputs={name: digests(paths) for name, paths in inputs.items() if paths},
            outputs={name: digests(paths) for name, paths in outputs.items() if paths},
            libraries=_versions(),
            device=_device(),
            started=started,
            seconds=seconds,
            results=results,
        ),
    )


def write(path: Path, record: RunRecord) -> None:
    """Write a record, whole or not at all."""
    text = json.dumps(dataclasses.asdict(record), indent=1, ensure_ascii=False)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", "utf-8")


def read(path: Path) -> RunRecord:
    """The record in a file. Raises RecordError where there is none, or it is of another form."""
    try:
        return TypeAdapter(RunRecord).validate_json(path.read_bytes())
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file; make it with snakemake {path}") from None
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        said = f"{place}: {problem['msg']}" if place else problem["msg"]
        raise RecordError(f"{path}: not the record of a job ({said}); delete it") from None


def _versions() -> dict[str, str]:
    """Python's version, and those of the libraries that this process has imported."""
    modules = {"scikit-learn": "sklearn"}
    used = [name for name in LIBRARIES if modules.get(name, name) in sys.modules]
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in used
    }


def _device() -> str:
    """The GPU's name if this process computed on one, else the processor's kind."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return str(torch.cuda.get_device_name())
    return f"CPU ({platform.machine()})"
