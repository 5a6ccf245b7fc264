"""Archives: what they hold comes out, and nothing goes where it should not."""

from __future__ import annotations

import io
import random
import shutil
import stat
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from downscaling.data.archives import FLOOR, unpack
from downscaling.data.lock import SourceError
from downscaling.data.split_zip import is_part
from standins import split, zipped

NOISE = random.Random(0).randbytes(200_000)


def written(path: Path, members: dict[str, bytes]) -> Path:
    """A zip archive of these members."""
    path.write_bytes(zipped(members))
    return path


def in_parts(folder: Path, at: tuple[int, ...], zip64: bool = False) -> Path:
    """MEMBERS as a split zip archive."""
    for name, content in split(MEMBERS, "set", at, zip64).items():
        (folder / name).write_bytes(content)
    return folder / "set.zip"


def tarred(members: dict[str, bytes]) -> bytes:
    """A tar archive of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return buffer.getvalue()


def held(folder: Path) -> dict[str, bytes]:
    """What lies in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


MEMBERS = {"a/b/noise.bin": NOISE, "a/text.txt": b"seven " * 5000, "c.txt": b""}


def test_a_flattened_archive_leaves_its_folders_behind(tmp_path: Path) -> None:
    """Catches ALLaVA's chunks unpacked under their inner folders, where no row looks; one image in
    place of another that has its name; and a name that flattening would make look harmless."""
    members = {"chunk/images/1.jpg": b"one", "2.jpg": b"two"}
    assert unpack(written(tmp_path / "set.zip", members), tmp_path / "out", flatten=True) == 2
    assert held(tmp_path / "out") == {"1.jpg": b"one", "2.jpg": b"two"}
    twins = written(tmp_path / "twins.zip", {"a/1.jpg": b"one", "b/1.jpg": b"other"})
    with pytest.raises(SourceError, match=r"twins.zip: two members are named '1.jpg' without"):
        unpack(twins, tmp_path / "twins", flatten=True)
    hostile = written(tmp_path / "hostile.zip", {"../1.jpg": b"one"})
    with pytest.raises(SourceError, match=r"member '../1.jpg' is refused: not a path inside"):
        unpack(hostile, tmp_path / "hostile", flatten=True)


def test_a_zip_comes_out_as_it_went_in(tmp_path: Path) -> None:
    """Catches lost members, and an empty file taken for a folder."""
    assert unpack(written(tmp_path / "set.zip", MEMBERS), tmp_path / "out") == 3
    assert held(tmp_path / "out") == MEMBERS


@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("at", [(70_000,), (70_000, 140_000), (40, 200_100)])
def test_a_split_zip_is_one_archive(tmp_path: Path, zip64: bool, at: tuple[int, ...]) -> None:
    """Catches places that are still counted from the beginning of each part."""
    archive = in_parts(tmp_path, at, zip64)
    assert unpack(archive, tmp_path / "out") == 3
    assert held(tmp_path / "out") == MEMBERS
    assert [is_part(name) for name in ("set.z01", "set.zip", "set.zz1")] == [True, False, False]


