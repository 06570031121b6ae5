"""Ids of events. That of a ``received`` event is the one that Hookpulse's ingest gives it."""

import uuid

# Namespace of the hash of a bot (RFC 9562, section 5.5): that of Hookpulse.
_NAMESPACE = uuid.UUID("5d1c6f2e-7d6b-4a35-9f0e-6a2f4b8c1d90")
_RECEIVED = 1


def bot_half(bot: str) -> str:
    """The first three groups of ids of a bot's updates."""
    digits = str(uuid.uuid5(_NAMESPACE, bot))
    return f"{digits[:13]}-8{digits[15:18]}"


def received_event_id(half: str, update_id: int) -> str:
    """The same for every delivery of the update: a UUID of version 8."""
    upper = (update_id >> 32) + 2**21
    fourth = 0x8000 | (_RECEIVED << 6) | (upper >> 16)
    return f"{half}-{fourth:04x}-{upper & 0xFFFF:04x}{update_id & 0xFFFFFFFF:08x}"


def new_event_id(now_ms: int) -> str:
    """A new id whose order follows time: a UUID of version 7."""
    time = f"{now_ms:012x}"
    return f"{time[:8]}-{time[8:]}-7{str(uuid.uuid4())[15:]}"
