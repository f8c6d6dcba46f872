"""The search as a web application on this machine: a page, and the same answers for programs."""

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lessons.search import page
from lessons.search.asking import AskedWrongError, Desk, Reply
from lessons.search.index import SHOWN

HOSTS = ["127.0.0.1", "localhost"]
# Nothing but this server's own files runs, and no other address is asked.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Guarded:
    """Adds the headers that keep a browser to this server alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self.app(scope, receive, guarded)


def application(desk: Desk) -> Starlette:
    """Make the application.

    Its addresses: ``/?q=&by=&anyway=`` (the page), ``/api/search?q=&k=&by=&anyway=`` (JSON; 400 with the
    parameter's name where one is wrong) and ``/health``. Whoever asks by another name than this machine's
    gets 400: a page from elsewhere cannot ask through the reader's browser.

    Args:
        desk: answers the questions.
    """

    def home(request: Request) -> Response:
        given = request.query_params
        question, by = given.get("q", ""), given.get("by", "")
        status = 200
        try:
            answer = page.reply(desk.ask(question, SHOWN, by, bool(given.get("anyway"))))
        except AskedWrongError as error:
            answer, status = page.wrong(str(error)), 400
        if request.headers.get("x-part") == "answer":
            return HTMLResponse(answer, status)
        return HTMLResponse(page.whole(desk.ways, answer, question, by), status)

    def search(request: Request) -> Response:
        given = request.query_params
        try:
            if "q" not in given:
                raise AskedWrongError("q", "the question is missing")
            k = _number(given.get("k", str(SHOWN)))
            reply = desk.ask(given["q"], k, given.get("by", ""), bool(given.get("anyway")))
        except AskedWrongError as error:
            return JSONResponse({"error": str(error), "parameter": error.name}, 400)
        return JSONResponse(_plain(reply))

    def health(_: Request) -> Response:
        return JSONResponse({"ready": True, "ways": desk.ways})

    return Starlette(
        routes=[
            Route("/", home),
            Route("/api/search", search),
            Route("/health", health),
            Route("/page.css", lambda _: Response(page.asset("page.css"), media_type="text/css")),
            Route(
                "/page.js", lambda _: Response(page.asset("page.js"), media_type="text/javascript")
            ),
        ],
        middleware=[
            Middleware(Guarded),
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS),
        ],
    )


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise AskedWrongError("k", f"{text!r} is no whole number") from None


def _plain(reply: Reply) -> dict[str, Any]:
    hits = [
        {
            "rank": one.hit.rank, "place": one.hit.place, "topic": one.hit.topic,
            "score": one.hit.score, "ranks": dict(one.ranks), "text": one.hit.passage.text,
        }
        for one in reply.hits
    ]  # fmt: skip
    return {
        "question": reply.question, "by": reply.by, "found": reply.found, "sure": reply.sure,
        "least": reply.least, "milliseconds": round(1000 * reply.seconds, 3), "hits": hits,
    }  # fmt: skip
