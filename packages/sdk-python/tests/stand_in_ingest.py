"""An HTTP server that answers as Hookpulse's ingest does, or as it is told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StandInIngest:
    def __init__(self):
        self.requests = []
        # What was accepted, by event_id: as Hookpulse counts it.
        self.counted = {}
        # (status, headers, body), or None: everything is accepted; or a function of the events that says so.
        self.answer = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, self.headers["Authorization"], events))
                answer = outer.answer(events) if callable(outer.answer) else outer.answer
                if answer is None:
                    outer.counted.update((event["event_id"], event) for event in events)
                    status, headers, body = 202, {}, {"accepted": len(events), "rejected": []}
                else:
                    status, headers, body = answer
                text = json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
