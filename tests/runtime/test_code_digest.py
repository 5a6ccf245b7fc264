"""Which edits make a verb's results anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from downscaling.runtime import code_digest as lineage

FILES = {
    "__init__.py": "",
    "cli/__init__.py": "from . import drawing, tuning",
    "cli/verb.py": """
from .. import records


def plainly():
    return 1


def quietly():
    return 1
""",
    "cli/drawing.py": '''
from .verb import plainly


def draw():
    """Draw."""
    from ..figures import save

    save(_named(), plainly())


def _named():
    return 3
''',
    "cli/tuning.py": """
from .. import records
from .verb import quietly


def tune(draw):
    from ..tuning.loop import run

    run(records, draw, quietly())
""",
    "records.py": "COLUMNS = 1",
    "study.py": "SIZES = 4",
    "figures/__init__.py": "from .style import save",
    "figures/style.py": "def save(): pass",
    "figures/late.py": "LATE = 1",
    "figures/claims.csv": "a,b\n",
    "tuning/__init__.py": "",
    "tuning/loop.py": "from ..study import SIZES\nfrom .collation import pad\nrun = pad\n",
    "tuning/collation.py": "def pad():\n    '''Pad.'''\n    return 0\n",
    "tuning/unused.py": "",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with two verbs."""
    for name, text in FILES.items():
        file = tmp_path / "downscaling" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "downscaling"


def changed(package: Path, name: str, old: str, new: str) -> set[str]:
    """The verbs whose digest an edit changes."""
    verbs = ("draw", "tune")
    edited = package.parent / "edited" / package.name
    shutil.copytree(package, edited)
    text = (package / name).read_text()
    (edited / name).write_text(text.replace(old, new) if old else text + new)
    return {verb for verb in verbs if lineage.digest(verb, edited) != lineage.digest(verb, package)}


@pytest.mark.parametrize(
    ("name", "old", "new", "verbs"),
    [
        ("tuning/collation.py", "return 0", "return 1", {"tune"}),
        ("tuning/collation.py", "return 0", "return 0  # the padding's id", set()),
        ("tuning/collation.py", "Pad.", "Pad on the right.", set()),
        ("tuning/unused.py", "", "NEW = 1", set()),
        ("records.py", "= 1", "= 2", {"tune"}),
        ("study.py", "= 4", "= 5", set()),
        ("figures/style.py", "pass", "return 1", {"draw"}),
        ("figures/late.py", "= 1", "= 2", {"draw"}),
        ("figures/claims.csv", "a,b", "a,c", {"draw"}),
        ("cli/drawing.py", "return 3", "return 2", {"draw"}),
        ("cli/tuning.py", "run(records, draw", "run(records, 1", {"tune"}),
        ("cli/verb.py", "def plainly():\n    return 1", "def plainly():\n    return 2", {"draw"}),
        ("cli/verb.py", "def quietly():\n    return 1", "def quietly():\n    return 2", {"tune"}),
    ],
)
def test_an_edit_reaches_the_verbs_that_it_concerns(
    package: Path, name: str, old: str, new: str, verbs: set[str]
) -> None:
    """Catches results that are stale after an edit, and a study retrained for a comment."""
    assert changed(package, name, old, new) == verbs


def test_where_the_package_lies_does_not_count(package: Path) -> None:
    """Catches a clone in which everything is made anew."""
    before = lineage.digest("tune", package)
    moved = package.parent / "elsewhere" / "downscaling"
    moved.parent.mkdir()
    package.rename(moved)
    assert lineage.digest("tune", moved) == before
