"""Where a user lets a verb write: nothing is lost there, and a refusal is one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from downscaling.cli import app
from downscaling.data import lock
from downscaling.errors import UserError
from downscaling.records.destination import Product, check_destination
from downscaling.records.files import digest
from planned import HOME

FOLDER = Product("a nest", True, lambda folder: (folder / "egg").exists())
FILE = Product("an egg", False, lambda file: file.read_text() == "egg")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, a clone as far as these verbs look at one."""
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("config.yaml", "presets", "backbones", "sources.lock"):
        (folder / name).symlink_to(HOME / name)
    shutil.copytree(HOME / "reference/miniature", folder / "reference/miniature")
    (folder / "README.md").write_text("read me")
    (folder / "examples").mkdir()
    (folder / "examples/one.yaml").write_text("one: 1")
    for model in ("model", "form", "mine/model"):
        (folder / model).mkdir(parents=True)
        (folder / model / "config.json").write_text('{"model_type": "llama"}')
    monkeypatch.chdir(folder)
    return folder


RESCORE = "rescore reference/miniature"
CONVERT = "convert --checkpoint model --backbone form"
INTERNVL = "convert-internvl --checkpoint model --form form"
REFUSED = {
    f"{RESCORE} README.md": "README.md: is no folder, and a folder of score tables alone is one",
    f"{RESCORE} examples": "examples: is not a folder of score tables alone and is not replaced",
    f"{RESCORE} reference/miniature": "reference/miniature: is read to make it",
    f"{RESCORE} reference": "reference: holds reference/miniature, which is read",
    f"{RESCORE} reference/miniature/new": "lies in reference/miniature, which is read",
    f"{RESCORE} .": ".: holds the folder in which you work",
    f"{RESCORE} ..": "..: holds the folder in which you work",
    f"{RESCORE} none/scores": "none/scores: there is no folder none; make it",
    f"{RESCORE} README.md/scores": "there is no folder README.md",
    f"{RESCORE} /dev/null": "/dev/null: is no folder",
    "reference README.md examples mine": "README.md: is no folder, and a reference is one",
    "reference examples mine mine": "examples: is not a reference and is not replaced",
    "reference mine mine examples": "mine: is read to make it",
    "report --out examples": "examples: is no file, and a light report is one",
    "report --out README.md": "README.md: is not a light report and is not replaced",
    "report --out config.yaml": "config.yaml: is read to make it",
    "report --out results/miniature/report.html": "lies in results/miniature, which is read",
    "report --out /dev/null": "/dev/null: is no file",
    "report --out none/page.html": "there is no folder none",
    f"{CONVERT} --out examples": "examples: is not a converted model",
    f"{CONVERT} --out model": "model: is read to make it",
    f"{CONVERT} --out mine/model": "mine/model: is not a converted model",
    f"{INTERNVL} --out README.md": "README.md: is no folder",
    f"{INTERNVL} --out form": "form: is read to make it",
    "shelve --backbones mine --out README.md": "README.md: is no folder",
    "shelve --backbones mine --out examples": "examples: is not a shelf of backbones",
    "shelve --backbones mine --out mine": "mine: is read to make it",
    "fetch mmstar --out examples": "examples: is not a folder that fetch made",
    "fetch mmstar --out README.md": "README.md: is no folder",
    "fetch mmstar --out raw/mmstar": "raw/mmstar: there is no folder raw",
    "fetch mmstar --mirror mine --out mine": "mine: holds mine/mmstar, which is read",
    "pin mmstar --lock README.md": "README.md: not JSON",
    "pin mmstar --lock examples": "examples: is no file",
    "pin mmstar --scratch README.md": "README.md: is no folder",
    "pin mmstar --scratch none/pinning": "none/pinning: there is no folder none",
}


@pytest.mark.parametrize("call", REFUSED)
def test_a_wrong_place_is_refused_before_anything_is_lost(call: str, work: Path) -> None:
    """Catches README.md, all examples, an input, or the folder around the working one deleted
    because a user named them where a verb writes; and a traceback of it."""
    before = digest(work.parent)
    done = CliRunner().invoke(app, call.split())
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert REFUSED[call] in done.stderr
    assert "name another place" in done.stderr or "not JSON" in done.stderr
    assert done.stderr.count("\n") == 1
    assert digest(work.parent) == before


def test_an_empty_name_is_refused(work: Path) -> None:
    """Catches a traceback of `--out ""`, which Python takes for the working folder."""
    before = digest(work)
    done = CliRunner().invoke(app, ["report", "--out", ""])
    assert done.stderr.startswith("downscaling: .: holds the folder in which you work")
    assert digest(work) == before


@pytest.mark.usefixtures("work")
def test_what_a_verb_made_it_makes_anew_and_says_so() -> None:
    """Catches a second run that is refused, a success without a word, and tables that were put
    beside somebody's notes and take them along."""
    Path("empty").mkdir()
    for out in ("scores", "scores", "empty"):
        done = CliRunner().invoke(app, ["rescore", "reference/miniature", out])
        assert done.stdout == f"{out}: the score tables of reference/miniature\n"
    Path("scores/notes.txt").write_text("mine")
    done = CliRunner().invoke(app, ["rescore", "reference/miniature", "scores"])
    assert done.exit_code == 1
    assert Path("scores/notes.txt").read_text() == "mine"
    for _ in range(2):
        done = CliRunner().invoke(app, ["shelve", "--backbones", "backbones", "--out", "shelf"])
        assert done.stdout == "shelf: 0.6B, 1.7B, 4B, 8B, tower and manifest.json\n"
    assert "tower/config.json" in json.loads(Path("shelf/manifest.json").read_text())


def test_a_link_to_an_input_is_that_input(tmp_path: Path) -> None:
    """Catches an input that is lost under another name."""
    (tmp_path / "egg").mkdir()
    (tmp_path / "link").symlink_to("egg")
    with pytest.raises(UserError, match="link: is read to make it"):
        check_destination(tmp_path / "link", FOLDER, [tmp_path / "egg"])
    (tmp_path / "loop").symlink_to("loop")
    check_destination(tmp_path / "loop", FOLDER, [tmp_path / "egg"])


@pytest.mark.parametrize(
    ("product", "make"),
    [
        (FOLDER, lambda path: (path.mkdir(), (path / "egg").touch())),
        (FOLDER, lambda path: path.mkdir()),
        (FILE, lambda path: path.write_text("egg")),
        (FILE, lambda path: None),
    ],
    ids=["an earlier folder", "an empty folder", "an earlier file", "nothing"],
)
def test_an_own_place_is_taken(
    product: Product, make: Callable[[Path], object], tmp_path: Path
) -> None:
    """Catches a check that refuses what it is there to let pass."""
    make(tmp_path / "out")
    check_destination(tmp_path / "out", product, [None, tmp_path / "other"])


def test_a_lock_is_replaced_by_a_lock_alone(tmp_path: Path) -> None:
    """Catches a lock that `pin` refuses to add to."""
    lock.write(tmp_path / "sources.lock", {})
    assert lock.is_lock(tmp_path / "sources.lock")
