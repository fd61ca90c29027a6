#!/usr/bin/env python3
"""Answers the Market's notifications, and receives what they tell of into the table of inbox.py.

    YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… python3 examples/receiver.py inbox.sqlite 8080

It listens on 127.0.0.1; a web server with a certificate stands before it, and hands on the address
that it was called from as X-Real-IP. What comes without that header comes from this computer, and
is refused, unless RECEIVER_ALLOW_FROM=127.0.0.1 says otherwise.
"""

import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import inbox
import ymchat

TABLE = sys.argv[1]
ALLOW_FROM = os.environ.get("RECEIVER_ALLOW_FROM")
hinted = threading.Event()


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length", 0)), 65537)
        told = ymchat.parse_notification(
            self.rfile.read(length),
            name="receiver.py",
            remote_address=self.headers.get("X-Real-IP", self.client_address[0]),
            allow_from=ALLOW_FROM.split(",") if ALLOW_FROM else None,
        )
        if told.chat_id is not None:
            # Before the answer: if it fails, there is none, and the notification comes again.
            with inbox.open_table(TABLE) as db:
                row = (told.key, told.chat_id)
                db.execute("INSERT OR IGNORE INTO hint (key, chat_id) VALUES (?, ?)", row)
        self.send_response(told.reply.http_status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told.reply.body)))
        self.end_headers()
        self.wfile.write(told.reply.body)
        hinted.set()


def work():
    db = inbox.open_table(TABLE)
    with inbox.open_client() as client:
        receive = inbox.receive  # what came while this program was not there
        while True:
            try:
                print(f"received {len(receive(db, client))} messages", flush=True)
                # A notification may get lost, and is not needed: look at everything each hour.
                receive = inbox.receive_hinted if hinted.wait(3600) else inbox.receive
                hinted.clear()
            except ymchat.Error as error:
                print(f"receiver: {error}", file=sys.stderr, flush=True)
                receive = inbox.receive
                hinted.wait(60)


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Receiver)
print(f"listening on port {server.server_port}", flush=True)
threading.Thread(target=work, daemon=True).start()
server.serve_forever()
