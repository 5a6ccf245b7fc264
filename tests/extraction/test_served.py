"""The engine behind a server, on a loopback server that misbehaves."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from completions import Handler, Loopback, serving, told
from downscaling.config.teacher import Asking, Server
from downscaling.extraction.prompted import Ask, Reply
from downscaling.extraction.served import Served, ServerError
from downscaling.extraction.teacher import Failed
from downscaling.runtime.http import Retries

ASKING = Asking(model="teacher", images="aspect", side=64, statement_tokens=8, description_tokens=8)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def engine(server: Loopback, **changes: Any) -> Served:
    """An engine that asks this server; pauses are short."""
    values = {"key_variable": None, "concurrency": 4, "timeout": 0.3, "retries": 3} | changes
    return Served(ASKING, Server(base_url=server.url, **values), Retries(first=0.01))


def replies(served: Served, asks: list[Ask]) -> list[Any]:
    """All replies, in the order of the requests."""
    found = {place: r for finished in served.replies(asks, 9) for place, r in finished.items()}
    return [found[place] for place in range(len(asks))]


def echo(handler: Handler, body: dict[str, Any], _: int) -> None:
    """Answer with the request's own text; later requests sooner."""
    time.sleep(0.001 * (40 - int(told(body))))
    handler.reply(f"reply {told(body)}")


def test_each_request_gets_its_own_reply_and_no_more_are_under_way_than_told() -> None:
    """Catches replies that take another's place, a flood of requests, and one at a time."""
    asks = [Ask(str(number), (), number) for number in range(40)]
    with serving(echo) as server:
        assert replies(engine(server), asks) == [Reply(f"reply {n}", False) for n in range(40)]
        assert 2 <= server.most <= 4
        assert {body["seed"] for _, _, body in server.requests} == set(range(40))


