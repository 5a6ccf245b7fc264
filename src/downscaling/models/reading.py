"""What a library says of a damaged model folder, as one line that names the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError, safe_open

from ..errors import ModelError


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Within the block, a file of `folder` that is missing, cut or altered raises ModelError.

    safetensors and tokenizers name no file, and transformers takes ten lines; so the file is looked
    for.
    """
    try:
        yield
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, SafetensorError) as error:
        raise _named(folder, error) from None
    except Exception as error:
        if type(error) is Exception:  # as tokenizers raises for its file
            raise _named(folder, error) from None
        raise


def _named(folder: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200]
    if isinstance(error, OSError) and error.filename is not None:
        return ModelError(f"{error.filename}: cannot be read ({error.strerror}); make it readable")
    return ModelError(f"{_damaged(folder)}: damaged ({reason}); delete {folder} and make it again")


def _damaged(folder: Path) -> Path:
    """The first file of a folder that is no safetensors or JSON file, as its name promises; the
    folder itself if there is none."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            if file.suffix == ".safetensors":
                with safe_open(file, framework="pt"):
                    pass
            elif file.suffix == ".json":
                json.loads(file.read_bytes())
        except (OSError, ValueError, SafetensorError):
            return file
    return folder
