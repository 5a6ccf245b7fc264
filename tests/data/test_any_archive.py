"""Archives of any content: all of it comes out, or one line is said; nothing lies elsewhere."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from downscaling.data.archives import unpack
from downscaling.data.lock import SourceError
from standins import zipped

NAMES = st.text("ab./\\:é ~-", min_size=1, max_size=9)
MEMBERS = st.dictionaries(NAMES, st.binary(max_size=50), max_size=4)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but an archive and what it becomes."""
    return tmp_path_factory.mktemp("archives") / "in" / "here"


def unpacked(place: Path, content: bytes, name: str) -> int | None:
    """How many files an archive has become; None where it was refused, in one line."""
    shutil.rmtree(place.parent, ignore_errors=True)
    place.mkdir(parents=True)
    (place / name).write_bytes(content)
    with contextlib.suppress(SourceError):
        return unpack(place / name, place / "out")
    return None


def outside(place: Path) -> list[str]:
    """What lies beside the folder that an archive was unpacked into."""
    return sorted(path.name for path in [*place.parent.iterdir(), *place.iterdir()])


@settings(max_examples=60)
@given(MEMBERS)
def test_members_of_any_name_come_out_or_are_refused(
    place: Path, members: dict[str, bytes]
) -> None:
    """Catches a name that leads out of the folder, or a file that is lost without a word."""
    assume(len({str(PurePosixPath(name)) for name in members}) == len(members))
    count = unpacked(place, zipped(members), "a.zip")
    assert set(outside(place)) <= {"here", "a.zip", "out"}
    if count is not None:
        held = [path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()]
        assert sorted(held) == sorted(c for n, c in members.items() if not n.endswith("/"))


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["a.zip", "a.tar", "a.tar.gz", "a.tar.xz"]))
def test_any_bytes_are_unpacked_or_refused(place: Path, content: bytes, name: str) -> None:
    """Catches a traceback of one of the four libraries that read archives."""
    unpacked(place, content, name)
    assert set(outside(place)) <= {"here", name, "out"}


@settings(max_examples=60)
@given(st.data())
def test_a_flipped_archive_is_unpacked_or_refused(place: Path, data: st.DataObject) -> None:
    """Catches damage that ends in a traceback, or that writes elsewhere."""
    content = bytearray(zipped({"a/b.txt": b"seven " * 20, "c": b"x"}))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    unpacked(place, bytes(content), "a.zip")
    assert set(outside(place)) <= {"here", "a.zip", "out"}
