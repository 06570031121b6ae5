"""The reporter: takes events from a bot without delaying it, and sends them to Hookpulse."""

import collections
import json
import logging
import math
import random
import re
import threading
import time
from datetime import datetime, timezone
from typing import Any, Callable, Deque, Optional, Set, Tuple
from urllib.parse import SplitResult, urlsplit

from . import _send
from ._event_id import bot_half, new_event_id, received_event_id
from ._ip_address import normal_ip_address

_log = logging.getLogger("hookpulse")

FLUSH_INTERVAL_SECONDS = 0.2
BATCH_EVENTS = 100
MAX_QUEUE_BYTES = 16 * 1024 * 1024
# The last tenth is for outcomes: an update that is known as received must not seem unfinished.
_SHARE_FOR_ANY = 0.9
# In one request. Hookpulse takes 1,000 events and 1 MiB.
_MAX_EVENTS = 500
_MAX_BODY_BYTES = 900_000
_FIRST_DELAY_SECONDS = 0.5
_MAX_DELAY_SECONDS = 30.0
# As ingest does: beyond it, wrong secrets tell nothing new and would displace other events.
_MAX_WRONG_SECRETS_PER_MINUTE = 60
_SPACE_OR_CONTROL = re.compile(r"[\x00-\x20\x7f]")


