"""Middleware for python-telegram-bot 20 and later: https://python-telegram-bot.org"""

import json
import time
from typing import Any, Optional

from telegram import Update
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest, HTTPXRequest

from ._observed import ObservedUpdate, current_update, describe, refusal
from .reporter import Reporter
from .updates import update_type

# As ApplicationBuilder has it.
_CONNECTION_POOL_SIZE = 256


def hookpulse(
    builder: ApplicationBuilder,
    reporter: Reporter,
    *,
    request: Optional[BaseRequest] = None,
    is_verified: bool = True,
) -> ApplicationBuilder:
    """Reports each update as received and as processed or failed, and each API call of its handlers.

    Errors go to the error handlers as before. ``request``: what the builder's ``request`` would get.
    ``is_verified=False``: the webhook has no secret, so that anybody can send updates.
    """
    inner = request or HTTPXRequest(connection_pool_size=_CONNECTION_POOL_SIZE)
    kwargs = {"hookpulse_reporter": reporter, "hookpulse_is_verified": is_verified}
    return builder.application_class(_ObservedApplication, kwargs).request(_ObservedRequest(inner))


class _ObservedApplication(Application):
    def __init__(self, *, hookpulse_reporter: Reporter, hookpulse_is_verified: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._hookpulse = (hookpulse_reporter, hookpulse_is_verified)

    async def process_update(self, update: object) -> None:
        if not isinstance(update, Update):
            await super().process_update(update)
            return
        reporter, is_verified = self._hookpulse
        observed = ObservedUpdate(reporter, update.update_id, _type_of(update), is_verified)
        token = current_update.set(observed)
        try:
            await super().process_update(update)
        except Exception as error:
            observed.failed(error)
            raise
        finally:
            current_update.reset(token)
        if not observed.has_failed:
            observed.processed()

    async def process_error(self, update: Any, error: Exception, job: Any = None, coroutine: Any = None) -> bool:
        observed = current_update.get()
        if observed is not None and job is None and not observed.has_failed:
            observed.failed(error)
        return await super().process_error(update, error, job, coroutine)


class _ObservedRequest(BaseRequest):
    """Hands every request on, and reports those that belong to an update."""

    def __init__(self, inner: BaseRequest) -> None:
        self._inner = inner

    @property
    def read_timeout(self) -> Optional[float]:
        return self._inner.read_timeout

    async def initialize(self) -> None:
        await self._inner.initialize()

    async def shutdown(self) -> None:
        await self._inner.shutdown()

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> Any:
        observed = current_update.get()
        if observed is None or method != "POST":
            return await self._inner.do_request(url, method, *args, **kwargs)
        started = time.perf_counter()
        try:
            code, payload = await self._inner.do_request(url, method, *args, **kwargs)
        except Exception as error:
            observed.called(started, {"status": "failed", **describe(error)})
            raise
        is_success = 200 <= code < 300
        observed.called(started, None if is_success else refusal(url.rsplit("/", 1)[-1], code, _description(payload)))
        return code, payload


def _type_of(update: Update) -> Optional[str]:
    return update_type({name: True for name in Update.__slots__ if getattr(update, name, None) is not None})


def _description(payload: bytes) -> str:
    try:
        return str(json.loads(payload)["description"])
    except (ValueError, LookupError, TypeError):
        return ""
