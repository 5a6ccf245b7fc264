"""What a library says of a damaged model folder, as one line that names the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError, safe_open

from ..errors import DiskError, ModelError, UserError, disk_error
from ..runtime.declared import UndeclaredError


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Within the block, in which a library reads `folder`, whatever it raises becomes ModelError: a
    file is missing, cut or altered, or asks for what cannot be; or DiskError.

    safetensors and tokenizers name no file, and transformers takes ten lines; so the file is looked
    for.
    """
    try:
        yield
    except (UserError, UndeclaredError):
        raise
    except Exception as error:
        raise _named(folder, error) from None


def _named(folder: Path, error: Exception) -> ModelError | DiskError:
    if failed := disk_error(error, folder):
        return failed
    reason = " ".join(str(error).split())[:200]
    if isinstance(error, OSError) and error.filename is not None:
        return ModelError(f"{error.filename}: cannot be read ({error.strerror}); make it readable")
    place = _damaged(folder)
    of_a_file = (OSError, json.JSONDecodeError, UnicodeDecodeError, SafetensorError)
    # tokenizers raises Exception itself for its file.
    if place != folder or isinstance(error, of_a_file) or type(error) is Exception:
        return ModelError(f"{place}: damaged ({reason}); delete {folder} and make it again")
    return ModelError(
        f"{folder}: cannot be loaded ({type(error).__name__}: {reason}); fetch it again, or give "
        "another model"
    )


def _damaged(folder: Path) -> Path:
    """The first file of a folder that is no safetensors or JSON file, as its name promises; the
    folder itself if there is none. Raises DiskError where the disk hides it."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            if file.suffix == ".safetensors":
                with safe_open(file, framework="pt"):
                    pass
            elif file.suffix == ".json":
                json.loads(file.read_bytes())
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            if failed := disk_error(error, file):
                raise failed from None
            return file
    return folder
