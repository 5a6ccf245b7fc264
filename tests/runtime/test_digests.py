"""The sha256 of what jobs read and write."""

from __future__ import annotations

import json
from pathlib import Path

from downscaling.records import files
from downscaling.runtime.digests import MANIFEST, digest, digests, seal


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
