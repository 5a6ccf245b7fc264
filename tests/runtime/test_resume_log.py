"""A log survives the death of its job, and is never mixed with another's."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

import pytest

from downscaling.records.files import RecordError
from downscaling.runtime.resume_log import resumed

IDENTITY = "0123456789abcdef"


def begun(output: Path, *keys: str) -> Path:
    """The log of a job that died after it had finished these requests."""
    with suppress(KeyboardInterrupt), resumed(output, IDENTITY) as log:
        for key in keys:
            log.add({key: f"reply to {key}\n\u2028"})
        raise KeyboardInterrupt
    return output.with_name(f".{output.name}.resume.jsonl")


def test_what_was_finished_is_there_again_until_the_output_is(tmp_path: Path) -> None:
    """Catches finished requests that are asked for again, and a log that outlives its job."""
    output = tmp_path / "folder" / "out.parquet"
    path = begun(output, "a", "b")
    with resumed(output, IDENTITY) as log:
        assert log.finished == {k: f"reply to {k}\n\u2028" for k in "ab"}
        log.add({"c": [1, 2]})
        assert len(path.read_bytes().splitlines()) == 4
    assert not path.exists()


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_half_written_line_is_cut_off_and_never_counted(cut: int, tmp_path: Path) -> None:
    """Catches a half-written reply that counts, or that the next line is glued to."""
    path = begun(tmp_path / "out", "a", "b")
    path.write_bytes(path.read_bytes()[:-cut])
    for expected in (["a"], ["a", "c"]):
        with suppress(KeyboardInterrupt), resumed(tmp_path / "out", IDENTITY) as log:
            assert list(log.finished) == expected
            log.add({"c": 1})
            raise KeyboardInterrupt
    assert path.read_bytes().endswith(b'["c", 1]\n["c", 1]\n')


def test_a_first_line_that_was_never_finished_begins_anew(tmp_path: Path) -> None:
    """Catches a job that can never start again because it died as it began."""
    path = begun(tmp_path / "out")
    path.write_bytes(path.read_bytes()[:10])
    with resumed(tmp_path / "out", "another") as log:
        assert log.finished == {}


def test_another_job_s_journal_is_refused(tmp_path: Path) -> None:
    """Catches replies of two configurations in one file, and a second job that writes into the
    file of one that lives on after its Snakemake was killed."""
    path = begun(tmp_path / "out", "a")
    kept = path.read_bytes()
    refused = pytest.raises(RecordError, match="begun under other settings")
    with refused, resumed(tmp_path / "out", "another"):
        pass
    assert path.read_bytes() == kept
    with resumed(tmp_path / "out", IDENTITY):
        refused = pytest.raises(RecordError, match="another job is writing it")
        with refused, resumed(tmp_path / "out", IDENTITY):
            pass


@pytest.mark.parametrize("line", [b"\0\0", b"{}", b"[1, 2, 3]", b"7", b'["a"'])
def test_damage_before_the_last_line_is_named(line: bytes, tmp_path: Path) -> None:
    """Catches a damaged disk that silently costs rows."""
    path = begun(tmp_path / "out", "a")
    path.write_bytes(path.read_bytes() + line + b'\n["b", 1]\n')
    refused = pytest.raises(RecordError, match="line 3: damaged; delete it to begin anew")
    with refused, resumed(tmp_path / "out", IDENTITY):
        pass


def test_a_full_disk_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a night's work that ends with "No space left on device" and no word of where."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space") as caught, resumed(tmp_path / "out", IDENTITY):
        pass
    assert caught.value.filename == str(tmp_path / ".out.resume.jsonl")
