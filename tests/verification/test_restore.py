"""`downscaling restore` in a clone whose DVC keeps two results."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clones import MODEL, PAGE, WEIGHTS, dvc, git, push_study, restore
from damage import flip


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study that was pushed, `study`, and its remote, `store`."""
    folder = tmp_path_factory.mktemp("pushed")
    push_study(folder / "study", str(folder / "store"))
    return folder


@pytest.fixture
def store(pushed: Path) -> Iterator[Path]:
    """The remote, to be damaged."""
    aside = shutil.copytree(pushed / "store", pushed / "aside")
    yield pushed / "store"
    shutil.rmtree(pushed / "store")
    aside.rename(pushed / "store")


@pytest.fixture
def clone(pushed: Path, tmp_path: Path) -> Path:
    """A fresh clone."""
    git(tmp_path, "clone", "-q", str(pushed / "study"), "clone")
    return tmp_path / "clone"


def object_of(content: bytes, store: Path) -> Path:
    """Where a remote keeps a content."""
    (path,) = [p for p in store.rglob("*") if p.is_file() and p.read_bytes() == content]
    return path


def name_of(path: Path) -> str:
    """The name by which DVC knows an object."""
    return path.parent.name + path.name


@pytest.mark.parametrize(
    ("damage", "said"),
    [(flip, "is damaged in"), (Path.unlink, "is missing from")],
    ids=["flipped", "missing"],
)
@pytest.mark.parametrize("kind", ["file", "list"])
def test_an_object_that_the_remote_lost_is_named(
    clone: Path, store: Path, damage: Callable[[Path], None], said: str, kind: str
) -> None:
    """Catches a flipped bit that DVC passes on, a failure that names no file, and a clone in which
    what came looks like a whole study."""
    held = {p for p in store.rglob("*") if p.is_file()}
    (listed,) = [p for p in held if p.suffix == ".dir"]
    weights = object_of(WEIGHTS, store)
    path, lost = (f"{MODEL}/weights", weights) if kind == "file" else (MODEL, listed)
    damage(lost)
    code, lines = restore(clone)
    assert code == 1
    assert lines[0] == (
        f"downscaling: {path}: object {name_of(lost)} {said} the remote store ({store}); "
        "push it anew from a clone that has it"
    )
    assert lines[1:] == ["miniature: not restored, 1 found"]
    assert not (clone / MODEL).exists()
    assert not (clone / PAGE).exists()


def test_edited_files_are_named(clone: Path) -> None:
    """Catches an edit that the dates of restored results hide from Snakemake."""
    with (clone / "workflow/scripts/stage.py").open("a") as stream:
        stream.write("# edited\n")
    assert restore(clone) == (
        1,
        [
            "downscaling: edited since the last commit: workflow/scripts/stage.py; "
            "commit them, or put them aside with git stash, then restore again"
        ],
    )
    git(clone, "commit", "-qam", "edited")
    code, (line,) = restore(clone)
    assert code == 1
    assert line.startswith("downscaling: workflow/scripts: not those that made the results")


def test_many_edits_are_counted_and_measurements_are_none(clone: Path) -> None:
    """Catches a line of hundreds of names, and a clone that `make study` spoils for `restore`, for
    each run takes other seconds."""
    seconds = clone / "results/miniature/measured/timings/a.tsv"
    seconds.parent.mkdir(parents=True)
    scripts = [clone / f"workflow/other/{number}.py" for number in range(7)]
    scripts[0].parent.mkdir()
    for path in (seconds, *scripts):
        path.write_text("1")
    git(clone, "add", "-f", ".")
    git(clone, "commit", "-qm", "more")
    seconds.write_text("2")
    assert not any("edited" in line for line in restore(clone)[1])
    for path in scripts:
        path.write_text("2")
    code, (line,) = restore(clone)
    assert code == 1
    assert line.startswith("downscaling: edited since the last commit: workflow/other/0.py, ")
    assert line.count("workflow/other/") == 5
    assert " and 2 more; commit them, or put them aside with git stash" in line


def test_a_folder_that_is_no_clone_is_told_so(tmp_path: Path) -> None:
    """Catches `config.yaml: not a readable file` where a user only stands in another folder."""
    assert restore(tmp_path) == (
        1,
        [f"downscaling: {tmp_path}: no config.yaml; run this in the root of the clone"],
    )


def test_a_clone_without_a_remote_is_told_how_to_name_one(clone: Path) -> None:
    """Catches the advice to pull from a remote that does not exist."""
    dvc(clone, "remote", "remove", "store")
    git(clone, "commit", "-qam", "no remote")
    assert restore(clone) == (
        1,
        [
            "downscaling: no remote is named, and the repository has none of its own; "
            "name one: dvc remote add --default NAME URL"
        ],
    )


def test_a_damaged_cache_is_fetched_anew_and_nothing_unrecorded_passes(clone: Path) -> None:
    """Catches an object that was damaged on this side and is believed from then on, and results
    that no job's record knows called restored."""
    dvc(clone, "fetch")
    (weights,) = [
        path
        for path in (clone / ".dvc/cache").rglob("*")
        if path.is_file() and path.read_bytes() == WEIGHTS
    ]
    weights.chmod(0o644)
    flip(weights)
    code, lines = restore(clone)
    assert (clone / MODEL / "weights").read_bytes() == WEIGHTS
    assert code == 1
    assert "not restored" in lines[-1]
