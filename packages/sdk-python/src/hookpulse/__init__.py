"""Reports a Telegram bot's work to Hookpulse: docs/guides/sdk.md in Hookpulse's repository."""

from .reporter import Reporter
from .updates import chat_key, update_type, verify_secret

__all__ = ["Reporter", "chat_key", "update_type", "verify_secret"]
