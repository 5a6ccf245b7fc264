"""The engine behind a server that speaks OpenAI's chat completions: vLLM's, and many others."""

from __future__ import annotations

import base64
import dataclasses
import io
import itertools
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import requests

from ..config.teacher import Asking, Server
from ..errors import PictureError, UserError
from ..runtime.http import (
    CONNECT,
    PassingError,
    Retries,
    beginning,
    open_session,
    passes,
    reason,
    retry_after,
)
from .pictures import teacher_view
from .prompted import Ask, Reply
from .teacher import Failed

REFUSED = (400, 413, 422)  # this request alone is at fault
MOST_BYTES = 16 * 1024 * 1024  # of an answer

_RETRIES = Retries()


class ServerError(UserError):
    """A server cannot serve; the message is one line a user can act on."""


class _Bearer(requests.auth.AuthBase):
    """The key, in a header alone; the machine's .netrc is not asked for another."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Served:
    """Keeps a number of requests under way. Sampling is the server's own, seeded for each request.

    A request is sent again, as often as `server.retries` says, while the server is busy, failing,
    silent or away, or breaks off its answer (`runtime.http`). Raises ServerError if it stays so, if
    the server does not know the model or the key, or if the key's variable is not set.
    """

    def __init__(self, asking: Asking, server: Server, retries: Retries = _RETRIES) -> None:
        self._asking, self._server = asking, server
        self._retries = dataclasses.replace(retries, attempts=server.retries + 1)
        self._url = f"{server.base_url.rstrip('/')}/chat/completions"
        self._session = open_session(server.concurrency)
        key = ""
        if server.key_variable:
            key = os.environ.get(server.key_variable, "").strip()
            if not key:
                raise ServerError(
                    f"teacher.key_variable: {server.key_variable} is not set; "
                    "put the server's key in it, or let it be null"
                )
        self._session.auth = _Bearer(key)

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
        return self._retries.attempt(lambda: self._sent(body), _gave_up, stop)

    def _body(self, ask: Ask, max_new_tokens: int) -> bytes:
        content: list[dict[str, Any]] = []
        for path in ask.images:
            buffer = io.BytesIO()
            teacher_view(path, self._asking.images, self._asking.side).save(buffer, "PNG")
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
        """The server's reply to one sending of a request. Raises PassingError or ServerError.

        A server that sends requests elsewhere is refused: the key would go with them.
        """
        try:
            with self._session.post(
                self._url,
                body,
                headers={"Content-Type": "application/json"},
                timeout=(CONNECT, self._server.timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code == 200:
                    return self._read(beginning(response, MOST_BYTES + 1))
                told = f"answered {response.status_code}: {_told(response)}"
                if passes(response.status_code):
                    raise PassingError(f"{self._url}: {told}", retry_after(response))
        except requests.RequestException as error:
            raise PassingError(f"{self._url}: no answer: {reason(error)}") from None
        if response.status_code in REFUSED:
            return Failed(f"the server {told}")
        raise ServerError(f"{self._url}: {told}")

    def _read(self, body: bytes) -> Reply | Failed:
        """The reply in an answer; one that is cut or no JSON is asked for again."""
        if len(body) > MOST_BYTES:
            return Failed(f"the server's answer is longer than {MOST_BYTES} bytes")
        try:
            choice = json.loads(body)["choices"][0]
            text, finish = choice["message"]["content"], choice.get("finish_reason")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            raise PassingError(f"{self._url}: an answer that is no chat completion") from None
        if not isinstance(text, str):
            return Failed("the server's answer holds no text")
        return Reply(text, truncated=finish == "length")


def _gave_up(line: str) -> ServerError:
    return ServerError(f"{line}; what is finished is kept, so run it again when the server is well")


def _told(response: requests.Response) -> str:
    """The beginning of what a server says of an error, on one line."""
    try:
        return " ".join(beginning(response, 300).decode("utf-8", "replace").split())
    except requests.RequestException:
        return ""
