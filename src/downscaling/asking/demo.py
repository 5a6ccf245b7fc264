"""A page on this machine that asks two pairs of modules one question, side by side."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import UserError
from ..study.study import Study
from .offered import Offered
from .page import page
from .sides import Models

ADDRESS = "127.0.0.1"
LARGEST_FILE = 50_000_000
"""Bytes of an upload."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # gradio's scripts stand in its page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a browser may fetch for the page: what this process serves, and nothing else."""


def serve(study: Study, offered: Offered, port: int, say: Callable[[str], None]) -> None:
    """Serve the page until the user interrupts; what was uploaded goes with it.

    port: 0 takes any that is free.

    Raises UserError where gradio is missing or the port cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="downscaling-demo-") as folder:
        # gradio reads both while it is imported and while a page is built.
        os.environ.update(GRADIO_ANALYTICS_ENABLED="False", GRADIO_TEMP_DIR=folder)
        with _listening(port) as listener, Models() as models:
            server = _server(study, offered, models)
            say(f"http://{ADDRESS}:{listener.getsockname()[1]} (Ctrl-C ends it)")
            _run(server, listener, models)


def _run(server: Any, listener: socket.socket, models: Models) -> None:
    """Run a server until it ends or the user interrupts. What a page waits for holds the server, so
    that the models end first."""
    ended = threading.Event()

    def run() -> None:
        try:
            server.run([listener])
        finally:
            ended.set()

    # In a thread of its own the server leaves interrupts to this one. An interrupted join would
    # take the thread for ended.
    threading.Thread(target=run).start()
    try:
        ended.wait()
    finally:
        models.end()
        server.should_exit = True
        ended.wait()


def _server(study: Study, offered: Offered, models: Models) -> Any:
    """A server of the page that answers to this machine's own names alone."""
    try:
        import uvicorn
        from fastapi import FastAPI
        from gradio import mount_gradio_app, themes
        from starlette.middleware.trustedhost import TrustedHostMiddleware
    except ImportError:
        raise UserError(
            "demo: gradio is not installed; install it: pip install --no-deps -r envs/demo.txt"
        ) from None

    app = mount_gradio_app(
        FastAPI(openapi_url=None),
        page(study, offered, models),
        path="/",
        server_name=ADDRESS,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=LARGEST_FILE,
        ssr_mode=False,
        mcp_server=False,
        theme=themes.Default(spacing_size="sm", text_size="sm", font=["system-ui", "sans-serif"]),
    )
    return uvicorn.Server(
        uvicorn.Config(
            TrustedHostMiddleware(app, allowed_hosts=[ADDRESS, "localhost"]),
            log_level="critical",
            headers=[("Content-Security-Policy", POLICY)],
            timeout_graceful_shutdown=1,  # seconds; a page that is open never lets go
        )
    )


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """A socket on a port of the loopback interface."""
    try:
        listener = socket.create_server((ADDRESS, port))
    except OSError as error:
        raise UserError(f"--port {port}: {os.strerror(error.errno or 0)}; name another") from None
    with listener:
        yield listener
