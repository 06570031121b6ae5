"""What both bots have in common: the environment, the web server, and the end by a closed stdin."""

import asyncio
import os
import sys

from aiohttp import web
from hookpulse import Reporter
from hookpulse.aiohttp import watch_secret

PATH = "/telegram"
TOKEN = os.environ["BOT_TOKEN"]
TELEGRAM_URL = os.environ["TELEGRAM_URL"]
SECRET = os.environ["BOT_SECRET"]
REPORT_URL = os.environ.get("REPORT_URL")


class PaymentError(Exception):
    pass


def open_reporter():
    """None: the bot runs without the SDK."""
    return Reporter(REPORT_URL, os.environ["REPORT_TOKEN"]) if REPORT_URL else None


def say(*words):
    print(*words, flush=True)


def middlewares(reporter):
    return [watch_secret(reporter, SECRET, PATH)] if reporter else []


async def serve(app, reporter):
    """Until stdin is closed."""
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    say("ready", f"http://127.0.0.1:{port}{PATH}")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()
    if reporter:
        await asyncio.get_running_loop().run_in_executor(None, reporter.close)
        say("dropped", reporter.dropped)
