"""A stand-in for the Hugging Face Hub on loopback, which can be told to fail."""

import hashlib
import json
import re
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SLOW_SECONDS = 3  # a reader who meets a slow Hub has the patience of one


class Hub(ThreadingHTTPServer):
    """Serves the models below a folder, and can be told to fail.

    Attributes:
        root: holds owner/name/file.
        fault: what goes wrong: slow, gated, private, busy, portal, truncated, cut, damaged; or "".
        downloads: paths of the GET requests, in order.
        resumed: bytes that a client already had when it asked for the rest of a file.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root, self.fault = root, ""
        self.downloads: list[str] = []
        self.resumed: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that lost patience and hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.respond()

    def do_GET(self) -> None:
        self.server.downloads.append(self.path)
        self.respond()

    def respond(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if self.server.fault == "slow":
            time.sleep(SLOW_SECONDS)
        refusals = {
            "gated": (403, "GatedRepo"),
            "private": (401, "RepoNotFound"),
            "busy": (503, ""),
        }
        if self.server.fault in refusals:
            return self.refuse(*refusals[self.server.fault])
        if self.server.fault == "portal":
            return self.send(b"<html>Log in to this network</html>", {"Content-Type": "text/html"})
        if match := re.fullmatch(r"/cdn/(.+)", path):
            return self.send_file(self.server.root / match[1])
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(/.*)?", path):
            return self.describe(self.server.root / match[1], match[2] or "")
        match = re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path)
        if match is None or not (self.server.root / match[1]).is_dir():
            return self.refuse(404, "RepoNotFound")
        return self.resolve(self.server.root / match[1] / match[2])

    def resolve(self, file: Path) -> None:
        """Answer as the Hub does: large files lie elsewhere, small ones here."""
        if not file.is_file():
            return self.refuse(404, "EntryNotFound", {"X-Repo-Commit": COMMIT})
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{etag(file)}"'}
        if file.suffix != ".safetensors":
            return self.send_file(file, headers)
        headers["X-Linked-Size"] = str(file.stat().st_size)
        headers["X-Linked-Etag"] = headers["ETag"]
        headers["Location"] = (
            f"http://localhost:{self.server.server_port}/cdn/{file.relative_to(self.server.root)}"
        )
        return self.send(b"", headers, HTTPStatus.FOUND)

    def send_file(self, file: Path, headers: dict[str, str] | None = None) -> None:
        content, weights = file.read_bytes(), file.suffix == ".safetensors"
        if weights and self.server.fault == "truncated":
            content = content[: len(content) // 2]
        if weights and self.server.fault == "damaged":
            content = bytes(len(content))
        if found := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start = int(found[1])
            self.server.resumed.append(start)
            span = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            return self.send(content[start:], span, HTTPStatus.PARTIAL_CONTENT)
        return self.send(content, headers or {}, cut=weights and self.server.fault == "cut")

    def describe(self, repo: Path, rest: str) -> None:
        if not repo.is_dir():
            return self.refuse(404, "RepoNotFound")
        files = sorted(repo.iterdir())
        if not rest.startswith("/tree/"):
            names = [{"rfilename": file.name} for file in files]
            about = {
                "id": str(repo.relative_to(self.server.root)),
                "sha": COMMIT,
                "siblings": names,
            }
            return self.send(json.dumps(about).encode(), {"Content-Type": "application/json"})
        if rest.count("/") > 2:  # a folder, and there are none
            return self.refuse(404, "EntryNotFound")
        rows = [
            {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": etag(file)}
            for file in files
        ]
        return self.send(json.dumps(rows).encode(), {"Content-Type": "application/json"})

    def refuse(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        words = {"X-Error-Code": code, "X-Error-Message": f"{code or 'Busy'} ({status})"}
        self.send(b"", {**words, **(headers or {})}, HTTPStatus(status))

    def send(
        self, body: bytes, headers: dict[str, str], status: int = HTTPStatus.OK, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.server.fault = ""  # once
            self.close_connection = True


def etag(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
