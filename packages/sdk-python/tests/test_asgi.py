import asyncio
import unittest

from hookpulse.asgi import WatchSecret


class WrongSecrets:
    count = 0

    def wrong_secret(self):
        self.count += 1


class WatchSecretTest(unittest.TestCase):
    def test_reports_only_deliveries_without_the_secret_and_hands_on_everything(self):
        handed_on, reporter = [], WrongSecrets()

        async def app(scope, receive, send):
            handed_on.append(scope)

        watched = WatchSecret(app, reporter, "right", "/telegram")

        def ask(method, path, headers):
            scope = {"type": "http", "method": method, "path": path, "headers": headers}
            asyncio.run(watched(scope, None, None))
            return reporter.count

        name = b"x-telegram-bot-api-secret-token"
        self.assertEqual(ask("POST", "/telegram", [(name, b"right")]), 0)
        self.assertEqual(ask("POST", "/telegram", [(name, b"wr\xffng")]), 1)
        self.assertEqual(ask("POST", "/telegram", []), 2)
        self.assertEqual(ask("GET", "/telegram", []), 2)
        self.assertEqual(ask("POST", "/other", []), 2)
        self.assertEqual(len(handed_on), 5)


if __name__ == "__main__":
    unittest.main()
