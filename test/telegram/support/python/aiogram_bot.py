"""An echo bot of aiogram with a webhook, as its documentation has it.

https://docs.aiogram.dev/en/latest/dispatcher/webhook.html

Prints {"url": ...} once it listens, and {"handled": update_id} for each update that a handler was given.
"""

import json
import os
import socket

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile, Message, Update
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

WEBHOOK_PATH = "/aiogram/hook"
SECRET = os.environ["SECRET"]
# Answers by the webhook's own answer, which aiogram writes as multipart/form-data.
REPLIES_IN_ANSWER = os.environ.get("REPLIES_IN_ANSWER") == "true"

router = Router()
# Updates whose first attempt has failed; the second succeeds.
failed: set[int] = set()


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


@router.message()
async def echo(message: Message, event_update: Update):
    if message.text == "throw" and event_update.update_id not in failed:
        failed.add(event_update.update_id)
        raise RuntimeError("the handler fails")
    say(handled=event_update.update_id)
    if message.text == "photo":
        photo = BufferedInputFile(bytes(range(256)), filename="sent.png")
        return message.answer_photo(photo, caption="A photo")
    return message.answer(f"You wrote: {message.text}")


async def on_startup(bot: Bot, url: str) -> None:
    await bot.set_webhook(url, secret_token=SECRET)
    say(url=url)


def main() -> None:
    # The system chooses the port, so it is known before the web server runs.
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}{WEBHOOK_PATH}"
    dispatcher = Dispatcher(url=url)
    dispatcher.include_router(router)
    dispatcher.startup.register(on_startup)
    api = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(token=os.environ["BOT_TOKEN"], session=AiohttpSession(api=api))
    app = web.Application()
    SimpleRequestHandler(
        dispatcher=dispatcher,
        bot=bot,
        handle_in_background=not REPLIES_IN_ANSWER,
        secret_token=SECRET,
    ).register(app, path=WEBHOOK_PATH)
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, sock=listening, print=None)


if __name__ == "__main__":
    main()
