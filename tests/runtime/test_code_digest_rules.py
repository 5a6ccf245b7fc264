"""What counts as code behind a stage, on a small package."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from downscaling.runtime.code_digest import digest, modules, uncounted

FILES = {
    "__init__.py": '__version__ = "1"',
    "errors.py": "class UserError(Exception): pass",
    "config/block.py": "class Block: pass",
    "runtime/numerics.py": "def fix(): return 1",
    "runtime/job.py": "from ..models import assemble\nclass Job: pass",
    "study/names.py": 'GOLD = "gold"',
    "study/study.py": "from . import names\nclass Study: pass",
    "records/files.py": "def read(): return 1",
    "models/__init__.py": '"""Models."""',
    "models/assemble.py": '''
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UserError
from ..records.files import read
from ..study.study import Study
from . import shapes

if TYPE_CHECKING:
    from . import typed


@dataclass
class Model:
    """A model."""

    shape: shapes.Shape


def load(study: Study) -> typed.Kind:
    """Load."""
    size: Study = read()
    from . import late
    return late.use(size)  # now
''',
    "models/late.py": "def use(size): return size",
    "models/shapes.py": "class Shape: pass",
    "models/typed.py": "class Kind: pass",
    "models/unused.py": "VALUE = 1",
    "models/converters/internvl.py": 'def convert(): raise ValueError("is missing")',
    "models/converters/llava.py": 'def convert(): raise ValueError("is missing")',
    "prompts/load.py": "import importlib\ndef load(n): return importlib.import_module(n)",
    "prompts/miniature.py": 'TEXT = "say"',
    "prompts/own.py": 'TEXT = "tell"',
    "report/page.py": 'PARTS = ["page.html"]\ndef page(): return [*PARTS, "paper/numbers.csv"]',
    "report/page.html": "<p>",
    "report/paper/numbers.csv": "1",
    "report/paper/claims.csv": "1",
    "report/figures.py": 'FOLDER = "paper"\ndef all(): return FOLDER',
    "stages/shared.py": """
from ..models import late
from ..study.study import Study


def declared(study):
    return Study()


def teacher(job):
    return late.use(job)
""",
    "stages/convert.py": """
from __future__ import annotations

from ..runtime.job import Job


def run(job: Job):
    from ..models.converters import llava

    llava.convert()
""",
    "stages/convert_internvl.py": """
def run(job):
    from ..models.converters.internvl import convert

    convert()
""",
    "stages/perceive.py": '''
from __future__ import annotations

from ..config.block import Block
from ..prompts.load import load
from ..runtime.job import Job
from ..study import names
from ..study.study import Study

LIMIT = 3
if LIMIT:
    OTHER = 4


class Settings(Block):
    """What decides."""

    size: int


def settings(study: Study) -> Settings:
    return Settings(names.GOLD)


def run(job: Job) -> None:
    """Do."""
    from ..models import assemble

    settings = job.settings
    assemble.load(load(settings), _helped())


def _helped():
    return LIMIT + OTHER
''',
    "stages/teach.py": """
from . import shared


def settings(study):
    return shared.declared(study)


def run(job):
    shared.teacher(job)
""",
    "stages/report.py": """
import importlib


def run(job):
    from ..report.page import page
    from ..study.names import GOLD

    page(GOLD, importlib.import_module("downscaling.models.unused"))
""",
    "stages/draw.py": "def run(job):\n    from ..report import figures\n    figures.all()",
}
CHOSEN: Mapping[str, tuple[str, ...]] = {"perceive": ("downscaling.prompts.miniature",)}
STAGES = ("convert", "convert_internvl", "perceive", "teach", "report", "draw")
EVERY = set(STAGES)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with six stages."""
    for name, text in FILES.items():
        file = tmp_path / "downscaling" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "downscaling"


def changed(package: Path, name: str, old: str, new: str) -> set[str]:
    """The stages whose digest an edit changes."""
    edited = package.parent / "edited" / package.name
    shutil.copytree(package, edited)
    text = (package / name).read_text()
    assert old in text
    (edited / name).write_text(text.replace(old, new))
    return {
        stage
        for stage in STAGES
        if digest(stage, CHOSEN.get(stage, ()), edited)
        != digest(stage, CHOSEN.get(stage, ()), package)
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "stages"),
    [
        ("models/late.py", "return size", "return 2", {"perceive", "teach"}),
        ("models/shapes.py", "pass", "side = 1", {"perceive"}),
        ("records/files.py", "1", "2", {"perceive"}),
        ("study/names.py", "gold", "truth", {"report"}),
        ("runtime/numerics.py", "1", "2", EVERY),
        ("stages/perceive.py", "LIMIT = 3", "LIMIT = 4", {"perceive"}),
        ("stages/perceive.py", "OTHER = 4", "OTHER = 5", {"perceive"}),
        ("stages/shared.py", "late.use(job)", "late.use(1)", {"teach"}),
        ("models/unused.py", "1", "2", {"report"}),
    ],
)
def test_code_that_a_run_reaches_counts(
    package: Path, name: str, old: str, new: str, stages: set[str]
) -> None:
    """Catches a stale result after an edit of what a function imports, of a type in a data class,
    of a name of the study, of what a module-level `if` binds, of what stages share, or of a module
    that is imported by its name."""
    assert changed(package, name, old, new) == stages


