"""https://docs.aiogram.dev/en/latest/dispatcher/webhook.html"""

import asyncio

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramForbiddenError
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from bot_process import PATH, SECRET, TELEGRAM_URL, TOKEN, PaymentError, middlewares, open_reporter, say, serve
from hookpulse.aiogram import hookpulse


async def main():
    session = AiohttpSession(api=TelegramAPIServer.from_base(TELEGRAM_URL))
    bot = Bot(TOKEN, session=session)
    dispatcher = Dispatcher()

    @dispatcher.message(F.text)
    async def on_text(message):
        if message.text == "broken":
            raise PaymentError("no money")
        try:
            await message.answer(f"You wrote: {message.text}")
        except TelegramForbiddenError:
            pass

    @dispatcher.errors()
    async def on_error(event):
        say("thrown", f"{type(event.exception).__name__}: {event.exception}")
        return UNHANDLED

    reporter = open_reporter()
    if reporter:
        hookpulse(dispatcher, bot, reporter)
    app = web.Application(middlewares=middlewares(reporter))
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET)
    handler.register(app, path=PATH)
    await serve(app, reporter)


asyncio.run(main())
