"""A server on the loopback that speaks chat completions and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["Handler", dict[str, Any], int], None]
TEACH: dict[str, Any] = {
    "numerics": "portable",
    "threads": 1,
    "engine": "openai",
    "asking": {
        "model": "teacher",
        "images": "aspect",
        "side": 64,
        "statement_tokens": 8,
        "description_tokens": 8,
    },
    "precision": None,
    "prompts": "own",
    "seed": 3,
}
"""What decides the replies of a teacher that is served here, but for its shard."""


class Handler(BaseHTTPRequestHandler):
    """Hands each request, with how often its text came before, to the play."""

    server: Loopback

    def do_POST(self) -> None:
        """Read a request, count it, answer it."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests.append((self.path, dict(self.headers), body))
            text = told(body)
            times = self.server.times.get(text, 0)
            self.server.times[text] = times + 1
            self.server.under_way += 1
            self.server.most = max(self.server.most, self.server.under_way)
        with suppress(BrokenPipeError):
            self.server.play(self, body, times)

    def reply(self, text: Any, finish: str = "stop") -> None:
        """Answer with a chat completion."""
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": finish}
        self.send(200, json.dumps({"choices": [choice]}).encode())

    def send(self, code: int, body: bytes, length: int | None = None, **headers: str) -> None:
        """Answer with these bytes; `length` is what is announced."""
        with self.server.lock:
            self.server.under_way -= 1
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def stall(self) -> None:
        """Say nothing for longer than a client waits."""
        time.sleep(1.0)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class Loopback(ThreadingHTTPServer):
    """The server, and all that it was asked."""

    daemon_threads = True

    def __init__(self, play: Play) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.play, self.lock = play, threading.Lock()
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.times: dict[str, int] = {}
        self.under_way = self.most = 0

    @property
    def url(self) -> str:
        """What a configuration calls base_url."""
        return f"http://127.0.0.1:{self.server_port}/v1"


def told(body: dict[str, Any]) -> str:
    """The text of a request."""
    return str(body["messages"][0]["content"][-1]["text"])


@contextmanager
def serving(play: Play) -> Iterator[Loopback]:
    """The server while the block runs."""
    with Loopback(play) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
