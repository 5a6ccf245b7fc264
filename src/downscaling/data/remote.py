"""A file where it lies, opened without being fetched: of one on the web only the parts that are
read come, by HTTP range requests (RFC 9110, section 14)."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import IO, Any

import requests

from ..catalogue.sources import Source
from ..runtime.http import CHUNK, PassingError, Retries, beginning, open_session, reason
from . import hub, web
from .lock import AbsentError, SourceError
from .places import address_of, is_address, mirrored

BRIEF = Retries(attempts=2, first=0.5, longest=2.0, obeyed=5.0)
"""For questions that a user waits for: one more attempt, soon."""
TIMEOUT = (10.0, 20.0)
"""Seconds to connect, and seconds without a byte."""


class NoPartsError(SourceError):
    """A server gives a file only whole."""


def opened(
    name: str,
    source: Source,
    revision: str,
    file: str,
    mirror: str = "",
    retries: Retries = BRIEF,
) -> IO[bytes]:
    """A source's file, open to be read in parts and from any place.

    revision: of a repository on the hub. mirror: as of `fetching.fetch`. Raises SourceError, one
    line, here or while it is read.
    """
    if mirror and not is_address(mirror):
        return mirrored(name, source, file, mirror).open("rb")
    if source.hub and not mirror:
        url, headers = hub.place(source, revision, file)
        return io.BufferedReader(RemoteFile(url, headers, source.gated, retries), CHUNK)
    url = address_of(name, source, file, mirror)
    gate = "" if mirror else source.gated
    return io.BufferedReader(RemoteFile(url, {}, gate, retries), CHUNK)


class RemoteFile(io.RawIOBase):
    """A file on a web server; each read is a request for a range of its bytes.

    size: its length in bytes. Raises SourceError, one line, for a file that is not there or changes
    its length, and a server that does not answer in `TIMEOUT`; NoPartsError for one that gives no
    ranges of a file longer than `CHUNK`.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], gate: str = "", retries: Retries = BRIEF
    ) -> None:
        """headers: of every request; those for the hub are not sent on to where it redirects to.
        gate: the page that grants access."""
        super().__init__()
        self.url, self.gate = url, gate
        self._headers, self._session = dict(headers), open_session()
        self._retries = retries
        self._place = 0
        self.size = -1
        self._begin = self._range(0, CHUNK)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The place in the file."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the file; nothing is asked for."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer of bytes as far as the file goes; how many there were."""
        wanted = min(len(buffer), self.size - self._place)
        if wanted <= 0:
            return 0
        data = self._begin[self._place : self._place + wanted]
        data = data or self._range(self._place, wanted)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self) -> None:
        """Hang up."""
        self._session.close()
        super().close()

    def _range(self, start: int, length: int) -> bytes:
        return self._retries.attempt(lambda: self._ask(start, length), AbsentError)

    def _ask(self, start: int, length: int) -> bytes:
        asked = self._headers | {"Range": f"bytes={start}-{start + length - 1}"}
        try:
            with self._session.get(
                self.url, headers=asked, stream=True, timeout=TIMEOUT
            ) as response:
                if response.status_code == 416 and start == 0:  # of an empty file
                    self.size = 0
                    return b""
                web.judge(response, self.url, self.gate)
                whole = response.headers.get("Content-Range", "").rpartition("/")[2]
                if response.status_code != 206 or not re.fullmatch(r"\d+", whole):
                    return self._whole(response)
                self._settle(int(whole))
                data = beginning(response, length)
        except requests.exceptions.RequestException as error:
            raise PassingError(f"{self.url}: cannot be reached ({reason(error)})") from None
        if len(data) < min(length, self.size - start):
            raise PassingError(f"{self.url}: the transfer was cut")
        return data

    def _whole(self, response: requests.Response) -> bytes:
        """A short file from a server that gives no ranges."""
        length = response.headers.get("Content-Length", "")
        if not re.fullmatch(r"\d+", length) or int(length) > CHUNK:
            raise NoPartsError(f"{self.url}: the server gives no parts of a file")
        self._settle(int(length))
        return response.content

    def _settle(self, size: int) -> None:
        if self.size not in (-1, size):
            raise SourceError(f"{self.url}: changed while it was read; run it again")
        self.size = size
