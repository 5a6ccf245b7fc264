"""What a user sees of an error: a line to act on, or a traceback to report."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from disks import mounted, remount
from downscaling.errors import REMEDIES, UserError, naming
from downscaling.records.files import read, replacing, write
from downscaling.records.rows import Focus
from downscaling.runtime.plainly import check_place, shown_plainly

SOURCE = Path(__file__).parents[2] / "src"


def line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    (shown,) = capsys.readouterr().err.splitlines()
    return shown


def test_a_refusal_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a refusal that ends well, or that is buried in a traceback."""
    with pytest.raises(SystemExit) as ended, shown_plainly():
        raise UserError("key: given a; allowed: b")
    assert ended.value.code == 1
    assert line(capsys) == "downscaling: key: given a; allowed: b"


def test_an_interrupt_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Catches Ctrl-C that leaves its user a traceback, or a log that says nothing."""
    with pytest.raises(SystemExit) as ended, shown_plainly():
        raise KeyboardInterrupt
    assert ended.value.code == 130
    assert line(capsys) == "downscaling: stopped; run it again to go on"


@pytest.mark.parametrize("fault", [ValueError, RuntimeError, KeyError, LookupError, OSError])
def test_a_fault_of_ours_keeps_its_traceback(
    fault: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an error of one line that is taken for a refusal, and its place lost."""
    with pytest.raises(fault), shown_plainly():
        raise fault("zip() argument 2 is shorter than argument 1")
    assert capsys.readouterr().err == ""


def test_a_job_that_zips_unequal_lists_shows_where() -> None:
    """Catches a command that swallows the traceback of any ValueError of one line."""
    job = """
from downscaling.runtime.plainly import shown_plainly
with shown_plainly():
    list(zip([1, 2], [1], strict=True))
"""
    done = subprocess.run(
        [sys.executable, "-c", job],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ValueError: zip() argument 2 is shorter than argument 1\n")


FULL = """
import resource, signal, sys
from pathlib import Path
from downscaling.records.files import replacing, write
from downscaling.records.rows import Focus
from downscaling.runtime.plainly import shown_plainly

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
out = Path(sys.argv[2])
with shown_plainly():
    if sys.argv[1] == "parquet":
        write(out, [Focus(str(n * n), "a" * (n % 97)) for n in range(10_000)], Focus)
    with replacing(out) as temporary:
        if sys.argv[1] == "text":
            temporary.write_text("a" * 10_000)
        else:
            import numpy
            from safetensors.numpy import save_file
            save_file({"a": numpy.zeros(10_000)}, temporary)
"""


@pytest.mark.parametrize("kind", ["parquet", "text", "safetensors"])
def test_a_disk_that_takes_no_more_is_one_line(kind: str, tmp_path: Path) -> None:
    """Catches fifty lines of a library for a full disk, or a line that does not say which file."""
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", FULL, kind, str(out)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
    )
    assert done.stderr == (
        f"downscaling: {out}: File too large; raise the limit on the size of files (ulimit -f) "
        "and run it again\n"
    )
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", REMEDIES)
def test_each_expected_error_names_the_file_and_what_to_do(
    code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an error of the disk that leaves its reader to search."""
    with pytest.raises(SystemExit), shown_plainly():
        raise OSError(code, os.strerror(code), str(tmp_path / "a"))
    assert line(capsys) == f"downscaling: {tmp_path / 'a'}: {os.strerror(code)}; {REMEDIES[code]}"


def test_a_full_disk_within_a_folder_names_the_output(tmp_path: Path) -> None:
    """Catches a full disk that is reported without a name, or under that of another file."""
    with pytest.raises(OSError, match="full") as caught, replacing(tmp_path / "model"):
        raise OSError(28, "full")
    assert caught.value.filename == str(tmp_path / "model")
    with pytest.raises(OSError, match="refused") as caught, naming(tmp_path):
        raise OSError(111, "refused")
    assert caught.value.filename is None
    with pytest.raises(OSError, match="full") as caught, replacing(tmp_path / "model"):
        raise OSError(28, "full", "shelf/model", None, "aside")  # as shutil.copyfile does
    assert caught.value.filename == str(tmp_path / "model")


def test_damaged_records_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a traceback for a parquet file that is cut, or altered beyond its footer."""
    path = tmp_path / "focus.parquet"
    write(path, [Focus(str(n * n), "a" * (n % 97)) for n in range(1000)], Focus)
    whole = path.read_bytes()
    altered = whole[:4] + bytes(byte ^ 0x55 for byte in whole[4:400]) + whole[400:]
    for damage in (whole[:-100], altered, b""):
        path.write_bytes(damage)
        with pytest.raises(SystemExit), shown_plainly():
            read(path, Focus)
        shown = line(capsys)
        assert shown.startswith(f"downscaling: {path}: not a readable parquet file (")
        assert shown.endswith("; delete it and make it again")


DENIED = """
import os, sys
from pathlib import Path
from downscaling.runtime.plainly import shown_plainly

if os.geteuid() == 0:  # whom nothing is denied
    os.setuid(65534)
with shown_plainly():
    Path(sys.argv[1]).read_text()
"""


def test_a_file_that_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    """Catches a traceback where another user's file is in the way."""
    path = tmp_path / "a"
    path.touch(mode=0)
    done = subprocess.run(
        [sys.executable, "-c", DENIED, str(path)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
    )
    assert done.stderr == (
        f"downscaling: {path}: Permission denied; let this user read and write it\n"
    )


def test_a_full_disk_behind_a_library_s_own_error_names_the_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Catches a library that tells a full disk as an error of its own, in sixty lines."""
    full = OSError(errno.EDQUOT, "Disk quota exceeded")
    with pytest.raises(SystemExit), shown_plainly(place="results/smoke"):
        raise RuntimeError("the data set could not be made") from full
    assert line(capsys) == (
        "downscaling: results/smoke: Disk quota exceeded; make room and run it again"
    )


def test_a_place_that_takes_no_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """Catches a run that finds out after its graph was built, in the traceback of another program,
    that its folder is full, read-only, or below a file."""
    check_place(tmp_path / "results/smoke")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="file: Not a directory; move the file away"):
        check_place(tmp_path / "file/results")
    with mounted(tmp_path / "disk", "size=1m") as disk:
        remount(disk, "ro")
        with pytest.raises(UserError, match=f"{disk}: Read-only file system; choose a place"):
            check_place(disk / "results/smoke")
        remount(disk, "rw")
        (disk / "other").write_bytes(bytes(2**20))
        with pytest.raises(UserError, match=f"{disk}: No space left on device; make room"):
            check_place(disk / "results/smoke")
        (disk / "other").unlink()
        check_place(disk / "results/smoke")