def test_a_request_is_a_chat_completion_with_its_image(
    images: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a key that is not sent, an image that is cropped or left out, a seed that 32-bit
    servers refuse, and sampling that is not the server's own."""
    monkeypatch.setenv("TEACHER_KEY", "secret")
    Image.new("RGB", (640, 160)).save(images[0].with_name("wide.png"))
    with serving(lambda handler, *_: handler.reply("a ring", "length")) as server:
        served = engine(server, key_variable="TEACHER_KEY")
        ask = Ask("look", (images[0].with_name("wide.png"),), 2**63 - 1)
        assert replies(served, [ask]) == [Reply("a ring", True)]
        ((path, headers, body),) = server.requests
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    picture, text = body["messages"][0]["content"]
    data = picture["image_url"]["url"].removeprefix("data:image/png;base64,")
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (128, 32)
    assert text == {"type": "text", "text": "look"}
    assert (body["model"], body["max_tokens"], body["seed"]) == ("teacher", 9, 2**31 - 1)
    assert not {"temperature", "top_p", "top_k"} & body.keys()


TROUBLES = {
    "busy": lambda handler: handler.send(429, b"slow down", Retry_After="0"),
    "failing": lambda handler: handler.send(500, b"oh"),
    "silent": lambda handler: handler.stall(),
    "half a body": lambda handler: handler.send(200, b'{"choices": [', length=500),
    "no completion": lambda handler: handler.send(200, b'{"choices": []}'),
    "no JSON": lambda handler: handler.send(200, b"<html>"),
    "deep JSON": lambda handler: handler.send(200, b"[" * 100_000),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_server_that_fails_twice_and_then_answers(trouble: str) -> None:
    """Catches a night's work that ends because a server was busy for a second."""

    def play(handler: Handler, body: dict[str, Any], times: int) -> None:
        if times < 2:
            TROUBLES[trouble](handler)
        else:
            handler.reply(told(body))

    with serving(play) as server:
        assert replies(engine(server), [Ask("one", (), 0)]) == [Reply("one", False)]
        assert len(server.requests) == 3


@pytest.mark.parametrize("trouble", ["busy", "silent"])
def test_a_server_that_stays_bad_ends_the_job_and_what_is_finished_is_kept(trouble: str) -> None:
    """Catches a job that waits for ever, and replies thrown away with the one that failed."""

    def play(handler: Handler, body: dict[str, Any], _: int) -> None:
        TROUBLES[trouble](handler) if told(body) == "bad" else handler.reply(told(body))

    got: dict[int, Any] = {}

    def take(served: Served) -> None:
        for finished in served.replies([Ask(t, (), 0) for t in ("a", "b", "bad", "c")], 9):
            got.update(finished)

    told_so = pytest.raises(ServerError, match="gave up after 4 attempts; what is finished is kept")
    with serving(play) as server, told_so:
        take(engine(server))
    assert got == {0: Reply("a", False), 1: Reply("b", False), 3: Reply("c", False)}


def test_a_server_that_is_away_is_named() -> None:
    """Catches a traceback where one line would do."""
    with serving(echo) as server:
        away = engine(server, retries=1)
    with pytest.raises(ServerError, match=r"completions: no answer: .*refused.*; gave up after 2"):
        replies(away, [Ask("1", (), 0)])


@pytest.mark.parametrize(
    ("code", "content", "outcome"),
    [
        (400, "too\nlong", Failed("the server answered 400: too long")),
        (422, "?" * 1000, Failed(f"the server answered 422: {'?' * 300}")),
        (200, None, Failed("the server's answer holds no text")),
        (200, ["a"], Failed("the server's answer holds no text")),
        (200, "\ud800", Reply("\ud800", False)),
    ],
)
def test_a_request_that_the_server_refuses_is_that_row_s_matter(
    code: int, content: Any, outcome: Any
) -> None:
    """Catches one image that the server dislikes ending all, and an error page in a report."""

    def play(handler: Handler, *_: Any) -> None:
        handler.reply(content) if code == 200 else handler.send(code, content.encode())

    with serving(play) as server:
        assert replies(engine(server), [Ask("one", (), 0)]) == [outcome]
        assert len(server.requests) == 1


def test_a_broken_image_is_never_sent(images: list[Path]) -> None:
    """Catches a broken file that ends a job, or is asked about without an image."""
    with serving(echo) as server:
        first, second = replies(engine(server), [Ask("1", (images[7],), 0), Ask("2", (), 0)])
        assert isinstance(first, Failed)
        assert second == Reply("reply 2", False)
        assert len(server.requests) == 1


@pytest.mark.parametrize("code", [401, 403, 404, 302, 307])
def test_a_wrong_key_model_or_address_ends_the_job_at_once(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches thousands of requests to a server that will refuse each, and a key that follows a
    redirection to another host."""
    monkeypatch.setenv("TEACHER_KEY", "secret")
    with serving(echo) as other:

        def play(handler: Handler, *_: Any) -> None:
            handler.send(code, b"no", Location=f"{other.url}/chat/completions")

        with serving(play) as server:
            served = engine(server, key_variable="TEACHER_KEY", concurrency=1)
            with pytest.raises(ServerError, match=f"answered {code}: no") as caught:
                replies(served, [Ask(str(n), (), n) for n in range(40)])
            assert len(server.requests) == 1
        assert not other.requests
    assert "secret" not in str(caught.value)


def test_a_key_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches requests without the key that was promised."""
    monkeypatch.delenv("TEACHER_KEY", raising=False)
    with serving(echo) as server, pytest.raises(ServerError, match="TEACHER_KEY is not set"):
        engine(server, key_variable="TEACHER_KEY")


def test_the_machine_s_netrc_does_not_replace_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Catches another account's password, which requests would send in the key's place."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("TEACHER_KEY", "secret")
    with serving(lambda handler, *_: handler.reply("yes")) as server:
        replies(engine(server, key_variable="TEACHER_KEY"), [Ask("one", (), 0)])
        replies(engine(server), [Ask("two", (), 0)])
        sent = [headers.get("Authorization") for _, headers, _ in server.requests]
    assert sent == ["Bearer secret", None]
