"""How an output came to be: a `run.json` beside it, with what went in and what it ran on."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import __version__
from ..records.files import digest, replacing

LIBRARIES = ("torch", "transformers", "peft", "numpy", "pyarrow", "scikit-learn", "matplotlib")


@contextmanager
def recorded(
    verb: str, params: str | None, inputs: Sequence[Path], output: Path
) -> Iterator[dict[str, Any]]:
    """Write `<output>.run.json` when the block ends well.

    It holds the verb, its version, the command line, params, sha256 of each input, library
    versions, device, when it started (UTC) and the seconds of the block, and whatever this adds to
    the yielded dictionary.
    """
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    since = time.monotonic()
    added: dict[str, Any] = {}
    yield added
    seconds = round(time.monotonic() - since, 2)  # of the work, not of the digests below
    about = {
        "verb": verb,
        "version": __version__,
        "command": ["downscaling", *sys.argv[1:]],
        "params": json.loads(params) if params else {},
        "inputs": {str(path): digest(path) for path in inputs},
        "libraries": _versions(),
        "device": _device(),
        "started": started,
        "seconds": seconds,
        **added,
    }
    with replacing(record_of(output)) as temporary:
        temporary.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def record_of(output: Path) -> Path:
    """Where the record of an output lies."""
    return output.with_name(f"{output.name}.run.json")


def _versions() -> dict[str, str]:
    """Python's version, and those of the libraries that this process has imported."""
    loaded = {"scikit-learn": "sklearn"}
    used = [name for name in LIBRARIES if loaded.get(name, name) in sys.modules]
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in used
    }


def _device() -> str:
    """The GPU's name if this process computed on one, else the processor's kind."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"CPU ({platform.machine()})"
