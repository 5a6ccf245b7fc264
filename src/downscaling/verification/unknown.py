"""Files that no job of a study made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ..study.paths import is_measured
from ..study.study import Study
from .accounts import Account
from .finding import Finding, Kind


def unknown(study: Study, told: Iterable[Account]) -> Iterator[Finding]:
    """The files in the preset's folder that no job of the study makes. Of sealed folders their
    manifests tell. What is measured, what jobs keep for themselves, and hidden files, which
    interrupted jobs go on from, are passed over: no job reads them for a result."""
    known = {path for one in told for path in (*one.makes, *one.writes_beside)}
    known |= {
        os.path.dirname(path) for path in (study.paths.states("", ""), study.paths.missing(""))
    }
    for folder, folders, files in os.walk(study.paths.root):
        folders[:] = sorted(name for name in folders if _counts(study, folder, name, known))
        for name in sorted(files):
            if _counts(study, folder, name, known):
                said = "was made by no job of this configuration"
                path = os.path.join(folder, name)
                yield Finding(path, Kind.UNKNOWN, said, remedy="delete it")


def _counts(study: Study, folder: str, name: str, known: set[str]) -> bool:
    """Whether a file or folder may be an unknown one."""
    path = os.path.join(folder, name)
    inside = os.path.relpath(path, study.paths.root)
    return path not in known and not is_measured(inside) and not name.startswith(".")
