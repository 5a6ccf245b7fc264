"""A log survives the death of its job, and is never mixed with another's."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

import pytest

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
        log.add({"d": 1, "e": 2})
        assert len(path.read_bytes().splitlines()) == 5
    assert not path.exists()


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_half_written_line_is_cut_off_and_never_counted(
    cut: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a half-written reply that counts, or that the next line is glued to."""
    path = begun(tmp_path / "out", "a", "b")
    path.write_bytes(path.read_bytes()[:-cut])
    for expected in (["a"], ["a", "c"]):
        with suppress(KeyboardInterrupt), resumed(tmp_path / "out", IDENTITY) as log:
            assert list(log.finished) == expected
            log.add({"c": 1})
            raise KeyboardInterrupt
    line = f"{path}: torn or damaged behind line 2; what follows is asked for again\n"
    assert capsys.readouterr().err == line
    assert path.read_bytes().endswith(b' {"c": 1}\n')


def test_what_was_finished_together_is_kept_together(tmp_path: Path) -> None:
    """Catches a batch of which a part is there again, so that the rest is asked for in other
    company than without an interruption."""
    path = begun(tmp_path / "out")
    with suppress(KeyboardInterrupt), resumed(tmp_path / "out", IDENTITY) as log:
        log.add({"a": 1, "b": 2})
        log.add({"c": 3, "d": 4})
        raise KeyboardInterrupt
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with suppress(KeyboardInterrupt), resumed(tmp_path / "out", IDENTITY) as log:
            assert list(log.finished) in ([], ["a", "b"])
            raise KeyboardInterrupt


def test_a_first_line_that_was_never_finished_begins_anew(tmp_path: Path) -> None:
    """Catches a job that can never start again because it died as it began."""
    path = begun(tmp_path / "out")
    path.write_bytes(path.read_bytes()[:10])
    with resumed(tmp_path / "out", "another") as log:
        assert log.finished == {}


def test_another_job_s_log_is_begun_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches replies of two configurations in one file, and a job that cannot start until somebody
    deletes what it will not use."""
    path = begun(tmp_path / "out", "a")
    with suppress(KeyboardInterrupt), resumed(tmp_path / "out", "another") as log:
        assert log.finished == {}
        log.add({"b": 1})
        raise KeyboardInterrupt
    expected = f"{path}: of other settings, inputs, code or libraries; begun anew\n"
    assert capsys.readouterr().err == expected
    with resumed(tmp_path / "out", "another") as log:
        assert log.finished == {"b": 1}


@pytest.mark.parametrize("line", [b"\0\0", b"{}", b"[1, 2, 3]", b"7", b'["a", 1]', b'{"a": 1}'])
def test_nothing_counts_behind_a_damaged_line(
    line: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a damaged disk that silently costs or changes rows, and a job that fails at every
    retry for one line."""
    path = begun(tmp_path / "out", "a", "b")
    first, a, b = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + a + line + b"\n" + b)
    with resumed(tmp_path / "out", IDENTITY) as log:
        assert list(log.finished) == ["a"]
    assert "torn or damaged behind line 2;" in capsys.readouterr().err


def test_a_flipped_byte_changes_no_reply(tmp_path: Path) -> None:
    """Catches a reply that another letter has crept into: the line is as good JSON as before."""
    path = begun(tmp_path / "out", "a", "b")
    whole = path.read_bytes()
    expected = {key: f"reply to {key}\n\u2028" for key in "ab"}
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with suppress(KeyboardInterrupt), resumed(tmp_path / "out", IDENTITY) as log:
            assert log.finished.items() <= expected.items()
            assert len(log.finished) < 2
            raise KeyboardInterrupt


def test_a_full_disk_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a night's work that ends with "No space left on device" and no word of where."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space") as caught, resumed(tmp_path / "out", IDENTITY):
        pass
    assert caught.value.filename == str(tmp_path / ".out.resume.jsonl")
