"""https://docs.python-telegram-bot.org/en/stable/examples.customwebhookbot.html"""

import asyncio

from aiohttp import web
from bot_process import PATH, SECRET, TELEGRAM_URL, TOKEN, PaymentError, middlewares, open_reporter, say, serve
from hookpulse.ptb import hookpulse
from hookpulse.updates import SECRET_HEADER, verify_secret
from telegram import Update
from telegram.error import Forbidden
from telegram.ext import Application, MessageHandler, filters


async def on_text(update, context):
    if update.message.text == "broken":
        raise PaymentError("no money")
    try:
        await update.message.reply_text(f"You wrote: {update.message.text}")
    except Forbidden:
        pass


async def on_error(update, context):
    say("thrown", f"{type(context.error).__name__}: {context.error}")


async def main():
    reporter = open_reporter()
    builder = Application.builder()
    if reporter:
        hookpulse(builder, reporter)
    application = builder.token(TOKEN).base_url(f"{TELEGRAM_URL}/bot").updater(None).build()
    application.add_handler(MessageHandler(filters.TEXT, on_text))
    application.add_error_handler(on_error)

    async def webhook(request):
        if not verify_secret(request.headers.get(SECRET_HEADER), SECRET):
            return web.Response(status=403)
        await application.process_update(Update.de_json(await request.json(), application.bot))
        return web.Response()

    app = web.Application(middlewares=middlewares(reporter))
    app.router.add_post(PATH, webhook)
    async with application:
        await serve(app, reporter)


asyncio.run(main())
