"""Archives: what they hold comes out, and nothing goes where it should not."""

from __future__ import annotations

import gzip
import io
import random
import resource
import shutil
import stat
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from downscaling.data import archives
from downscaling.data.archives import FLOOR, unpack
from downscaling.data.lock import SourceError
from downscaling.data.split_zip import is_part
from standins import split, zipped

Members = list[tuple[str, bytes]]
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


def tarred(members: dict[str, bytes] | Members) -> bytes:
    """A tar archive of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
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
    assert {path.name for path in tmp_path.rglob("*")} == {archive.name}


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
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FLOOR, before[1]))
    try:
        with pytest.raises(SourceError, match=r"holds more than \d+ bytes, refused"):
            unpack(archive, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert held(tmp_path).keys() == {"set.zip"}
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


def packed(path: Path, members: Members) -> Path:
    """An archive of these members, of the form that its name says; a name may come twice."""
    if path.suffix == ".tar":
        path.write_bytes(tarred(members))
        return path
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


@pytest.mark.parametrize("form", ["zip", "tar"])
@pytest.mark.parametrize("name", ["...tar", "a/...tar", "..tar", "a/b/...tar"])
def test_an_archive_inside_stays_inside(tmp_path: Path, form: str, name: str) -> None:
    """Catches `...tar`, whose folder would be `..`: its members were written a level above."""
    inner = tarred({"evil": b"evil"})
    above = tmp_path / "above"
    above.mkdir()
    archive = packed(tmp_path / f"set.{form}", [("good", b""), (name, inner)])
    with pytest.raises(SourceError, match=r"set\.\w+: member '.*tar' is refused: its folder would"):
        unpack(archive, above / "out")
    assert held(tmp_path).keys() == {archive.name}


def test_archives_inside_each_other_end(tmp_path: Path) -> None:
    """Catches a thousand archives in each other, which end in a RecursionError, and one whose
    members count anew."""
    inner = {"deep": b"deep"}
    for _ in range(2):
        inner = {"x.tar": tarred(inner)}
    unpack(packed(tmp_path / "set.zip", list(inner.items())), tmp_path / "out")
    assert held(tmp_path / "out") == {"x/x/deep": b"deep"}
    deeper = tarred({"y.tar": tarred(inner)})
    (tmp_path / "deeper.tar").write_bytes(deeper)
    with pytest.raises(
        SourceError, match=r"member 'x.tar' is refused: more than 2 archives inside"
    ):
        unpack(tmp_path / "deeper.tar", tmp_path / "deeper")


@pytest.mark.parametrize("form", ["zip", "tar"])
@pytest.mark.parametrize(
    "names",
    [
        ("a", "a"),
        ("a", "./a"),
        ("x/a", "x//a"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("x/y/a", "x/./y/a"),
        ("n01.tar", "n01/1"),
        ("n01/1", "n01.tar"),
        ("n01", "n01.tar"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_in_one_place_are_refused(
    tmp_path: Path, form: str, names: tuple[str, str]
) -> None:
    """Catches the second of two members that quietly takes the first one's place: another image
    under a row's name, whichever scanner looked at the first."""
    inner = tarred({"1": b"one"})
    members = [(name, inner if name.endswith(".tar") else b"other") for name in names]
    with pytest.raises(
        SourceError, match=r"set\.\w+: two members are named '.*', or one is a fold"
    ):
        unpack(packed(tmp_path / f"set.{form}", members), tmp_path / "out")
    assert held(tmp_path).keys() == {f"set.{form}"}


