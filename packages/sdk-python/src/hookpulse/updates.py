"""What can be read of a delivery without a library."""

import hmac
import re
from typing import Any, Mapping, Optional

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

# How Telegram names the kinds of updates; anything else is none.
_UPDATE_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)

# Kinds of one family share keys.
_FAMILIES = {
    "message": ("message", "chat"),
    "edited_message": ("message", "chat"),
    "channel_post": ("message", "chat"),
    "edited_channel_post": ("message", "chat"),
    "business_message": ("business", "chat"),
    "edited_business_message": ("business", "chat"),
    "deleted_business_messages": ("business", "chat"),
    "callback_query": ("callback", "user"),
    "shipping_query": ("payment", "user"),
    "pre_checkout_query": ("payment", "user"),
    "inline_query": ("inline", "user"),
    "chosen_inline_result": ("chosen", "user"),
    "my_chat_member": ("my_member", "chat"),
    "chat_member": ("member", "user"),
    "chat_join_request": ("member", "user"),
    "message_reaction": ("reaction", "chat"),
    "message_reaction_count": ("reaction_count", "chat"),
    "chat_boost": ("boost", "chat"),
    "removed_chat_boost": ("boost", "chat"),
    "business_connection": ("business_connection", "user"),
    "purchased_paid_media": ("paid_media", "user"),
    "managed_bot": ("managed_bot", "user"),
    "guest_message": ("guest", "chat"),
    "poll": ("poll", "poll"),
    "poll_answer": ("poll", "poll"),
    "custom_event": ("custom", "none"),
    "custom_query": ("custom", "none"),
}


def verify_secret(given: Optional[str], expected: str) -> bool:
    """Whether a delivery carries the webhook's secret, compared in constant time.

    An empty ``expected`` is matched by nothing.
    """
    if given is None or expected == "":
        return False
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def update_type(update: Mapping[str, Any]) -> Optional[str]:
    """``message``, ``callback_query``, ...: the field beside ``update_id``. None: there is none."""
    for name in update:
        if name != "update_id" and _UPDATE_TYPE.fullmatch(name):
            return name
    return None


def chat_key(update: Mapping[str, Any]) -> Optional[str]:
    """The key of Telegram's own order: for messages, the chat.

    Updates with the same key must be handled one after the other, others may overtake them. None: the
    update waits for none.
    """
    kind = update_type(update)
    if kind is None or kind not in _FAMILIES:
        # Of a kind that is not known yet, all are one queue: order given up cannot be brought back.
        return "kind:" + ("null" if kind is None else kind)
    family, by = _FAMILIES[kind]
    content = update[kind]
    if by == "none":
        return None
    if by == "chat":
        found = _id_in(content, "chat")
    elif by == "user":
        found = _id_in(content, "from")
        found = _id_in(content, "user") if found is None else found
    else:
        found = _field(content, "poll_id")
        found = _field(content, "id") if found is None else found
    return f"{family}:{'undefined' if found is None else found}"


def _id_in(content: Any, name: str) -> Any:
    return _field(_field(content, name), "id")


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
