"""The sha256 of what jobs read and write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from downscaling.records import files
from downscaling.records.files import RecordError
from downscaling.runtime.digests import MANIFEST, digest, digests, faults, seal


def folder(place: Path) -> Path:
    """A folder of two files, one of them deeper."""
    (place / "inner").mkdir(parents=True)
    (place / "a.txt").write_text("one")
    (place / "inner/b.txt").write_text("two")
    return place


def test_a_sealed_folder_is_read_by_its_manifest_alone(tmp_path: Path) -> None:
    """Catches a job that hashes 100,000 images again, though what made them has hashed them."""
    sealed = folder(tmp_path / "sealed")
    seal(sealed)
    listed = json.loads((sealed / MANIFEST).read_text())
    assert listed["inner/b.txt"] == {"bytes": 3, "sha256": files.digest(sealed / "inner/b.txt")}
    before = digest(sealed)
    assert before == files.digest(sealed / MANIFEST)
    (sealed / "a.txt").write_text("changed")
    assert digest(sealed) == before
    seal(sealed)
    assert digest(sealed) != before


def test_equal_folders_have_equal_seals(tmp_path: Path) -> None:
    """Catches a manifest that depends on a folder's order, its place or an earlier manifest."""
    first, second = folder(tmp_path / "first"), folder(tmp_path / "deeper/second")
    for sealed in (first, second, second):
        seal(sealed)
    assert (first / MANIFEST).read_bytes() == (second / MANIFEST).read_bytes()


def test_a_link_is_named_and_not_followed(tmp_path: Path) -> None:
    """Catches the images of another source that are hashed, or copied, as this one's own."""
    sealed = folder(tmp_path / "sealed")
    (sealed / "images").symlink_to("../other")
    seal(sealed)
    assert json.loads((sealed / MANIFEST).read_text())["images"] == {"link": "../other"}


def test_a_folder_is_told_from_a_file(tmp_path: Path) -> None:
    """Catches a record in which a folder of weights passes for a file."""
    place = folder(tmp_path / "place")
    named = digests([place, place / "a.txt"])
    assert [*named] == [f"{place}/", str(place / "a.txt")]


def test_a_link_that_leads_elsewhere_is_a_fault(tmp_path: Path) -> None:
    """Catches the images of one source that are taken for another's, and a link that became a
    file."""
    sealed = folder(tmp_path / "sealed")
    (sealed / "images").symlink_to("../other")
    seal(sealed)
    assert faults(sealed, in_full=True) == []
    (sealed / "images").unlink()
    (sealed / "images").symlink_to("../another")
    (fault,) = faults(sealed, in_full=False)
    assert (fault.path, fault.said) == ("images", "is no link to ../other")
    (sealed / "images").unlink()
    (sealed / "images").write_text("../other")
    assert [fault.path for fault in faults(sealed, in_full=False)] == ["images"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a": 1}', '{"a": {"bytes": "1", "sha256": "0"}}', '{"a": {}}']
)
def test_a_manifest_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    """Catches a traceback of a manifest that was cut off, edited or written by something else."""
    sealed = folder(tmp_path / "sealed")
    (sealed / MANIFEST).write_text(text)
    with pytest.raises(RecordError, match="sealed: not a whole folder") as refusal:
        faults(sealed, in_full=True)
    assert "\n" not in str(refusal.value)


def test_a_manifest_names_no_file_outside(tmp_path: Path) -> None:
    """Catches a manifest through which files outside of its folder are read as its own."""
    sealed = folder(tmp_path / "sealed")
    (tmp_path / "outside").write_text("x")
    entry = {"bytes": 1, "sha256": files.digest(tmp_path / "outside")}
    (sealed / MANIFEST).write_text(json.dumps({"../outside": entry}))
    found = {fault.path: fault.said for fault in faults(sealed, in_full=True)}
    assert found["../outside"] == "is missing"
