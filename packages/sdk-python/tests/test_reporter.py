import unittest

from hookpulse import Reporter
from stand_in_ingest import StandInIngest


class ReporterTest(unittest.TestCase):
    def setUp(self):
        self.ingest = StandInIngest()
        self.addCleanup(self.ingest.close)
        self.warnings = []

    def start(self, **options):
        reporter = Reporter(self.ingest.url, "report-token", warn=self.warnings.append, **options)
        self.addCleanup(reporter.close, 0)
        return reporter

    def test_sends_what_is_reported(self):
        reporter = self.start(bot_id="alpha")
        reporter.received(update_id=1, update_type="message")
        reporter.processed(update_id=1, processing_time_ms=41.5)
        reporter.error(update_id=2, error_type="ValueError", bot_id="beta")
        reporter.response_sent(response_time_ms=float("nan"))
        reporter.wrong_secret()
        self.assertTrue(reporter.flush())
        path, token, _ = self.ingest.requests[0]
        self.assertEqual((path, token), ("/api/events", "Bearer report-token"))
        events = list(self.ingest.counted.values())
        self.assertEqual(
            [event["event_type"] for event in events],
            ["received", "processed", "error", "response_sent", "received"],
        )
        self.assertEqual([event["bot_id"] for event in events][1:3], ["alpha", "beta"])
        self.assertIsNone(events[3]["response_time_ms"])
        self.assertEqual(events[4]["error_type"], "InvalidSignature")
        self.assertRegex(events[0]["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_an_update_delivered_twice_has_one_id(self):
        reporter = self.start()
        for update_id in (1, 1, 2):
            reporter.received(update_id=update_id)
            reporter.processed(update_id=update_id)
        self.assertTrue(reporter.flush())
        self.assertEqual(len(self.ingest.counted), 2 + 3)

    def test_what_waits_arrives_once_when_hookpulse_is_back(self):
        reporter = self.start()
        self.ingest.answer = (503, {"Retry-After": "0"}, {})
        for update_id in range(1_234):
            reporter.processed(update_id=update_id)
        self.assertFalse(reporter.flush(0.3))
        self.ingest.answer = None
        self.assertTrue(reporter.flush(60))
        counted = sorted(event["update_id"] for event in self.ingest.counted.values())
        self.assertEqual(counted, list(range(1_234)))
        self.assertEqual((reporter.dropped, self.warnings), (0, []))

    def test_events_of_another_bot_are_given_up_and_the_others_arrive(self):
        reporter = self.start()
        foreign = [{"index": index, "message": "of another bot"} for index in (1, 3)]
        self.ingest.answer = lambda events: (
            (403, {}, {"error": "None was stored.", "details": foreign}) if len(events) == 4 else None
        )
        for update_id in (1, 2, 3, 4):
            reporter.processed(update_id=update_id)
        self.assertTrue(reporter.flush(10))
        self.assertEqual([event["update_id"] for event in self.ingest.counted.values()], [1, 3])
        self.assertEqual((reporter.dropped, len(self.warnings)), (2, 1))

    def test_what_does_not_fit_is_counted_and_said_once(self):
        reporter = self.start(max_queue_bytes=20_000)
        self.ingest.answer = (503, {"Retry-After": "300"}, {})
        for update_id in range(1_000):
            reporter.received(update_id=update_id)
        self.assertEqual(reporter.queued + reporter.dropped, 1_000)
        waiting = reporter.queued
        reporter.processed(update_id=0)
        self.assertEqual(reporter.queued, waiting + 1)
        self.assertEqual(len(self.warnings), 1)
        self.assertIn("the queue is full", self.warnings[0])

    def test_rejected_events_are_counted_and_said_once(self):
        reporter = self.start()
        self.ingest.answer = (400, {}, {"error": "None was stored.", "details": [{"message": "too old"}]})
        reporter.processed(update_id=1)
        self.assertTrue(reporter.flush())
        reporter.processed(update_id=2)
        self.assertTrue(reporter.flush())
        self.assertEqual(reporter.dropped, 2)
        self.assertEqual(len(self.warnings), 1)
        self.assertIn("too old", self.warnings[0])

    def test_a_wrong_token_is_said_once(self):
        reporter = self.start()
        self.ingest.answer = (401, {"Retry-After": "0"}, {"error": "Wrong token."})
        reporter.processed(update_id=1)
        self.assertFalse(reporter.flush(0.5))
        self.assertEqual(len(self.warnings), 1)
        self.assertIn("401 Wrong token.", self.warnings[0])

    def test_nothing_raises(self):
        reporter = self.start()
        reporter.error(error_type=object())
        self.assertEqual(reporter.dropped, 1)
        reporter.close(0.1)
        reporter.processed(update_id=1)
        self.assertEqual(reporter.dropped, 2)

    def test_close_gives_up_in_time(self):
        reporter = self.start()
        self.ingest.answer = (503, {"Retry-After": "300"}, {})
        reporter.processed(update_id=1)
        reporter.close(0.3)
        self.assertEqual((reporter.queued, reporter.dropped), (0, 1))

    def test_a_wrong_address_raises_at_the_start(self):
        for url in ("hooks.example.com", "ftp://hooks.example.com"):
            with self.assertRaises(ValueError):
                Reporter(url, "token")
        with self.assertRaises(ValueError):
            Reporter("http://hooks.example.com", "")


if __name__ == "__main__":
    unittest.main()
