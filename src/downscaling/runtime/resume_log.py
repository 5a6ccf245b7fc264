"""What a long job has finished so far, so that an interrupted one goes on where it was.

A resume log lies beside the output: a first line with the job's identity, then a line for all that
was finished at a time. A line holds its own checksum and reaches the disk before the next is begun.
The log counts up to the first line that is torn, as the last is where a job was killed, or damaged;
what follows is asked for again. The job removes the log when its output is complete.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import naming


class ResumeLog:
    """Finished requests by their keys, as JSON values. Without a file they are held in memory."""

    def __init__(self, file: BinaryIO | None = None, finished: Mapping[str, Any] | None = None):
        self.finished: dict[str, Any] = dict(finished or {})
        self._file = file

    def add(self, finished: Mapping[str, Any]) -> None:
        """Keep what was just finished, all of it or nothing; when this returns, it is on the
        disk."""
        self.finished.update(finished)
        if self._file and finished:
            self._file.write(_line(finished))
            _save(self._file)


@contextmanager
def resumed(output: Path, identity: str) -> Iterator[ResumeLog]:
    """The resume log of a job, with what an interrupted one has finished; removed if the block ends
    well, when the output must be in place.

    identity: a digest of what the finished requests depend on (`Job.identity`); a log that was
    begun under another is begun anew. No other process writes it: the job holds its lock.
    """
    path = output.with_name(f".{output.name}.resume.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    with naming(path), path.open("a+b") as file:
        yield ResumeLog(file, _taken_up(file, path, identity))
        path.unlink()


def _taken_up(file: BinaryIO, path: Path, identity: str) -> dict[str, Any]:
    """What a log holds of this job, after the rest was cut off."""
    file.seek(0)
    whole, length = _whole_lines(file)
    cut = os.fstat(file.fileno()).st_size - length
    if whole and whole[0] != {"identity": identity}:
        _say(path, "of other settings, inputs, code or libraries; begun anew")
        whole, length = [], 0
    elif cut:
        _say(path, f"torn or damaged behind line {len(whole)}; what follows is asked for again")
    file.truncate(length)
    if not whole:
        file.write(_line({"identity": identity}))
    _save(file)
    return {key: value for entry in whole[1:] for key, value in entry.items()}


def _whole_lines(file: BinaryIO) -> tuple[list[dict[str, Any]], int]:
    """What the lines hold up to the first that is torn or damaged, and how many bytes they take."""
    whole, length = [], 0
    for line in file:
        checksum, _, text = line.removesuffix(b"\n").partition(b" ")
        if not line.endswith(b"\n") or checksum != _checksum(text):
            break
        whole.append(json.loads(text))
        length += len(line)
    return whole, length


def _line(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry).encode()
    return _checksum(text) + b" " + text + b"\n"


def _checksum(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode()


def _say(path: Path, what: str) -> None:
    print(f"{path}: {what}", file=sys.stderr)


def _save(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
