"""The engine behind a server that speaks OpenAI's chat completions: vLLM's, and many others."""

from __future__ import annotations

import base64
import http.client
import io
import itertools
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import IO, Any

from ..config.teacher import Asking, Server
from ..errors import PictureError, UserError
from .pictures import load_image
from .prompted import Ask, Reply
from .teacher import Failed

BUSY = (408, 409, 425, 429, 500, 502, 503, 504)  # sent again
REFUSED = (400, 413, 422)  # this request alone is at fault
LONGEST_PAUSE = 60.0  # seconds
MOST_BYTES = 16 * 1024 * 1024  # of an answer


class ServerError(UserError):
    """A server cannot serve; the message is one line a user can act on."""


class _AgainError(Exception):
    """An answer that another try may better; `pause` is what the server asks for, in seconds."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A server that sends requests elsewhere is refused: the key would go with them."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Served:
    """Keeps a number of requests under way. Sampling is the server's own, seeded for each request.

    A request is sent again, after pauses that double from half a second, while the server is busy,
    failing, silent or away, or breaks off its answer. Raises ServerError if it stays so, if the
    server does not know the model or the key, or if the key's variable is not set.
    """

    def __init__(self, asking: Asking, server: Server, first_pause: float = 0.5) -> None:
        self._asking, self._server, self._first_pause = asking, server, first_pause
        self._url = f"{server.base_url.rstrip('/')}/chat/completions"
        self._opener = urllib.request.build_opener(_NoRedirect)
        self._headers = {"Content-Type": "application/json"}
        if server.key_variable:
            key = os.environ.get(server.key_variable, "").strip()
            if not key:
                raise ServerError(
                    f"teacher.key_variable: {server.key_variable} is not set; "
                    "put the server's key in it, or let it be null"
                )
            self._headers["Authorization"] = f"Bearer {key}"

    def replies(
        self, asks: Sequence[Ask], max_new_tokens: int
    ) -> Iterator[Mapping[int, Reply | Failed]]:
        """A reply to each request by its place, each as soon as it is there."""
        waiting = iter(enumerate(asks))
        pending: dict[Future[Reply | Failed], int] = {}
        stop = threading.Event()
        with ThreadPoolExecutor(self._server.concurrency) as pool:
            try:
                while True:
                    free = self._server.concurrency - len(pending)
                    for place, ask in itertools.islice(waiting, free):
                        pending[pool.submit(self._reply, ask, max_new_tokens, stop)] = place
                    if not pending:
                        return
                    done = wait(pending, return_when=FIRST_COMPLETED).done
                    good = [future for future in done if future.exception() is None]
                    bad = [future for future in done if future.exception() is not None]
                    yield {pending.pop(future): future.result() for future in good}
                    for future in bad:
                        future.result()
            finally:
                stop.set()

    def _reply(self, ask: Ask, max_new_tokens: int, stop: threading.Event) -> Reply | Failed:
        try:
            body = self._body(ask, max_new_tokens)
        except PictureError as error:
            return Failed(str(error))
        tries = 0
        while True:
            try:
                return self._sent(body)
            except _AgainError as again:
                tries += 1
                if tries > self._server.retries or stop.is_set():
                    raise ServerError(
                        f"{self._url}: {again} ({tries} tries); what is finished is kept, "
                        "so run it again when the server is well"
                    ) from None
                pause = max(again.pause, self._first_pause * 2 ** (tries - 1))
                stop.wait(min(pause, LONGEST_PAUSE))

    def _body(self, ask: Ask, max_new_tokens: int) -> bytes:
        content: list[dict[str, Any]] = []
        for path in ask.images:
            buffer = io.BytesIO()
            load_image(path, self._asking.images, self._asking.side).save(buffer, "PNG")
            data = base64.b64encode(buffer.getvalue()).decode()
            content.append(
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
            )
        request = {
            "model": self._asking.model,
            "messages": [
                {"role": "user", "content": [*content, {"type": "text", "text": ask.text}]}
            ],
            "max_tokens": max_new_tokens,
            "seed": ask.seed & 0x7FFFFFFF,  # some servers hold 32 bits
        }
        return json.dumps(request).encode()

    def _sent(self, body: bytes) -> Reply | Failed:
        """The server's reply to one sending of a request. Raises _AgainError or ServerError."""
        request = urllib.request.Request(self._url, body, self._headers)
        try:
            with self._opener.open(request, timeout=self._server.timeout) as answer:
                return _read(answer.read(MOST_BYTES + 1))
        except urllib.error.HTTPError as error:
            with error:
                reason = f"answered {error.code}: {_told(error)}"
                if error.code in BUSY:
                    raise _AgainError(reason, _pause(error.headers.get("Retry-After"))) from None
            if error.code in REFUSED:
                return Failed(f"the server {reason}")
            raise ServerError(f"{self._url}: {reason}") from None
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            raise _AgainError(f"no answer: {reason}") from None


def _read(body: bytes) -> Reply | Failed:
    """The reply in an answer; one that is cut or no JSON is asked for again."""
    if len(body) > MOST_BYTES:
        return Failed(f"the server's answer is longer than {MOST_BYTES} bytes")
    try:
        choice = json.loads(body)["choices"][0]
        text, finish = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise _AgainError("an answer that is no chat completion") from None
    if not isinstance(text, str):
        return Failed("the server's answer holds no text")
    return Reply(text, truncated=finish == "length")


def _told(error: IO[bytes]) -> str:
    """The beginning of what a server says of an error, on one line."""
    try:
        return " ".join(error.read(300).decode("utf-8", "replace").split())
    except (OSError, http.client.HTTPException):
        return ""


def _pause(header: str | None) -> float:
    """The seconds of a Retry-After header; 0 for none, or for a date."""
    return float(header) if header and header.isdecimal() else 0.0
