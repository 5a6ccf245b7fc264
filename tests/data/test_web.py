"""The resumable download, against a server with faults."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import socket
from email.utils import formatdate
from pathlib import Path

import pytest

from downscaling.data.lock import Pinned, SourceError
from downscaling.data.web import download, full
from downscaling.runtime.http import CHUNK, Retries
from loopback import Fault, Hub

HASTY = Retries(attempts=3, first=0.01)
CONTENT = random.Random(0).randbytes(3_000_000)


def pinned(content: bytes = CONTENT) -> Pinned:
    """The lock's entry for this content."""
    return Pinned(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def served(hub: Hub, *faults: Fault) -> str:
    """The address of a file that meets these faults."""
    hub.web["set.zip"] = CONTENT
    hub.fail("/web/set.zip", *faults)
    return f"{hub.address}/web/set.zip"


def test_a_file_comes_whole_and_leaves_nothing_else(hub: Hub, tmp_path: Path) -> None:
    """Catches a download that is not what was served, and leftovers that pile up."""
    download(served(hub), tmp_path / "set.zip", pinned(), retries=HASTY)
    assert (tmp_path / "set.zip").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["set.zip"]


def test_an_empty_file_is_a_file(hub: Hub, tmp_path: Path) -> None:
    """Catches a file of no bytes that is taken for whole before it is there."""
    hub.web["empty"] = b""
    download(f"{hub.address}/web/empty", tmp_path / "empty", pinned(b""), retries=HASTY)
    assert (tmp_path / "empty").read_bytes() == b""


def test_a_cut_transfer_goes_on_where_it_was(hub: Hub, tmp_path: Path) -> None:
    """Catches a transfer that begins anew each time, and one that gives up though bytes came."""
    cuts = [Fault(cut=9 * CHUNK), Fault(cut=4 * CHUNK + 7), Fault(cut=CHUNK), Fault(cut=CHUNK)]
    download(served(hub, *cuts), tmp_path / "set.zip", pinned(), retries=HASTY)
    assert (tmp_path / "set.zip").read_bytes() == CONTENT
    asked = [headers["Range"] for headers in hub.got("set.zip")]
    assert asked == [None, *(f"bytes={times * CHUNK}-" for times in (9, 13, 14, 15))]


def test_another_call_goes_on_with_what_an_interrupted_one_left(hub: Hub, tmp_path: Path) -> None:
    """Catches a killed job whose gigabytes are fetched again."""
    url = served(hub, Fault(cut=20 * CHUNK), Fault(status=503, times=3))
    with pytest.raises(SourceError, match="the server answers 503; gave up after 3 attempts"):
        download(url, tmp_path / "set.zip", pinned(), retries=HASTY)
    assert not (tmp_path / "set.zip").exists()
    download(url, tmp_path / "set.zip", pinned(), retries=HASTY)
    assert hub.got("set.zip")[-1]["Range"] == f"bytes={20 * CHUNK}-"
    assert (tmp_path / "set.zip").read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_begins_anew(hub: Hub, tmp_path: Path) -> None:
    """Catches the end of a new file glued to the beginning of an old one."""
    url = served(hub, Fault(cut=20 * CHUNK), Fault(status=503, times=3))
    with pytest.raises(SourceError):
        download(url, tmp_path / "set.zip", retries=HASTY)
    hub.web["set.zip"] = newer = CONTENT[::-1]
    download(url, tmp_path / "set.zip", retries=HASTY)
    assert (tmp_path / "set.zip").read_bytes() == newer


def test_a_file_that_shrank_meanwhile_begins_anew(hub: Hub, tmp_path: Path) -> None:
    """Catches a server's "range not satisfiable" that ends every later attempt too."""
    (tmp_path / ".set.zip.part").write_bytes(CONTENT[:1000] + b"!" * 1000)
    hub.web["set.zip"] = CONTENT[:1500]
    wanted = pinned(CONTENT[:1500] + b"?" * 1000)
    url = f"{hub.address}/web/set.zip"
    with pytest.raises(SourceError, match="bytes 1500, where the lock has 2500"):
        download(url, tmp_path / "set.zip", wanted, retries=HASTY)
    assert [headers["Range"] for headers in hub.got("set.zip")] == ["bytes=2000-", None]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_answers_are_waited_out(hub: Hub, tmp_path: Path, status: int) -> None:
    """Catches a job of hours that dies of one busy server."""
    download(served(hub, Fault(status, times=2)), tmp_path / "a", pinned(), retries=HASTY)
    assert len(hub.got("set.zip")) == 3


def test_retry_after_is_read_as_seconds_and_as_a_date(
    hub: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Catches a Retry-After that is dropped, and one of another form that ends the job."""
    asked = ["1", formatdate(0, usegmt=True), "soon"]
    faults = [Fault(429, {"Retry-After": value}) for value in asked]
    retries = Retries(attempts=4, first=0.01)
    download(served(hub, *faults), tmp_path / "a", pinned(), retries=retries)
    assert [line.rsplit("; ", 1)[1] for line in caplog.messages] == [
        "again in 1 s",
        "again in 0 s",
        "again in 0 s",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (CONTENT[:-1] + b"\0", "refused and removed: sha256 "),
        (CONTENT[:-1], "refused and removed: bytes 2999999, where the lock has 3000000"),
        (CONTENT * 2, "refused and removed: bytes "),
    ],
)
def test_other_content_than_the_pinned_is_refused_and_removed(
    hub: Hub, tmp_path: Path, content: bytes, problem: str
) -> None:
    """Catches a changed or damaged file that is used, or left to be taken for the right one."""
    url = served(hub, Fault(content=content))
    with pytest.raises(SourceError, match=problem):
        download(url, tmp_path / "set.zip", pinned(), retries=HASTY)
    assert list(tmp_path.iterdir()) == []


def test_more_than_the_pinned_bytes_are_not_waited_for(hub: Hub, tmp_path: Path) -> None:
    """Catches a server that fills the disk where a small file was meant."""
    took: list[int] = []
    wanted = pinned(CONTENT[: 2 * CHUNK])
    with pytest.raises(SourceError, match="refused and removed"):
        download(served(hub), tmp_path / "set.zip", wanted, progress=took.append)
    assert sum(took) == 3 * CHUNK


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, "no such file any more (404)"),
        (410, "no such file any more (410)"),
        (403, "access refused (403)"),
        (400, "the server answers 400"),
    ],
)
def test_lasting_answers_end_at_once(hub: Hub, tmp_path: Path, status: int, problem: str) -> None:
    """Catches minutes of waiting for a file that will not come, and an error that does not help."""
    url = served(hub, Fault(status, times=9))
    with pytest.raises(SourceError) as caught:
        download(url, tmp_path / "a", pinned(), gate="https://gate.example", retries=HASTY)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(hub.got("set.zip")) == 1


def test_a_machine_without_a_network_is_told_in_one_line(tmp_path: Path) -> None:
    """Catches a traceback of five libraries where no server answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/set.zip"
        with pytest.raises(SourceError) as caught:
            download(url, tmp_path / "set.zip", pinned(), retries=HASTY)
    message = str(caught.value)
    assert message.startswith(f"{url}: cannot be reached (ConnectionRefusedError: ")
    assert "\n" not in message


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_one_line(hub: Hub, tmp_path: Path) -> None:
    """Catches a full disk taken for a network's fault and tried again for minutes."""
    (tmp_path / ".set.zip.part").symlink_to("/dev/full")
    with pytest.raises(SourceError) as caught:
        download(served(hub), tmp_path / "set.zip", pinned(), retries=HASTY)
    assert str(caught.value) == str(full(OSError(errno.ENOSPC, ""), tmp_path))
    assert "the disk is full; make room and run it again" in str(caught.value)
    assert len(hub.got("set.zip")) == 1
