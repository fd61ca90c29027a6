#!/usr/bin/env python3
"""Runs a command with all that the tests of a machine talk to, and says where it is in the environment.

    market.py SANDBOX COMMAND [ARGUMENTS]

SANDBOX is the program ymchat-sandbox, built for this machine. The command finds:

    YMCHAT_BASE_URL, YMCHAT_API_KEY, YMCHAT_BUSINESS_ID, YMCHAT_CONFIG   a simulated Market
    YMCHAT_LOCALHOST_URL   the same, by name
    YMCHAT_SILENT_URL      connections are made, and nobody ever answers
    YMCHAT_CLOSED_URL      nobody listens
    YMCHAT_TLS_URL         the Market over TLS, with a certificate that nobody knows
    YMCHAT_CA_PEM, YMCHAT_CA_DER   the authority that has signed it, as files
"""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path


def authority(place: Path) -> "tuple[Path, Path]":
    """A fresh authority, and a certificate of it for localhost."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test of a machine")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (place / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "30", "-extfile", "names", "-out", "server.pem",
    )  # fmt: skip
    openssl("x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der")
    return place / "server.pem", place / "server.key"


def serve_tls(certificate: Path, key: Path, behind: "tuple[str, int]") -> int:
    """Takes TLS off, and hands everything on; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()

    def serve(raw: socket.socket) -> None:
        try:
            outside = context.wrap_socket(raw, server_side=True)
        except OSError:
            # The client does not accept the certificate.
            return
        inside = socket.create_connection(behind)
        threading.Thread(target=copy, args=(outside, inside), daemon=True).start()
        copy(inside, outside)
        outside.close()

    def accept() -> None:
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=serve, args=(raw,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    market = subprocess.Popen(
        [sys.argv[1], "--auto-reply", "on", "--big-ids", "on", "--quota", "getChats=1000000"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with tempfile.TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0)) as silent:
        try:
            assert market.stdout is not None
            greeting = market.stdout.readline()
            found = re.search(r"at (http://127\.0\.0\.1:(\d+)), Api-Key (\S+), businessId (\d+)", greeting)
            if not found:
                print(f"market.py: the simulated Market says: {greeting}", file=sys.stderr)
                return 1
            url, port, key, business = found.groups()
            place = Path(directory)
            tls = serve_tls(*authority(place), ("127.0.0.1", int(port)))
            with socket.create_server(("127.0.0.1", 0)) as gone:
                closed = gone.getsockname()[1]
            config = {"apiKey": key, "businessId": int(business), "baseUrl": url}
            found_by_the_command = {
                "YMCHAT_BASE_URL": url,
                "YMCHAT_API_KEY": key,
                "YMCHAT_BUSINESS_ID": business,
                "YMCHAT_CONFIG": json.dumps(config),
                "YMCHAT_LOCALHOST_URL": f"http://localhost:{port}",
                "YMCHAT_SILENT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
                "YMCHAT_CLOSED_URL": f"http://127.0.0.1:{closed}",
                "YMCHAT_TLS_URL": f"https://localhost:{tls}",
                "YMCHAT_CA_PEM": str(place / "ca.pem"),
                "YMCHAT_CA_DER": str(place / "ca.der"),
            }
            return subprocess.run(sys.argv[2:], env={**os.environ, **found_by_the_command}).returncode
        finally:
            market.kill()
            market.wait()


if __name__ == "__main__":
    sys.exit(main())