@pytest.mark.parametrize("names", [("a.JPG", "a.jpg"), ("caf\u00e9", "cafe\u0301"), ("A/x", "a/x")])
def test_names_are_the_same_where_the_file_system_says_so(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    """Catches two images that become one on a file system without case, and a set refused for
    names that this one tells apart."""
    probe = tmp_path / "probe" / names[0]
    probe.parent.mkdir(parents=True)
    probe.touch()
    is_one = (tmp_path / "probe" / names[1]).exists()
    archive = packed(tmp_path / "set.zip", [(names[0], b"one"), (names[1], b"other")])
    if is_one:
        with pytest.raises(SourceError, match="two members are named"):
            unpack(archive, tmp_path / "out")
    else:
        assert unpack(archive, tmp_path / "out") == 2
        assert held(tmp_path / "out") == {names[0]: b"one", names[1]: b"other"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a\0.jpg", "not a path inside a folder"),
        ("a" * 300, "File name too long"),
        ("/".join(["a" * 200] * 30), "File name too long"),
        ("a/" * 2000 + "b", "below more than 64 folders"),
        ("x/.manifest.json", "the study writes a file of this name itself"),
        ("//host/share", "not a path inside a folder"),
        ("\\\\?\\C:\\x", "not a path inside a folder"),
        ("C:evil", "not a path inside a folder"),
        (".", "not a path inside a folder"),
    ],
)
def test_an_impossible_name_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    """Catches a traceback of 2,000 folders in each other or a name that no file system takes, a
    name cut at its NUL, and a manifest that an archive brings along."""
    archive = packed(tmp_path / "set.zip", [("good", b""), (name, b"x")])
    if "\0" in name:  # as zipfile does not write it
        packed(archive, [("good", b""), (name.replace("\0", "?"), b"x")])
        archive.write_bytes(archive.read_bytes().replace(b"a?.jpg", b"a\0.jpg"))
    with pytest.raises(SourceError, match=rf"set\.zip: member '.*' is refused: {problem}") as error:
        unpack(archive, tmp_path / "out")
    assert len(str(error.value)) < len(str(archive)) + 250
    assert held(tmp_path).keys() == {"set.zip"}


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Catches a set that is unpacked for an hour and then has no manifest."""
    (tmp_path / "set.tar").write_bytes(tarred({"caf?.jpg": b""}).replace(b"caf?", b"caf\xe9"))
    content = bytearray((tmp_path / "set.tar").read_bytes())
    content[148:156] = b" " * 8
    content[148:156] = f"{sum(content[:512]):06o}\0 ".encode()
    (tmp_path / "set.tar").write_bytes(content)
    with pytest.raises(
        SourceError, match=r"set.tar: member 'caf\\udce9.jpg' is refused: not UTF-8"
    ):
        unpack(tmp_path / "set.tar", tmp_path / "out")


def test_members_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches millions of empty members, which no bound on bytes stops, in archives inside too."""
    monkeypatch.setattr(archives, "MEMBERS", 20)
    inner = tarred({f"{number}": b"" for number in range(12)})
    packed(tmp_path / "one.zip", [("a.tar", inner)])
    assert unpack(tmp_path / "one.zip", tmp_path / "one") == 12
    packed(tmp_path / "two.zip", [("a.tar", inner), ("b.tar", inner)])
    with pytest.raises(SourceError, match=r"two.zip: has more than 20 members, refused"):
        unpack(tmp_path / "two.zip", tmp_path / "two")


def said_huge(content: bytes) -> bytes:
    """A zip archive whose end says that its directory has half a gigabyte."""
    end = content.rindex(b"PK\5\6")
    return content[: end + 12] + struct.pack("<L", 1 << 29) + content[end + 16 :]


def with_long_header(size: int) -> bytes:
    """A tar archive whose first header says that the next name has so many bytes."""
    about = tarfile.TarInfo("././@LongLink")
    about.type, about.size = tarfile.GNUTYPE_LONGNAME, size
    return about.tobuf(tarfile.GNU_FORMAT) + bytes(2048)


def chained() -> bytes:
    """A tar archive of headers about headers."""
    about = tarfile.TarInfo("x")
    about.type, about.size = tarfile.XHDTYPE, 512
    block = b"12 path=abc\n".ljust(512, b"\0")
    return (about.tobuf(tarfile.USTAR_FORMAT) + block) * 3000


def sparse() -> bytes:
    """A tar archive of one member that says to be a terabyte of nothing."""
    about = tarfile.TarInfo("hole")
    about.type = tarfile.GNUTYPE_SPARSE
    content = bytearray(about.tobuf(tarfile.GNU_FORMAT))
    content[386:410] = b"0" * 12 + b"0" * 12
    content[483:495] = b"\x80" + (1 << 40).to_bytes(11, "big")
    content[148:156] = b" " * 8
    content[148:156] = f"{sum(content[:512]):06o}\0 ".encode()
    return bytes(content) + bytes(1024)


def deep_sparse() -> bytes:
    """A tar archive whose map of holes ends before it should."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        about = tarfile.TarInfo("hole")
        about.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
        archive.addfile(about)
    return buffer.getvalue()[: 3 * 512] + b"9999\n".ljust(512, b"\0")


def broken_behind(members: dict[str, bytes]) -> bytes:
    """A tar archive whose second header is damaged."""
    content = bytearray(tarred(members))
    content[1024 + 100] ^= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("set.zip", said_huge(zipped({"a": b""})), "damaged"),
        ("set.tar", with_long_header(1 << 33), "damaged"),
        ("set.tar", tarred({"a": b""})[:512] + with_long_header(1 << 33), "damaged .*8589934592 b"),
        ("set.tar", chained(), "damaged"),
        ("set.tar", sparse(), "holds more than"),
        ("set.tar", deep_sparse(), "damaged"),
        ("set.tar", broken_behind({"a": b"a", "b": b"b"}), "damaged .*a header: bad checksum"),
        ("set.tar", b"", "damaged"),
        ("set.zip", b"", "damaged"),
        ("set.zip", tarred({"a": b"a"}), "damaged"),
        ("set.tar", zipped({"a": b"a"}), "damaged"),
        (
            "set.zip",
            zipped({"a": b"a"}).replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x61\0"),
            "damaged",
        ),
    ],
)
def test_an_archive_that_lies_is_refused(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    """Catches gigabytes that are read because a header says so, a traceback of the library, and a
    damaged header that is taken for the archive's end: half a set."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=rf"{name}: {problem}"):
        unpack(tmp_path / name, tmp_path / "out")
    assert held(tmp_path).keys() == {name}


