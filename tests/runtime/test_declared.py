"""What a job may open under its preset's folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from downscaling.records.files import replacing
from downscaling.runtime.declared import UndeclaredError, only


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A preset's folder with a file, a folder, and what is left over of an earlier run."""
    place = tmp_path / "results/x"
    (place / "raw/coin").mkdir(parents=True)
    for name in ("a.txt", "raw/coin/1.png", "left-over.txt", "raw/coin-2.png"):
        (place / name).write_text(name)
    return place


def test_what_is_declared_is_opened(root: Path) -> None:
    """Catches a guard that refuses an input, a file inside an input folder, an output, or what is
    written aside for one."""
    with only([root / "a.txt", root / "raw/coin"], [root / "out/model"], root):
        assert (root / "a.txt").read_text() == "a.txt"
        assert (root / "raw/coin/1.png").read_text() == "raw/coin/1.png"
        assert len(list((root / "raw/coin").iterdir())) == 1
        with replacing(root / "out/model") as aside:
            aside.mkdir()
            (aside / "weights").write_text("w")
        assert (root / "out/model/weights").read_text() == "w"


@pytest.mark.parametrize("name", ["left-over.txt", "raw/coin-2.png", "raw/new.txt"])
def test_what_is_not_declared_is_refused_by_name(name: str, root: Path) -> None:
    """Catches a left-over file that becomes a number, and a name that begins like an input's."""
    with (
        only([root / "a.txt", root / "raw/coin"], [], root),
        pytest.raises(UndeclaredError, match=name),
        (root / name).open("a" if "new" in name else "r"),
    ):
        pass


def test_it_makes_no_difference_how_a_file_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a way around the guard: a relative path, bytes, a detour, another thread."""
    monkeypatch.chdir(root)
    ways = ("left-over.txt", b"left-over.txt", "raw/../left-over.txt", Path("left-over.txt"))
    failures: list[object] = []

    def opened() -> None:
        for way in ways:
            try:
                os.close(os.open(way, os.O_RDONLY))
            except UndeclaredError:
                failures.append(way)

    with only([root / "a.txt"], [], root):
        opened()
        thread = threading.Thread(target=opened)
        thread.start()
        thread.join()
    assert failures == [*ways, *ways]


@pytest.mark.parametrize("name", ["a.txt", "raw/coin/1.png", "raw/coin/new.png"])
@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_text("changed"),
        lambda path: path.open("a").close(),
        lambda path: os.close(os.open(path, os.O_RDWR | os.O_CREAT)),
        lambda path: path.rename(path.with_name("moved")),
        lambda path: os.replace(path.parents[1] / "left-over.txt", path),
        lambda path: path.unlink(missing_ok=True),
        lambda path: path.symlink_to("elsewhere"),
        lambda path: os.truncate(path, 0),
    ],
)
def test_an_input_is_not_changed(name: str, change: Callable[[Path], object], root: Path) -> None:
    """Catches a job that writes into what it reads: other jobs read it too, and its maker's record
    tells another digest."""
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with (
        only([root / "a.txt", root / "raw/coin"], [root / "out"], root),
        pytest.raises(UndeclaredError, match=r"changed, and an input of the rule"),
    ):
        change(root / name)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_an_output_inside_an_input_folder_is_written(root: Path) -> None:
    """Catches a guard that refuses a declared output for the folder in which it lies."""
    with only([root / "raw"], [root / "raw/coin/list.csv"], root):
        (root / "raw/coin/list.csv").write_text("made")
    assert (root / "raw/coin/list.csv").read_text() == "made"


def test_nothing_is_refused_elsewhere_or_afterwards(root: Path, tmp_path: Path) -> None:
    """Catches a guard that outlives its job, or reaches beyond the preset's folder."""
    (tmp_path / "elsewhere.txt").write_text("fine")
    with only([], [], root):
        assert (tmp_path / "elsewhere.txt").read_text() == "fine"
    assert (root / "left-over.txt").read_text() == "left-over.txt"
