"""Requests as they go over the wire, byte by byte: clients would tidy them up."""

import http.client
import socket
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()


def send(
    server: httpx.Client, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Reply:
    """Send a request with these headers, ``Host`` and a length, and nothing else."""
    address = (server.base_url.host, server.base_url.port or 80)
    given = {"Host": f"{address[0]}:{address[1]}", "Connection": "close", **(headers or {})}
    if body:
        given["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, told, answer.read())
