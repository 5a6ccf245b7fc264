"""What the guard, the seal and the record of a job refuse."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from downscaling.records.files import RecordError
from downscaling.runtime.declared import UndeclaredError, only
from downscaling.runtime.digests import MANIFEST, digest, seal
from downscaling.runtime.run_record import RunRecord, read


def test_a_folder_behind_a_link_is_guarded_under_both_names(tmp_path: Path) -> None:
    """Catches results on another disk, behind a link: a library that resolves links would read a
    left-over file there unseen."""
    real = tmp_path / "disk"
    real.mkdir()
    for name in ("input", "left-over"):
        (real / name).write_text(name)
    (tmp_path / "results").symlink_to(real)
    with only([tmp_path / "results/input"], [], tmp_path / "results"):
        assert (real / "input").read_text() == "input"
        for folder in (real, tmp_path / "results"):
            with pytest.raises(UndeclaredError, match="left-over"):
                (folder / "left-over").read_text()


def test_an_undeclared_folder_is_not_listed(tmp_path: Path) -> None:
    """Catches a stage that finds out by a walk which results lie there."""
    (tmp_path / "x/answers/8B").mkdir(parents=True)
    with only([tmp_path / "x/answers/4B"], [], tmp_path / "x"):
        with pytest.raises(UndeclaredError, match="answers/8B"):
            list((tmp_path / "x/answers/8B").iterdir())
        with pytest.raises(UndeclaredError, match="answers/8B"):
            os.scandir(tmp_path / "x/answers/8B")


def test_a_declared_folder_may_hold_all_of_it(tmp_path: Path) -> None:
    """Catches a job that gets its preset's folder as an input, and is refused what lies there."""
    (tmp_path / "x/raw").mkdir(parents=True)
    (tmp_path / "x/raw/0.png").write_text("0")
    for declared in (tmp_path / "x", tmp_path):
        with only([declared], [], tmp_path / "x"):
            assert (tmp_path / "x/raw/0.png").read_text() == "0"


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../outside", "../../other/../../x"])
def test_a_link_that_leads_out_is_not_sealed(target: str, tmp_path: Path) -> None:
    """Catches a hostile archive whose link makes a job read any file of the machine."""
    sealed = tmp_path / "raw/coin"
    sealed.mkdir(parents=True)
    (sealed / "image.png").symlink_to(target)
    with pytest.raises(RecordError, match=r"image\.png: a link to .*remove it"):
        seal(sealed)
    assert not (sealed / MANIFEST).exists()


def test_what_is_no_file_is_not_sealed(tmp_path: Path) -> None:
    """Catches a named pipe in an archive, at which a job would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RecordError, match="pipe: neither a file nor a folder"):
        seal(tmp_path)


def test_an_unsealed_folder_is_told_by_names_and_bytes(tmp_path: Path) -> None:
    """Catches a shipped folder whose changed or renamed file leaves its digest as it was."""
    (tmp_path / "a").write_text("one")
    digests = [digest(tmp_path)]
    (tmp_path / "a").write_text("two")
    digests.append(digest(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    digests.append(digest(tmp_path))
    assert len(set(digests)) == 3


@pytest.mark.parametrize(
    ("name", "value"), [("inputs", []), ("version", 2), ("verb", "tune"), ("outputs", {"x": 1})]
)
def test_a_record_of_another_form_is_named_with_its_key(
    name: str, value: object, tmp_path: Path
) -> None:
    """Catches a damaged record that passes, and ends the report with a traceback later."""
    record = RunRecord("tune", "1", {}, "", [], {}, {}, {}, {})
    file = tmp_path / "x.json"
    file.write_text(json.dumps(asdict(record)))
    assert read(file) == record
    file.write_text(json.dumps(asdict(record) | {name: value}))
    with pytest.raises(RecordError, match=rf"x\.json: not the record of a job \({name}") as said:
        read(file)
    assert "\n" not in str(said.value)