@pytest.mark.parametrize(
    ("name", "old", "new", "stages"),
    [
        ("models/converters/internvl.py", "missing", "absent", {"convert_internvl"}),
        ("models/__init__.py", '"""Models."""', "VALUE = 1", set()),
        ("models/typed.py", "pass", "side = 1", set()),
        ("study/study.py", "pass", "size = 1", set()),
        ("prompts/own.py", "tell", "say", set()),
        ("prompts/miniature.py", "say", "tell", {"perceive"}),
        ("runtime/job.py", "pass", "size = 1", set()),
        ("config/block.py", "pass", "size = 1", set()),
        ("errors.py", "pass", "code = 1", set()),
        ("__init__.py", '"1"', '"2"', set()),
        ("stages/perceive.py", "names.GOLD", "names.GOLD * 2", set()),
        ("stages/perceive.py", "size: int", "size: float", set()),
        ("stages/shared.py", "return Study()", "return None", set()),
    ],
)
def test_code_that_a_run_does_not_reach_does_not_count(
    package: Path, name: str, old: str, new: str, stages: set[str]
) -> None:
    """Catches days of work made anew for the error text of another converter, a package's
    `__init__`, a type for checkers alone, prompts of another preset, or what declares jobs."""
    assert changed(package, name, old, new) == stages


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # now", ""),
        ('"""Load."""', '"""Load a model."""'),
        ('    """Load."""\n', ""),
        ("study: Study) -> typed.Kind", "study) -> typed.Kind"),
        (") -> typed.Kind", ") -> None"),
        ("size: Study =", "size: int ="),
        ("\n\ndef load", "\n\n\n\ndef load"),
    ],
)
def test_what_does_not_run_does_not_count(package: Path, old: str, new: str) -> None:
    """Catches a comment, a docstring, a function's annotation or an empty line that remakes all."""
    assert changed(package, "models/assemble.py", old, new) == set()


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("report/page.html", {"report"}),
        ("report/paper/numbers.csv", {"report", "draw"}),
        ("report/paper/claims.csv", {"draw"}),
    ],
)
def test_data_files_count_where_a_module_names_them(
    package: Path, name: str, stages: set[str]
) -> None:
    """Catches a page or a table of the paper whose edit leaves the results as they are."""
    text = FILES[name]
    assert changed(package, name, text, text + "2") == stages


def test_where_the_package_lies_does_not_count(package: Path) -> None:
    """Catches a clone in which everything is made anew."""
    assert changed(package, "errors.py", "pass", "pass") == set()


ODD = """
def run(job, *parts, width=8, **others):
    async def late(): return [f"{part!r:>{width}}" async for part in job]
    match parts:
        case [{"a": first}, *rest] if rest: return (first := lambda x: x / 2)(-1e-3), b"a", ...
    try:
        with open(f"a{width:02}" "b" f"{{{parts}}}") as file: assert file, "a" "b"
    except* OSError as error: raise ValueError from error
    return f"{width:{width}.{width}}{job}{''}"
"""


def test_every_python_gives_the_same_digest(package: Path) -> None:
    """Catches results that are made anew under another Python: 3.12.1 reads a width within a format
    in a way of its own."""
    (package / "stages/odd.py").write_text(ODD)
    assert digest("odd", (), package) == "6d88cd489d3f"


def test_the_stage_itself_and_what_it_chose_are_listed(package: Path) -> None:
    """Catches a choice that is left out without a word because its name is misspelt."""
    listed = {file.relative_to(package).as_posix() for file in modules("convert", (), package)}
    assert listed == {"stages/convert.py", "models/converters/llava.py", "runtime/numerics.py"}
    with pytest.raises(LookupError, match=r"downscaling\.prompts\.minature"):
        digest("perceive", ("downscaling.prompts.minature",), package)


def test_a_module_that_came_by_a_name_put_together_is_told(package: Path) -> None:
    """Catches a module that decides a result behind the digest's back; and a false alarm for those
    that declare jobs, or that annotations need."""
    imported = [
        "downscaling.prompts.miniature",
        "downscaling.prompts.own",
        "downscaling.study.names",
        "downscaling.study.study",
        "downscaling.runtime.job",
        "downscaling.models",
        "downscaling.models.assemble",
        "numpy",
    ]
    told = uncounted("perceive", CHOSEN["perceive"], imported, package)
    assert told == ["downscaling.prompts.own"]
