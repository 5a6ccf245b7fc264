"""The loopback hub: an HTTP server on 127.0.0.1 that speaks the hub's protocol, with faults on
demand. The real huggingface_hub client talks to it through HF_ENDPOINT.

It answers what the client asks while it reads a repository's files (`/api/{models,datasets}/<id>`,
HEAD and GET of `/<id>/resolve/<revision>/<file>`, large files by a redirect to another host, as the
hub's content network is), and plain web files under `/web/`. It is one process's threads, and its
port is whatever is free.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

TOKEN = "hf_a_token_that_was_granted_access"
LARGE = (".safetensors", ".parquet", ".zip", ".z01", ".tar")
"""Endings of files that the hub stores apart from git and redirects to."""
RESOLVE = re.compile(r"^/(datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)$")
INFO = re.compile(r"^/api/(models|datasets)/([^/]+/[^/]+?)(?:/revision/([^/]+))?$")


@dataclasses.dataclass
class Fault:
    """What goes wrong: an answer of this status; or the connection cut after so many bytes of the
    content, at once or when the hub closes (stalls); or other content than the announced one.
    times: so often, then no more."""

    status: int = 0
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    cut: int | None = None
    stalls: bool = False
    content: bytes | None = None
    times: int = 1


@dataclasses.dataclass
class Repository:
    """A repository of one revision."""

    files: dict[str, bytes]
    gated: bool

    @property
    def commit(self) -> str:
        total = hashlib.sha1()
        for name, content in sorted(self.files.items()):
            total.update(name.encode() + hashlib.sha1(content).digest())
        return total.hexdigest()


class Hub:
    """Its repositories and files, its faults, every request that it got (method, path and headers),
    and how many bytes of content it sent, by path. `whole`: ends of paths of which it gives no
    ranges."""

    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.web: dict[str, bytes] = {}
        self.requests: list[tuple[str, str, Message]] = []
        self.sent: Counter[str] = Counter()
        self.whole: list[str] = []
        self._faults: list[tuple[str, str, Fault]] = []
        self.address = self.network = ""
        self.closing = Event()

    def add(
        self, id: str, files: dict[str, bytes], kind: str = "models", gated: bool = False
    ) -> None:
        """Add a repository; kind: models or datasets."""
        self.repositories[kind, id] = Repository(files, gated)

    def fail(self, path: str, *faults: Fault, method: str = "GET") -> None:
        """Let the next requests whose path ends so go wrong, in this order."""
        self._faults += [(method, path, fault) for fault in faults]

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, counted down."""
        for wanted, end, fault in self._faults:
            if wanted == method and path.endswith(end) and fault.times:
                fault.times -= 1
                return fault
        return None

    def served(self, end: str) -> int:
        """Bytes of content that were sent for such paths."""
        return sum(count for path, count in self.sent.items() if path.endswith(end))

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._faults.clear()

    def got(self, end: str, method: str = "GET") -> list[Message]:
        """The headers of every request for such a path."""
        return [held for name, path, held in self.requests if name == method and path.endswith(end)]


