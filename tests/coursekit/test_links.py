"""External links are asked for: here of a server in the same process."""

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from coursekit import __main__ as commands


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the address names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def closed() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def test_links_that_answer_are_no_fault_nor_those_that_refuse_programs(course, url, capsys):
    course.page(f"[here]({url}/200) and <{url}/403>, [inside](other.md)\n")
    assert commands.main(["links"]) == 0
    assert capsys.readouterr().out == "0 broken links\n"


def test_links_that_are_gone_or_refused_are_named_with_each_place(course, url, closed, capsys):
    course.page(f"[here]({url}/200)\n\n[gone]({url}/404)\n", "docs/a.md")
    course.page(f"<{url}/404>\n\n[closed]({closed})\n", "docs/b.md")
    assert commands.main(["links"]) == 1
    first, second, third, total = capsys.readouterr().out.splitlines()
    assert first == f"docs/a.md:3: {url}/404: 404 Not Found"
    assert second == f"docs/b.md:1: {url}/404: 404 Not Found"
    assert third.startswith(f"docs/b.md:3: {closed}: ")
    assert "refused" in third
    assert total == "3 broken links"


def test_an_address_in_code_is_no_link(course, closed, capsys):
    course.page(f"```text\n[closed]({closed})\n```\n")
    assert commands.main(["links"]) == 0
    assert capsys.readouterr().out == "0 broken links\n"
