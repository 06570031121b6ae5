"""Middleware for aiogram 3: https://docs.aiogram.dev"""

import time
from typing import Any, Awaitable, Callable, Dict, Optional

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.dispatcher.event.bases import CancelHandler, SkipHandler

from ._observed import ObservedUpdate, current_update, describe
from .reporter import Reporter


def hookpulse(dispatcher: Dispatcher, bot: Bot, reporter: Reporter, *, is_verified: bool = True) -> None:
    """Reports each update as received and as processed or failed, and each API call of its handlers.

    Errors go on as they are. ``is_verified=False``: the webhook has no secret, so that anybody can send
    updates.
    """
    dispatcher.update.outer_middleware(_UpdateMiddleware(reporter, is_verified))
    bot.session.middleware(_RequestMiddleware())


class _UpdateMiddleware(BaseMiddleware):
    def __init__(self, reporter: Reporter, is_verified: bool) -> None:
        self._reporter = reporter
        self._is_verified = is_verified

    async def __call__(
        self, handler: Callable[[Any, Dict[str, Any]], Awaitable[Any]], event: Any, data: Dict[str, Any]
    ) -> Any:
        observed = ObservedUpdate(self._reporter, event.update_id, _type_of(event), self._is_verified)
        token = current_update.set(observed)
        try:
            result = await handler(event, data)
        except (SkipHandler, CancelHandler):
            observed.processed()
            raise
        except Exception as error:
            observed.failed(error)
            raise
        finally:
            current_update.reset(token)
        observed.processed()
        return result


class _RequestMiddleware(BaseRequestMiddleware):
    async def __call__(self, make_request: Callable, bot: Bot, method: Any) -> Any:
        observed = current_update.get()
        if observed is None:
            return await make_request(bot, method)
        started = time.perf_counter()
        try:
            response = await make_request(bot, method)
        except Exception as error:
            observed.called(started, {"status": "failed", **describe(error)})
            raise
        observed.called(started)
        return response


def _type_of(event: Any) -> Optional[str]:
    """Null for kinds that this aiogram does not know yet."""
    try:
        return event.event_type
    except LookupError:
        return None
