"""Django and PostgreSQL with the checks of Hookpulse's ingest: a row, and so a transaction, a request.

Run by gunicorn as `peer:application`; `python peer.py` makes the table.
"""

import hashlib
import hmac
import json
import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path

MAX_BODY_BYTES = 1_048_576
BOT_ID = os.environ["BOT_ID"]
SECRET_DIGEST = hashlib.sha256(os.environ["SECRET"].encode()).digest()

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["POSTGRES_HOST"],
            "NAME": "postgres",
            "USER": os.environ["POSTGRES_USER"],
            # Connections stay open, one for each thread.
            "CONN_MAX_AGE": None,
        }
    },
    DATA_UPLOAD_MAX_MEMORY_SIZE=MAX_BODY_BYTES,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    ROOT_URLCONF="peer",
    USE_TZ=True,
)
django.setup()


class Update(models.Model):
    bot_id = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)
    body = models.JSONField()

    class Meta:
        app_label = "peer"
        db_table = "updates"


def webhook(request: HttpRequest, bot_id: str) -> HttpResponse:
    if bot_id != BOT_ID:
        return answer(404)
    secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not hmac.compare_digest(hashlib.sha256(secret.encode()).digest(), SECRET_DIGEST):
        return answer(401)
    if request.content_type != "application/json":
        return answer(415)
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        return answer(413)
    try:
        update = json.loads(request.body)
    except ValueError:
        return answer(400)
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        return answer(400)
    try:
        Update.objects.create(bot_id=bot_id, body=update)
    except DatabaseError:
        response = answer(503)
        response["Retry-After"] = "1"
        return response
    return answer(200)


def answer(status: int) -> HttpResponse:
    response = HttpResponse("{}", content_type="application/json", status=status)
    response["Content-Length"] = "2"
    return response


urlpatterns = [path("webhook/<str:bot_id>", webhook)]
application = get_wsgi_application()

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Update)
