"""One request to ``POST /api/events``, and what its answer means for the events in it."""

import http.client
import json
import ssl
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Optional, Tuple
from urllib.parse import SplitResult

REQUEST_TIMEOUT_SECONDS = 10
_MAX_RETRY_AFTER_SECONDS = 300


class Verdict(NamedTuple):
    """``kind``: ``settled`` (taken, but for ``rejected``), ``foreign``, ``too-large``, or ``again``."""

    kind: str
    rejected: int = 0
    reason: str = ""
    after_seconds: Optional[float] = None
    # Of "again": it will not succeed by waiting alone.
    problem: Optional[str] = None
    # Of "foreign": none was taken, because these of them are of a bot that the token is not for.
    indexes: Tuple[int, ...] = ()


def send(url: SplitResult, token: str, body: bytes, count: int, now: float) -> Verdict:
    """Never raises. A connection of its own for each request: they are few."""
    try:
        status, retry_after, text = _post(url, token, body)
    except OSError:
        return Verdict("again")
    except (ValueError, http.client.InvalidURL):
        # Its own text would quote the token.
        return Verdict("again", problem="url or token has a character that cannot be sent")
    except http.client.HTTPException:
        return Verdict("again")
    if status == 202:
        rejected = _parsed(text).get("rejected") or []
        reason = rejected[0].get("error", "") if rejected else ""
        return Verdict("settled", rejected=len(rejected), reason=str(reason)[:200])
    if status == 400:
        return Verdict("settled", rejected=count, reason=_sentence(text))
    if status == 413:
        return Verdict("too-large")
    indexes = _indexes(text, count) if status == 403 else ()
    if indexes:
        return Verdict("foreign", rejected=len(indexes), reason=_sentence(text), indexes=indexes)
    is_temporary = status == 429 or status >= 500
    problem = None if is_temporary else f"it answers {status} {_sentence(text)}".strip()
    return Verdict("again", after_seconds=_seconds(retry_after, now), problem=problem)


def _post(url: SplitResult, token: str, body: bytes):
    host, port = url.hostname or "", url.port
    if url.scheme == "https":
        context = ssl.create_default_context()
        connection: Any = http.client.HTTPSConnection(
            host, port, timeout=REQUEST_TIMEOUT_SECONDS, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=REQUEST_TIMEOUT_SECONDS)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", url.path, body=body, headers=headers)
        response = connection.getresponse()
        text = response.read(1_000_000).decode("utf-8", "replace")
        return response.status, response.getheader("Retry-After"), text
    finally:
        connection.close()


def _parsed(text: str) -> dict:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _sentence(text: str) -> str:
    answer = _parsed(text)
    details = answer.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    message = first.get("message", "") if isinstance(first, dict) else ""
    return f"{answer.get('error', '')} {message}".strip()[:400]


def _indexes(text: str, count: int) -> Tuple[int, ...]:
    details = _parsed(text).get("details")
    found = (d.get("index") for d in details if isinstance(d, dict)) if isinstance(details, list) else ()
    return tuple(index for index in found if type(index) is int and 0 <= index < count)


def _seconds(header: Optional[str], now: float) -> Optional[float]:
    """Of a ``Retry-After`` in seconds or as a date."""
    if header is None:
        return None
    try:
        seconds = float(header) if header.isdigit() else parsedate_to_datetime(header).timestamp() - now
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER_SECONDS)
