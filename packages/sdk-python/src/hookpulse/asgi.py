"""For webhooks behind an ASGI server: Starlette, FastAPI and others."""

from typing import Any, Awaitable, Callable
from urllib.parse import unquote

from .reporter import Reporter
from .updates import SECRET_HEADER, verify_secret

_HEADER = SECRET_HEADER.lower().encode()


class WatchSecret:
    """Wraps an application and reports deliveries whose secret is missing or wrong.

    The application gets every request as before, and answers it.
    """

    def __init__(self, app: Callable[..., Awaitable[Any]], reporter: Reporter, secret_token: str, path: str) -> None:
        self._app = app
        self._reporter = reporter
        self._secret_token = secret_token
        self._path = path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and unquote(scope["path"]) == self._path:
            given = dict(scope["headers"]).get(_HEADER)
            if not verify_secret(None if given is None else given.decode("latin-1"), self._secret_token):
                self._reporter.wrong_secret()
        await self._app(scope, receive, send)
