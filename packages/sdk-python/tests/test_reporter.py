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

    def test_a_url_that_could_not_be_sent_to_is_refused_and_not_quoted(self):
        for url in (
            "https://ops:s3cret@hooks.example.com",
            "https://s3cret@hooks.example.com",
            "https://ops:47s3cret#key@hooks.example.com",
            "https://ops:Tr@vel/s3cret#key@hooks.example.com",
            "https://ops:12/s3cret@hooks.example.com",
            "https://ops:s3cret\u2100@hooks.example.com",
            "https://hooks.example.com/?key=s3cret",
            "https://hooks.example.com/#s3cret",
            "https://hooks.example.com:s3cret",
            "https://hooks.example.com:99999/s3cret",
            "https://[::1/s3cret",
            "https://s3cret\u2100.example.com",
            "https://s3cret..example.com",
            "https://hooks s3cret",
            "https://hooks.example.com/a s3cret",
            "https://hooks.example.com/s3cret\u00e9",
            "ftp://hooks.example.com/s3cret",
            "https:///s3cret",
            "//hooks.example.com/s3cret",
            None,
        ):
            with self.subTest(url):
                with self.assertRaises(ValueError) as caught:
                    Reporter(url, "token")
                self.assertRegex(str(caught.exception), "^url must")
                self.assertNotIn("s3cret", str(caught.exception))
                # A log shows it too.
                self.assertIsNone(caught.exception.__context__)

    def test_a_url_with_spaces_around_it_or_a_path_is_right(self):
        for url in ("http://h\u00f6ks.example.com", "https://[::1]:8443"):
            Reporter(url, "token").close(0)
        reporter = Reporter(f" {self.ingest.url}/base/\n", "token")
        self.addCleanup(reporter.close, 0)
        reporter.processed(update_id=1)
        self.assertTrue(reporter.flush())
        self.assertEqual(self.ingest.requests[0][0], "/base/api/events")

    def test_a_token_that_cannot_be_sent_is_said_once_and_not_quoted(self):
        reporter = Reporter(self.ingest.url, "s3cret\n", warn=self.warnings.append)
        self.addCleanup(reporter.close, 0)
        reporter.processed(update_id=1)
        self.assertFalse(reporter.flush(0.5))
        self.assertEqual(len(self.warnings), 1)
        self.assertIn("token", self.warnings[0])
        self.assertNotIn("s3cret", self.warnings[0])

    def test_an_address_that_ingest_would_reject_costs_no_event(self):
        # As ingest takes them, and None where ingest would reject the event.
        addresses = {
            "149.154.167.197": "149.154.167.197",
            "149.154.167.197:51008": "149.154.167.197",
            " 149.154.167.197 ": "149.154.167.197",
            "2001:DB8::8A2E:370:7334": "2001:db8::8a2e:370:7334",
            "[2001:db8::1]": "2001:db8::1",
            "[2001:db8::1]:443": "2001:db8::1",
            "fe80::1%eth0": "fe80::1",
            "[fe80::1%eth0]:8080": "fe80::1",
            "::ffff:149.154.167.197": "149.154.167.197",
            "[::FFFF:149.154.167.197]:51008": "149.154.167.197",
            "256.1.1.1": None,
            "1.2.3.4:": None,
            "1.2.3.4:123456": None,
            "[1.2.3.4]:80": None,
            "[2001:db8::1": None,
            "1:2:3:4:5:6:7:8:443": None,
            "1.2.3.4%eth0": None,
            "x": None,
            "unknown": None,
            "_hidden": None,
            "": None,
        }
        reporter = self.start()
        for address in addresses:
            reporter.wrong_secret(address)
        reporter.wrong_secret()
        self.assertTrue(reporter.flush())
        reported = [event["ip_address"] for event in self.ingest.counted.values()]
        self.assertEqual(reported, [*addresses.values(), None])


if __name__ == "__main__":
    unittest.main()
