"""What every stage is made of.

A stage is a module of this package. It has

- `Settings`: all that decides its result beside its inputs. A field that is named like a key of
  the configuration is that key's value.
- `Inputs`, `Outputs`: frozen dataclasses of paths, by name: a Path, a list of them, or a Folder.
- `settings`, `inputs`, `outputs`: what they are for a study and for what tells one job of the stage
  from another, such as a module and a seed; in `outputs` these may be wildcards.
- `run`: does the job. It returns what else its record should hold.
- `chosen`, where its settings choose modules by name: which, so that their code counts.

Rules and records get what they name from here; `run` sees nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self, get_type_hints

from ..config.block import Block
from ..study.study import Study

Folder = Annotated[Path, "folder"]
"""A folder that a stage makes, as a whole."""


class StageSettings(Block):
    """All that decides a stage's result beside its inputs."""

    @classmethod
    def of(cls, study: Study, **others: Any) -> Self:
        """The settings of a study: each field is one of `others`, or the key of its name."""
        values = vars(study.configuration) | others
        return cls(**{name: values[name] for name in cls.model_fields})


def paths(*values: str) -> list[Path]:
    """Paths of these names."""
    return [Path(value) for value in dict.fromkeys(values)]


def declared(files: object) -> dict[str, list[str]]:
    """A stage's `Inputs` or `Outputs` as text, by name, a single path as a list too."""
    return {name: _texts(value) for name, value in vars(files).items()}


def folders(files: object) -> set[str]:
    """The names of those `Outputs` that are folders."""
    hints = get_type_hints(type(files), include_extras=True)
    return {name for name, hint in hints.items() if hint == Folder or hint == list[Folder]}


def _texts(value: Path | list[Path] | None) -> list[str]:
    paths = value if isinstance(value, list) else [value]
    return [str(path) for path in paths if path is not None]
