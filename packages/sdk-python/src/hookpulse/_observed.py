"""What the libraries' middleware have in common: one update from its arrival to its outcome."""

import collections
import contextvars
import re
import time
import weakref
from typing import Any, Optional

from .reporter import Reporter

# Bot tokens: "<id of the bot>:<secret>", as addresses of the Bot API contain them.
_BOT_TOKENS = re.compile(r"\d{1,19}(?::|%3A)[A-Za-z0-9_-]{30,100}", re.IGNORECASE)
_MAX_MESSAGE_LENGTH = 2_000
# How many updates that failed are remembered, so that their next failures are retries.
_MAX_FAILED = 1_000

_failed_by_reporter: "weakref.WeakKeyDictionary[Reporter, collections.OrderedDict]" = (
    weakref.WeakKeyDictionary()
)

# The update that is being handled here, so that an API call is known to belong to it.
current_update: "contextvars.ContextVar[Optional[ObservedUpdate]]" = contextvars.ContextVar(
    "hookpulse_update", default=None
)


class ObservedUpdate:
    """Reports an update as received, and then its outcome and its API calls."""

    def __init__(self, reporter: Reporter, update_id: int, kind: Optional[str], is_verified: bool) -> None:
        self._reporter = reporter
        self._of = {"update_id": update_id, "update_type": kind}
        self._started = time.perf_counter()
        self.has_failed = False
        reporter.received(**self._of, telegram_signature_valid=True if is_verified else None)

    def processed(self) -> None:
        _failed_by_reporter.get(self._reporter, {}).pop(self._of["update_id"], None)
        self._reporter.processed(**self._of, processing_time_ms=_ms_since(self._started))

    def failed(self, error: BaseException) -> None:
        """The first time it is an error; when Telegram delivers the update again and it fails, a retry."""
        self.has_failed = True
        details = {**self._of, **describe(error), "processing_time_ms": _ms_since(self._started)}
        if self._failed_before():
            self._reporter.retry(**details)
        else:
            self._reporter.error(**details)

    def called(self, started: float, failure: Optional[dict] = None) -> None:
        """An API call ended. ``started`` is of ``time.perf_counter``."""
        self._reporter.response_sent(
            **self._of, **(failure or {}), response_time_ms=_ms_since(started)
        )

    def _failed_before(self) -> bool:
        failed = _failed_by_reporter.setdefault(self._reporter, collections.OrderedDict())
        update_id = self._of["update_id"]
        if update_id in failed:
            return True
        failed[update_id] = True
        if len(failed) > _MAX_FAILED:
            failed.popitem(last=False)
        return False


def describe(error: BaseException) -> dict:
    """Type and message of an error. Bot tokens in the message are masked."""
    try:
        message = masked(str(error))
    except Exception:
        message = ""
    return {"error_type": type(error).__name__, "error_message": message}


def refusal(method: str, code: Any, description: Any) -> dict:
    """Telegram answered an API call with an error."""
    message = masked(f"{method}: {description}")
    return {"status": "failed", "error_type": f"BotApi{code}", "error_message": message}


def masked(message: str) -> str:
    start = message[: _MAX_MESSAGE_LENGTH * 2]
    return _BOT_TOKENS.sub("<bot token>", start)[:_MAX_MESSAGE_LENGTH]


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
