"""A mirror of publishers that behaves as servers do: well, badly, or not at all."""

import hashlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

LAST_MODIFIED = formatdate(1_790_000_000, usegmt=True)
DATE = "2026-09-21"
"""The day of ``LAST_MODIFIED``."""


@dataclass
class Mirror:
    """Files by path, what went wrong with them, and what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[Callable[["Handler", bytes], None]]] = field(default_factory=dict)
    """Path -> how the next requests are answered, one each; the last of them for good where it is ``lasting``."""
    lasting: bool = False
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def restore(self, files: dict[str, bytes]) -> None:
        self.files, self.faults, self.lasting = dict(files), {}, False
        self.asked.clear()

    def ranges(self) -> list[str | None]:
        return [headers.get("range") for _, headers in self.asked]


class Handler(BaseHTTPRequestHandler):
    mirror: ClassVar[Mirror]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        mirror = self.mirror
        mirror.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        content = mirror.files.get(self.path)
        faults = mirror.faults.get(self.path, [])
        if faults:
            fault = faults[0] if mirror.lasting and len(faults) == 1 else faults.pop(0)
            fault(self, content or b"")
        elif content is None:
            self.answer(404, b"")
        else:
            self.serve(content)

    def serve(self, content: bytes, *, with_range: bool = True) -> None:
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        kept = {"ETag": tag, "Last-Modified": LAST_MODIFIED}
        asked = self.headers.get("Range")
        if self.headers.get("If-None-Match") == tag:
            self.answer(304, b"", kept)
        elif with_range and asked and self.headers.get("If-Range") in (tag, LAST_MODIFIED):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.answer(206, content[start:], {**kept, "Content-Range": span})
        else:
            self.answer(200, content, kept)

    def answer(
        self, status: int, content: bytes, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - named by the library
        del format, arguments


def breaks_off(handler: Handler, content: bytes) -> None:
    """Announce the whole and send a half of what is asked for."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    half = content[: len(content) // 2]
    handler.answer(200, half, {"ETag": tag, "Last-Modified": LAST_MODIFIED}, len(content))
    handler.close_connection = True


def is_busy(handler: Handler, content: bytes) -> None:
    del content
    handler.answer(503, b"come back", {"Retry-After": "0"})


def ignores_range(handler: Handler, content: bytes) -> None:
    handler.serve(content, with_range=False)


def wants_a_login(handler: Handler, content: bytes) -> None:
    del content
    page = b"\n<!DOCTYPE html><html><body>Veuillez vous identifier</body></html>" + b" " * 3_000_000
    handler.answer(200, page, {"Content-Type": "text/html"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Who asks may leave before all is said.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(mirror: Mirror) -> Iterator[Mirror]:
    server = _Server(("127.0.0.1", 0), type("OfOne", (Handler,), {"mirror": mirror}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    mirror.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
