"""For webhooks behind a server of aiohttp, as aiogram has them."""

from typing import Callable

from aiohttp import web

from .reporter import Reporter
from .updates import SECRET_HEADER, verify_secret


def watch_secret(reporter: Reporter, secret_token: str, path: str) -> Callable:
    """Middleware that reports deliveries whose secret is missing or wrong.

    The webhook's handler gets every request as before, and answers it.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Callable) -> web.StreamResponse:
        if request.method == "POST" and request.path == path:
            if not verify_secret(request.headers.get(SECRET_HEADER), secret_token):
                reporter.wrong_secret()
        return await handler(request)

    return middleware