@pytest.mark.skipif(not shutil.which("zip"), reason="needs the program zip")
def test_what_zip_itself_splits_is_read(tmp_path: Path) -> None:
    """Catches a misreading of the format that the split archives above share."""
    for name, content in MEMBERS.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(content)
    command = ["zip", "-q", "-r", "-s", "64k", "../set.zip", "."]
    subprocess.run(command, cwd=tmp_path / "in", check=True)
    assert len(list(tmp_path.glob("set.z0*"))) == 3
    unpack(tmp_path / "set.zip", tmp_path / "out")
    assert held(tmp_path / "out") == MEMBERS


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    """Catches an archive without its middle, read as if it had none."""
    archive = in_parts(tmp_path, (70_000, 140_000))
    (tmp_path / "set.z01").unlink()
    with pytest.raises(SourceError, match=r"damaged \(of its parts only set.z02 are there\)"):
        unpack(archive, tmp_path / "out")
    (tmp_path / "set.z02").rename(tmp_path / "set.z01")
    with pytest.raises(SourceError, match="a part that is not there"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_a_tar_comes_out_and_so_do_those_inside(tmp_path: Path, suffix: str) -> None:
    """Catches ImageNet's classes left as a thousand archives."""
    inner = tarred({"n01_1.JPEG": b"fish", "n01_2.JPEG": b"more fish"})
    content = tarred({"./n01.tar": inner, "x/readme.txt": b"hello"})
    if suffix == ".tar.gz":
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            about = tarfile.TarInfo("n01.tar")
            about.size = len(inner)
            archive.addfile(about, io.BytesIO(inner))
        content = buffer.getvalue()
    (tmp_path / f"set{suffix}").write_bytes(content)
    unpack(tmp_path / f"set{suffix}", tmp_path / "out")
    images = {"n01/n01_1.JPEG": b"fish", "n01/n01_2.JPEG": b"more fish"}
    more = {"x/readme.txt": b"hello"} if suffix == ".tar" else {}
    assert held(tmp_path / "out") == images | more


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "C:/evil", "a\\..\\evil"])
@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_member_that_leads_out_is_refused(tmp_path: Path, name: str, form: str) -> None:
    """Catches an archive that writes over files elsewhere."""
    archive = tmp_path / f"set.{form}"
    if form == "zip":
        written(archive, {"good": b"", name: b"evil"})
    else:
        archive.write_bytes(tarred({"good": b"", name: b"evil"}))
    with pytest.raises(SourceError, match=r"set.* is refused: not a path inside"):
        unpack(archive, tmp_path / "out")
    assert {path.name for path in tmp_path.rglob("*")} == {archive.name, "out", "good"}


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    """Catches a link through which the next member is written elsewhere."""
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
    with pytest.raises(SourceError, match="member 'link' is refused: a link"):
        unpack(tmp_path / "set.zip", tmp_path / "out")
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        with tarfile.open(tmp_path / "set.tar", "w") as archive:
            about = tarfile.TarInfo("link")
            about.type, about.linkname = kind, "/etc/passwd"
            archive.addfile(about)
        with pytest.raises(SourceError, match="member 'link' is refused: a link or a device"):
            unpack(tmp_path / "set.tar", tmp_path / "out")
    assert held(tmp_path) == {n: (tmp_path / n).read_bytes() for n in ("set.zip", "set.tar")}


def test_a_bomb_is_stopped_before_it_fills_the_disk(tmp_path: Path) -> None:
    """Catches a small archive that unpacks to terabytes, whatever its directory claims."""
    archive = written(tmp_path / "set.zip", {"zeros": bytes(20_000_000)})
    with pytest.raises(SourceError, match=r"holds more than \d+ bytes, refused"):
        unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "zeros").stat().st_size <= FLOOR
    with pytest.raises(SourceError, match="holds more than 10 bytes"):
        unpack(written(archive, {"a": b"12345", "b": b"123456"}), tmp_path / "out", bound=10)


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_a_damaged_archive_is_named(tmp_path: Path, form: str) -> None:
    """Catches a traceback, or half a set, where a file is cut off or flipped."""
    archive = tmp_path / f"set.{form}"
    mode = {"tar": "w", "tar.gz": "w:gz"}.get(form)
    if mode:
        (tmp_path / "noise").write_bytes(NOISE)
        with tarfile.open(archive, mode) as made:  # type: ignore[call-overload]
            made.add(tmp_path / "noise", "noise")
        archive.write_bytes(archive.read_bytes()[:100_000])
    else:
        content = bytearray(written(archive, {"noise": NOISE}).read_bytes())
        content[1000] ^= 1
        archive.write_bytes(content)
    with pytest.raises(SourceError, match=r"set\..*: damaged \("):
        unpack(archive, tmp_path / "out")