@contextmanager
def serving() -> Iterator[Hub]:
    """A hub that answers for as long as the block runs."""
    hub = Hub()
    server = _Server(("127.0.0.1", 0), type("Answer", (_Answer,), {"hub": hub}))
    port = server.server_address[1]
    hub.address, hub.network = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that HF_ENDPOINT names, for a machine without a token."""
    with serving() as made:
        monkeypatch.setenv("HF_ENDPOINT", made.address)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield made


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may hang up at any time; any other error is the hub's own."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Answer(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append((self.command, path, self.headers))
        fault = self.hub.fault(self.command, path)
        if fault and fault.status:
            return self._send(b"", fault.status, fault.headers)
        if path.startswith("/web/"):
            content = self.hub.web.get(path.removeprefix("/web/"))
            return self._send(b"", 404) if content is None else self._content(content, fault)
        if path.startswith("/network/"):
            return self._content(self._large(path.removeprefix("/network/")), fault)
        if path == "/api/whoami-v2":
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            return self._send(b'{"name": "somebody"}' if known else b"", 200 if known else 401)
        if found := INFO.match(path):
            return self._info(*found.groups())
        if found := RESOLVE.match(path):
            return self._resolve(*found.groups(), fault)
        return self._send(b"", 404)

    def _info(self, kind: str, id: str, revision: str | None) -> None:
        held = self.hub.repositories.get((kind, id))
        if held is None:
            return self._error(401, "RepoNotFound")
        if revision not in (None, "main", held.commit):
            return self._error(404, "RevisionNotFound")
        siblings: list[dict[str, Any]] = []
        for name, content in held.files.items():
            about = {"rfilename": name, "size": len(content), "blobId": _blob(content)}
            if name.endswith(LARGE):
                sha256 = hashlib.sha256(content).hexdigest()
                about["lfs"] = {"size": len(content), "sha256": sha256, "pointerSize": 130}
            siblings.append(about)
        told = {"id": id, "modelId": id, "sha": held.commit, "siblings": siblings}
        self._send(json.dumps(told).encode(), 200, {"Content-Type": "application/json"})

    def _resolve(
        self, dataset: str | None, id: str, revision: str, name: str, fault: Fault | None
    ) -> None:
        held = self.hub.repositories.get(("datasets" if dataset else "models", id))
        if held is None:
            return self._error(401, "RepoNotFound")
        if held.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._error(403, "GatedRepo")
        if revision not in ("main", held.commit):
            return self._error(404, "RevisionNotFound")
        if name not in held.files:
            return self._error(404, "EntryNotFound")
        content, commit = held.files[name], {"X-Repo-Commit": held.commit}
        if not name.endswith(LARGE):
            return self._content(content, fault, commit | {"ETag": f'"{_blob(content)}"'})
        sha256 = hashlib.sha256(content).hexdigest()
        place = {"Location": f"{self.hub.network}/network/{sha256}/{name}"}
        linked = {"X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(content))}
        return self._send(b"", 302, commit | place | linked)

    def _large(self, place: str) -> bytes:
        sha256, _, name = place.partition("/")
        held = (repository.files.get(name) for repository in self.hub.repositories.values())
        return next(c for c in held if c and hashlib.sha256(c).hexdigest() == sha256)

    def _content(
        self, content: bytes, fault: Fault | None, headers: dict[str, str] | None = None
    ) -> None:
        """The content or the rest of it that was asked for, or what the fault makes of it."""
        headers = {"ETag": f'"{_blob(content)}"', "Accept-Ranges": "bytes"} | (headers or {})
        status, start = 200, 0
        end: int | None = None
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", headers["ETag"]) == headers["ETag"]
        if asked and same and not self.path.endswith(tuple(self.hub.whole)):
            status, start = 206, int(asked.group(1))
            last = len(content) - 1
            if asked.group(2):
                last = min(last, int(asked.group(2)))
                end = last + 1
            headers["Content-Range"] = f"bytes {start}-{last}/{len(content)}"
            if start >= len(content):
                return self._send(b"", 416)
        if fault and fault.content is not None:
            content = fault.content
        self._send(content[start:end], status, headers, fault.cut if fault else None)
        if fault and fault.stalls:
            self.wfile.flush()
            self.hub.closing.wait()

    def _error(self, status: int, code: str) -> None:
        self._send(b"", status, {"X-Error-Code": code, "X-Error-Message": code})

    def _send(
        self,
        content: bytes,
        status: int,
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.hub.sent[unquote(urlsplit(self.path).path)] += len(content[:cut])
            self.wfile.write(content[:cut])
        if cut is not None:
            self.close_connection = True


def _blob(content: bytes) -> str:
    """The id that git gives to a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
