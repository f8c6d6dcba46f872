"""Answers as ``transformers serve`` does, without a model: a chunk that is empty, words, and no [DONE].

Started as a process: ``python standinserver.py NAME --host H --port P``. It ends when it gets SIGTERM:
after the answers that it has begun. ``die`` as a name ends it at once, ``mute`` never answers, and
``deaf`` ignores the signal.
"""

import json
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS, PAUSE = ("It", " is", " slow", "."), 0.03


def chunk(content: str | None, finish: str | None = None, tokens: int = 0) -> bytes:
    delta = {} if content is None else {"content": content}
    event = {
        "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "chat",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip
    if finish:
        event["usage"] = {"prompt_tokens": 1, "completion_tokens": tokens, "total_tokens": tokens}
    return f"data: {json.dumps(event)}\n\n".encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        silent = "nothing" in asked["messages"][0]["content"]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(chunk(""))
        for word in () if silent else WORDS:
            time.sleep(PAUSE * (3 if "story" in asked["messages"][0]["content"] else 1))
            self.wfile.write(chunk(word))
        if not silent:
            self.wfile.write(chunk(None, "stop", len(WORDS)))

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def main() -> None:
    name, port = sys.argv[1], int(sys.argv[sys.argv.index("--port") + 1])
    if name == "die":
        print("no such model")
        sys.exit(3)
    if name == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if name == "mute":
        time.sleep(60)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = False  # an answer that was begun is finished
    if name != "deaf":
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.02)
    server.server_close()


if __name__ == "__main__":
    main()
