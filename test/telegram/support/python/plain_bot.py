"""A bot without any library: Python's own web server, which checks the secret.

Prints {"url": ...} once it listens, and {"handled": update_id} for each update with a message.
"""

import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

SECRET = os.environ["SECRET"]
API = f"{os.environ['TELEGRAM_API_URL']}/bot{os.environ['BOT_TOKEN']}"

# Updates whose first attempt has failed; the second succeeds.
failed: set[int] = set()


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def call(method: str, **params: object) -> None:
    body = json.dumps(params).encode()
    urlopen(Request(f"{API}/{method}", body, {"Content-Type": "application/json"})).close()


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        secret = self.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not hmac.compare_digest(secret, SECRET):
            self.answer(401)
            return
        update = json.loads(body)
        message = update.get("message")
        if message is None:
            self.answer(200)
            return
        if message["text"] == "throw" and update["update_id"] not in failed:
            failed.add(update["update_id"])
            self.answer(500)
            return
        say(handled=update["update_id"])
        reply = {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": "Thank you"}
        self.answer(200, json.dumps(reply).encode())

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    url = f"http://127.0.0.1:{server.server_port}/plain"
    call("setWebhook", url=url, secret_token=SECRET)
    say(url=url)
    server.serve_forever()