class Reporter:
    """Sends events from a thread of its own. No method raises, and only ``flush`` and ``close`` wait.

    ``url`` is that of Hookpulse's ingest, without user name, password and query. ``token`` is the bot's report
    token. The admin token also works, and then ``bot_id`` is required. The fields of an event are those of
    ``POST /api/events``.
    """

    def __init__(
        self,
        url: str,
        token: str,
        bot_id: Optional[str] = None,
        *,
        flush_interval_seconds: float = FLUSH_INTERVAL_SECONDS,
        batch_events: int = BATCH_EVENTS,
        max_queue_bytes: int = MAX_QUEUE_BYTES,
        warn: Optional[Callable[[str], None]] = None,
    ) -> None:
        self._url = _events_url(url)
        if not token:
            raise ValueError("token is missing")
        self._token = token
        self._bot_id = bot_id
        self._half = bot_half(bot_id or token)
        self._flush_interval = flush_interval_seconds
        self._batch_events = batch_events
        self._max_bytes = max_queue_bytes
        self._warn = warn or _log.warning
        self._told: Set[str] = set()
        self._queue: Deque[bytes] = collections.deque()
        self._bytes = 0
        self._dropped = 0
        self._failures = 0
        self._max_events = _MAX_EVENTS
        self._wrong_secrets: Tuple[int, int] = (0, 0)
        self._is_closed = False
        self._is_stopped = False
        self._is_urgent = False
        self._attempts = 0
        self._changed = threading.Condition()
        self._thread: Optional[threading.Thread] = None

    def received(self, **details: Any) -> None:
        """An update arrived. Repeated for the same ``update_id`` it counts once."""
        self._add("received", details)

    def processed(self, **details: Any) -> None:
        """An update was processed."""
        self._add("processed", details)

    def error(self, **details: Any) -> None:
        """Processing an update failed."""
        self._add("error", details)

    def response_sent(self, **details: Any) -> None:
        """The bot called a method of the Bot API, or tried to."""
        self._add("response_sent", details)

    def retry(self, **details: Any) -> None:
        """An update that failed before failed again."""
        self._add("retry", details)

    def wrong_secret(self, ip_address: Optional[str] = None) -> None:
        """A delivery's secret is missing or wrong. Its body is not to be looked at."""
        minute = int(time.time() // 60)
        with self._changed:
            known, count = self._wrong_secrets
            count = count + 1 if known == minute else 1
            self._wrong_secrets = (minute, count)
        if count > _MAX_WRONG_SECRETS_PER_MINUTE:
            most = _MAX_WRONG_SECRETS_PER_MINUTE
            self._drop(1, "secrets", f"Over {most} wrong secrets in a minute. The others are not reported.")
            return
        self._add(
            "received",
            {
                "status": "failed",
                "error_type": "InvalidSignature",
                "telegram_signature_valid": False,
                "ip_address": ip_address,
            },
        )

    @property
    def dropped(self) -> int:
        """How many events Hookpulse will never count: there was no room, or it rejected them."""
        return self._dropped

    @property
    def queued(self) -> int:
        """How many events wait."""
        return len(self._queue)

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Sends what waits, and waits for it. Returns whether Hookpulse has taken it."""
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            failed_at = self._attempts + (1 if self._failures else 0)
            self._is_urgent = True
            self._changed.notify_all()
            while self._queue and time.monotonic() < deadline:
                if self._failures and self._attempts > failed_at:
                    return False
                self._changed.wait(max(deadline - time.monotonic(), 0))
            return not self._queue

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Sends what waits and stops. What cannot be sent in that time is dropped."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
        self.flush(timeout_seconds)
        with self._changed:
            self._is_stopped = True
            left = len(self._queue)
            self._queue.clear()
            self._bytes = 0
            self._changed.notify_all()
        if left:
            self._drop(left, "left", f"{left} events could not be sent before the end.")

    def _add(self, event_type: str, details: dict) -> None:
        try:
            text = json.dumps(self._complete(event_type, details), allow_nan=False).encode()
        except Exception as error:  # The bot must not suffer from what it reports.
            self._drop(1, "unusable", f"An event is not valid: {error!r}.")
            return
        limit = self._max_bytes * (1 if event_type in ("processed", "error") else _SHARE_FOR_ANY)
        with self._changed:
            is_closed = self._is_closed
            has_room = self._bytes + len(text) <= limit
            if has_room and not is_closed:
                self._queue.append(text)
                self._bytes += len(text)
                self._start()
                if len(self._queue) in (1, self._batch_events):
                    self._changed.notify_all()
                return
        if is_closed:
            self._drop(1, "closed", "The reporter is closed. Events are dropped.")
        else:
            self._drop(1, "full", "Hookpulse is away and the queue is full. Events are dropped.")

    def _complete(self, event_type: str, details: dict) -> dict:
        now = time.time()
        event = {name: _finite(value) for name, value in details.items()}
        event["event_type"] = event_type
        address = event.get("ip_address")
        if isinstance(address, str):
            # It may be a client's own text, by X-Forwarded-For: a client must not make Hookpulse reject the event.
            event["ip_address"] = normal_ip_address(address)
        if event.get("bot_id") is None:
            event.pop("bot_id", None)
            if self._bot_id is not None:
                event["bot_id"] = self._bot_id
        if event.get("timestamp") is None:
            moment = datetime.fromtimestamp(now, timezone.utc)
            event["timestamp"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if event.get("event_id") is None:
            event["event_id"] = self._id_of(event, int(now * 1000))
        return event

    def _id_of(self, event: dict, now_ms: int) -> str:
        update_id = event.get("update_id")
        is_genuine = event["event_type"] == "received" and event.get("status") != "failed"
        if not is_genuine or not isinstance(update_id, int):
            return new_event_id(now_ms)
        bot_id = event.get("bot_id", self._bot_id)
        half = self._half if bot_id == self._bot_id else bot_half(bot_id)
        return received_event_id(half, update_id)

    def _start(self) -> None:
        # A process that was forked has none of its parent's threads.
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._run, name="hookpulse", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # No more threads, or the interpreter ends: the next event tries again.
                return
            self._thread = thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._is_stopped:
                    self._is_urgent = False
                    self._changed.wait()
                if self._is_stopped:
                    return
                self._await_batch()
                if self._is_stopped:
                    return
                batch = self._batch()
            body = b"[" + b",".join(batch) + b"]"
            verdict = _send.send(self._url, self._token, body, len(batch), time.time())
            delay = self._settle(verdict, len(batch))
            with self._changed:
                self._attempts += 1
                if self._failures:
                    self._is_urgent = False
                self._changed.notify_all()
                if delay:
                    self._wait(delay, lambda: self._is_urgent)

    def _await_batch(self) -> None:
        self._wait(
            0 if self._failures else self._flush_interval,
            lambda: self._is_urgent or len(self._queue) >= self._batch_events,
        )

    def _wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while not self._is_stopped and not is_over():
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def _batch(self) -> list:
        batch, size = [], 2
        for text in self._queue:
            size += len(text) + 1
            if batch and (len(batch) >= self._max_events or size > _MAX_BODY_BYTES):
                break
            batch.append(text)
        return batch

    def _settle(self, verdict: _send.Verdict, count: int) -> float:
        """Returns how many seconds to wait before the next request."""
        if verdict.kind == "again":
            if verdict.problem is not None:
                self._warn_once("problem", f"Hookpulse does not take the reports, which wait: {verdict.problem}")
            self._failures += 1
            # 0, or a date that has passed, must not make a loop without a pause.
            if verdict.after_seconds:
                return verdict.after_seconds
            delay = min(_FIRST_DELAY_SECONDS * 2 ** min(self._failures - 1, 16), _MAX_DELAY_SECONDS)
            # With jitter, so that bots do not all come back at once.
            return delay * (0.5 + random.random() / 2)
        if verdict.kind == "too-large" and count > 1:
            self._max_events = math.ceil(count / 2)
            return 0
        rejected, reason = verdict.rejected, verdict.reason
        if verdict.kind == "too-large":
            rejected, reason = count, "The event is too large."
        settled = set(verdict.indexes) if verdict.kind == "foreign" else range(count)
        with self._changed:
            batch = [self._queue.popleft() for _ in range(min(count, len(self._queue)))]
            # The others go back to where they were.
            self._queue.extendleft(reversed([text for at, text in enumerate(batch) if at not in settled]))
            self._bytes -= sum(len(text) for at, text in enumerate(batch) if at in settled)
            self._failures = 0
            self._max_events = _MAX_EVENTS
        if rejected:
            self._drop(rejected, "rejected", f"Hookpulse rejected {rejected} events: {reason}")
        return 0

    def _drop(self, count: int, kind: str, message: str) -> None:
        with self._changed:
            self._dropped += count
        self._warn_once(kind, f"{message} Reporter.dropped counts them.")

    def _warn_once(self, kind: str, message: str) -> None:
        """Once for each kind: a bot's log is not for the troubles of its monitoring."""
        if kind in self._told:
            return
        self._told.add(kind)
        try:
            self._warn(f"hookpulse: {message}")
        except Exception:
            pass


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _events_url(url: str) -> SplitResult:
    """Raises ``ValueError`` that does not quote the URL."""
    text = str(url).strip()
    # A password that is not escaped can make the URL that of another host, which would get the token. So
    # these marks may not be anywhere.
    if any(mark in text for mark in "@?#"):
        raise ValueError('url must not have a user name, password, query or fragment: remove "@", "?" and "#"')
    parts = _split(text)
    if parts is None:
        raise ValueError(
            "url must be a valid http:// or https:// address, such as https://hooks.example.com. "
            "Escape spaces and characters beyond ASCII in its path."
        )
    return parts._replace(path=parts.path.rstrip("/") + "/api/events")


def _split(url: str) -> Optional[SplitResult]:
    """None: no request can be sent there."""
    try:
        parts = urlsplit(url)
        # Each raises ValueError, as http.client would do in the thread later.
        _, host, _ = parts.port, (parts.hostname or "").encode("idna"), parts.path.encode("ascii")
    except ValueError:
        return None
    is_valid = parts.scheme in ("http", "https") and host and not _SPACE_OR_CONTROL.search(url)
    return parts if is_valid else None