def test_a_second_archive_joins_the_first(tmp_path: Path) -> None:
    """Catches another archive's image in place of one of the same name, an archive that was
    half unpacked when its job was killed, and one that cannot be unpacked again."""
    first = packed(tmp_path / "1.zip", [("images/1.jpg", b"one"), ("notes", b"notes")])
    second = packed(tmp_path / "2.zip", [("images/2.jpg", b"two"), ("notes", b"notes")])
    left = tmp_path / ".out.unpacking" / "images"
    left.mkdir(parents=True)
    (left / "1.jpg").write_bytes(b"o")
    for archive in (first, second, first):
        assert unpack(archive, tmp_path / "out") == 2
    whole = {"images/1.jpg": b"one", "images/2.jpg": b"two", "notes": b"notes"}
    assert held(tmp_path / "out") == whole
    third = packed(tmp_path / "3.zip", [("images/1.jpg", b"other"), ("images/0.jpg", b"")])
    with pytest.raises(
        SourceError, match=r"3.zip: '1.jpg' is refused: .*/images/1.jpg is of anoth"
    ):
        unpack(third, tmp_path / "out")
    fourth = packed(tmp_path / "4.zip", [("images", b"a file")])
    with pytest.raises(SourceError, match=r"4.zip: 'images' is refused: "):
        unpack(fourth, tmp_path / "out")
    assert not (tmp_path / ".out.unpacking").exists()


def random_name(draw: random.Random) -> str:
    """A name made of the pieces of which bad names are made."""
    pieces = ["..", ".", "", "a", "A", "b.tar", "..tar", "...tar", "\u00e9", "e\u0301", "C:", "~"]
    return draw.choice(["", "", "", "/", "./", "\\"]) + "/".join(
        draw.choices(pieces, k=draw.randint(1, 4))
    )


@pytest.mark.parametrize("seed", range(120))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_the_names_nothing_leaves_the_folder(tmp_path: Path, seed: int) -> None:
    """Catches a kind of name that nobody thought of: an archive is unpacked to the byte, or refused
    in a line and leaves nothing."""
    draw = random.Random(seed)

    def members(depth: int) -> Members:
        names = [random_name(draw) for _ in range(draw.randint(1, 4))]
        return [
            (name, tarred(members(depth - 1)) if name.endswith(".tar") and depth else b"content")
            for name in names
        ]

    inside = tmp_path / "1" / "2" / "3"
    inside.mkdir(parents=True)
    form: Callable[[Members], bytes] = draw.choice([tarred, lambda them: _zip(tmp_path, them)])
    archive = inside / ("set.tar" if form is tarred else "set.zip")
    archive.write_bytes(form(members(2)))
    before = archive.read_bytes()
    problem = refusal(archive, inside / "out")
    if problem:
        assert problem.startswith(f"{archive}: ")
        assert held(tmp_path) == {"1/2/3/" + archive.name: before}
    else:
        written = {f"1/2/3/out/{name}" for name in held(inside / "out")}
        assert held(tmp_path).keys() == written | {f"1/2/3/{archive.name}"}


def refusal(archive: Path, folder: Path) -> str:
    """What is said of an archive that is refused, in one line; empty for one that is unpacked."""
    try:
        unpack(archive, folder)
    except SourceError as error:
        (line,) = str(error).splitlines()
        return line
    return ""


def _zip(folder: Path, members: Members) -> bytes:
    path = packed(folder / "made.zip", members)
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_a_flipped_archive_is_unpacked_or_named(tmp_path: Path, form: str) -> None:
    """Catches an exception of the library that is none of its own."""
    draw = random.Random(form)
    members = {"a/text": b"text " * 99, "b": b"x" * 700}
    whole = zipped(members) if form == "zip" else tarred(members)
    if form == "tar.gz":
        whole = gzip.compress(whole, mtime=0)
    ends = range(-150, 0, 5) if form == "zip" else range(0, min(600, len(whole)), 15)
    for place in [*ends, *(draw.randrange(len(whole)) for _ in range(40))]:
        content = bytearray(whole)
        content[place] = draw.randrange(256)
        (tmp_path / f"set.{form}").write_bytes(content)
        if refusal(tmp_path / f"set.{form}", tmp_path / "out"):
            assert not (tmp_path / "out").exists()
        shutil.rmtree(tmp_path / "out", ignore_errors=True)


def test_a_flipped_split_archive_is_unpacked_or_named(tmp_path: Path) -> None:
    """Catches a part that is not there, looked up in a list, and a directory that is said to have
    gigabytes."""
    draw = random.Random(0)
    for zip64 in (False, True):
        parts = split({"a/text": b"text " * 99, "b": b"x" * 700}, "set", (60,), zip64)
        last = parts["set.zip"]
        for place in range(len(last) - 230, len(last), 5):
            content = bytearray(last)
            content[place] = draw.choice([0, 1, 127, 255])
            for name, part in {**parts, "set.zip": bytes(content)}.items():
                (tmp_path / name).write_bytes(part)
            refusal(tmp_path / "set.zip", tmp_path / "out")
            shutil.rmtree(tmp_path / "out", ignore_errors=True)
