"""What the tests have in common: the simulated Market, a server that never answers, scripts."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import unittest
from datetime import timedelta
from urllib.parse import urlsplit

import ymchat

# Where a new simulated Market is to be had: whoever connects gets its address.
MARKETS = os.environ.get("YMCHAT_TEST_MARKETS", "")
# For tests that need a key that nobody may see; the harness looks for it in all that is printed.
FAKE_KEY = "ACMA:s3cr3t-k3y"
# Beyond what a double holds exactly.
GREAT_ID = 9_007_199_254_740_993


class _Market:
    url = ""


def base_url():
    """The address of the simulated Market of the test that is running."""
    return _Market.url


def admin(method, path="", body=None):
    """A call of the simulated Market's admin API."""
    connection = http.client.HTTPConnection(urlsplit(base_url()).netloc, timeout=10)
    try:
        connection.request(method, "/_sandbox" + path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise AssertionError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None
    finally:
        connection.close()


class MarketTest(unittest.TestCase):
    """A test with a Market of its own: what is known of limits and sends outlives a client."""

    def setUp(self):
        if not MARKETS:
            self.fail("YMCHAT_TEST_MARKETS must be set; cargo test does that")
        host, port = MARKETS.split(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            _Market.url = connection.makefile().read()
        self.start = admin("GET")
        self.client = self.new_client()

    def new_client(self, **options):
        """A client of the Market that is closed at the test's end."""
        settings = {
            "api_key": self.start["keys"]["full"],
            "business_id": self.start["businessId"],
            "base_url": base_url(),
            **options,
        }
        client = ymchat.Client(**settings)
        self.addCleanup(client.close)
        return client

    def new_chat(self, **about):
        about = about or {"text": "Есть ли у вас самовары? 🔥"}
        return admin("POST", "/chats", about)["chatId"]

    def fault(self, kind, **about):
        admin("POST", "/faults", {"kind": kind, **about})


class Silence:
    """Accepts connections, reads, and never says a word."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._connections = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def wait_for_request(self):
        """Until a client has sent its whole request and is blocked."""
        self._listener.settimeout(10)
        connection, _ = self._listener.accept()
        self._connections.append(connection)
        connection.settimeout(10)
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65536)
        head, _, body = request.partition(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            body += connection.recv(65536)
        # Now the client turns from writing to reading.
        time.sleep(0.05)

    def client(self, **options):
        settings = {
            "api_key": FAKE_KEY,
            "business_id": 1,
            "base_url": self.url,
            "attempt_timeout": timedelta(seconds=30),
            **options,
        }
        return ymchat.Client(**settings)


class Script:
    """A Python program of its own, with every warning an error."""

    def __init__(self, text, *arguments, environment=()):
        self._process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(text), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **dict(environment)},
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.pid = self._process.pid

    def finish(self):
        """Exit code, standard output, standard error."""
        try:
            out, err = self._process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            # Its children, too: they hold the other ends of the pipes.
            if os.name == "posix":
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self._process.kill()
            out, err = self._process.communicate()
            raise AssertionError(f"the script hangs: {out}{err}") from None
        return self._process.returncode, out, err

    def signal(self, number):
        self._process.send_signal(number)
