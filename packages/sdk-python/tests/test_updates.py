import unittest

from hookpulse import chat_key, update_type, verify_secret
from hookpulse._event_id import bot_half, received_event_id
from hookpulse._observed import describe


class UpdatesTest(unittest.TestCase):
    def test_only_the_secret_itself_is_right(self):
        self.assertTrue(verify_secret("secret", "secret"))
        for given, expected in ((None, "a"), ("", ""), ("secre", "secret"), ("secret2", "secret"), ("é", "e")):
            self.assertFalse(verify_secret(given, expected))

    def test_the_type_is_the_field_beside_the_id(self):
        self.assertEqual(update_type({"update_id": 1, "callback_query": {}}), "callback_query")
        self.assertIsNone(update_type({"update_id": 1, "Bad Name": {}}))

    def test_the_key_of_order(self):
        chat, user = {"chat": {"id": -5}}, {"from": {"id": 7}}
        self.assertEqual(chat_key({"update_id": 1, "message": chat}), "message:-5")
        self.assertEqual(chat_key({"update_id": 2, "edited_message": chat}), "message:-5")
        self.assertEqual(chat_key({"update_id": 3, "callback_query": user}), "callback:7")
        self.assertEqual(chat_key({"update_id": 4, "poll_answer": {"poll_id": "9"}}), "poll:9")
        self.assertEqual(chat_key({"update_id": 5, "new_kind": {}}), "kind:new_kind")
        self.assertIsNone(chat_key({"update_id": 6, "custom_event": {}}))

    def test_ids_are_those_of_ingest(self):
        # Made by receivedEventId in packages/common/src/events/event-identity.ts.
        for bot, update_id, known in KNOWN_IDS:
            self.assertEqual(received_event_id(bot_half(bot), update_id), known)

    def test_bot_tokens_are_masked(self):
        token = "123456:" + "A" * 35
        described = describe(ValueError(f"https://api.telegram.org/bot{token}/getMe"))
        self.assertEqual(described["error_type"], "ValueError")
        self.assertNotIn("AAAA", described["error_message"])


KNOWN_IDS = [
    ("alpha", 1, "3a2f18e4-ca24-89d4-8060-000000000001"),
    ("ünïcode-bot", 2**53 - 1, "ef94333d-9a74-891d-807f-ffffffffffff"),
    ("beta", -(2**53 - 1), "2b4bdb85-39e0-80ea-8040-000000000001"),
    ("x" * 64, 2**32, "b8dab8d5-4261-8fe2-8060-000100000000"),
]

if __name__ == "__main__":
    unittest.main()
