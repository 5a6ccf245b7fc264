"""What a long job has finished so far, so that an interrupted one goes on where it was.

A resume log lies beside the output: a first line with the job's identity, then a line for each
finished request. A line is written whole and reaches the disk before the next is begun; a last line
without its end was being written when the job died, and is cut off. The job removes the log
when its output is complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from filelock import lock_descriptor

from ..errors import naming
from ..records.files import RecordError


class ResumeLog:
    """Finished requests by their keys, as JSON values. Without a file they are held in memory."""

    def __init__(self, file: BinaryIO | None = None, finished: Mapping[str, Any] | None = None):
        self.finished: dict[str, Any] = dict(finished or {})
        self._file = file

    def add(self, finished: Mapping[str, Any]) -> None:
        """Keep what was just finished; when this returns, it is on the disk."""
        self.finished.update(finished)
        if self._file and finished:
            lines = [json.dumps(entry) for entry in finished.items()]
            self._file.write("".join(f"{line}\n" for line in lines).encode())
            _save(self._file)


@contextmanager
def resumed(output: Path, identity: str) -> Iterator[ResumeLog]:
    """The resume log of a job, with what an interrupted one has finished; removed if the block ends
    well, when the output must be in place.

    identity: a digest of what the finished requests depend on (`Job.identity`). Raises RecordError
    if the log was begun under another, is damaged before its last line, or is being written by
    another job.
    """
    path = output.with_name(f".{output.name}.resume.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    with naming(path), path.open("a+b") as file:
        if not lock_descriptor(file.fileno(), blocking=False):
            raise RecordError(f"{path}: another job is writing it; wait for it or end it")
        lines = _whole_lines(file)
        first = json.dumps({"identity": identity}).encode()
        if not lines:
            file.write(first + b"\n")
            _save(file)
        elif lines[0] != first:
            raise RecordError(
                f"{path}: begun under other settings or code, or on other inputs; go back to them, "
                "or delete it to begin anew"
            )
        finished = [_entry(line, path, number) for number, line in enumerate(lines[1:], 2)]
        yield ResumeLog(file, dict(finished))
        path.unlink()


def _whole_lines(file: BinaryIO) -> list[bytes]:
    """The lines of a file, of which a last one without its end is cut off."""
    file.seek(0)
    *lines, rest = file.read().split(b"\n")
    if rest:
        file.truncate(file.tell() - len(rest))
        _save(file)
    return lines


def _entry(line: bytes, path: Path, number: int) -> tuple[str, Any]:
    try:
        key, value = json.loads(line)
        return str(key), value
    except (ValueError, TypeError):
        raise RecordError(f"{path}, line {number}: damaged; delete it to begin anew") from None


def _save(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
