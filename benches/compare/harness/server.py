"""nginx as the Market: three servers on loopback ports, each one regime, and what they logged."""

import collections
import grp
import http.client
import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

from harness import body

TLS, PLAIN, KEEP = "tls-close", "plain-close", "plain-keep"
REGIMES = {
    TLS: "TLS, connection per request",
    PLAIN: "plain, connection per request",
    KEEP: "plain, keep-alive",
}

# Two chats share the page files: the short one starts ten pages before the long one's end.
PAGES = 1000
SHORT_PAGES = 10
LONG_CHAT, SHORT_CHAT = 2, 1

PATH = "/v2/businesses/{business}/chats/history"

# The business in the request's path tells whose request it was: each series has its own.
# nginx serves no file to a POST, hence the 405 that becomes a 200: the internal redirect makes the
# request a GET, and nginx reads and drops its body.
CONFIG = """
daemon off;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
worker_processes 1;
{process}
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;

    log_format contest '$connection $status $ssl_session_reused $request_uri';
    default_type "application/json;charset=UTF-8";
    etag off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=2000 inactive=1h;
    open_file_cache_valid 1h;

    # The library learns its hourly quotas from these: here they never bind.
    add_header X-RateLimit-Resource-Limit 1000000000;
    add_header X-RateLimit-Resource-Remaining 999999999;
    add_header X-RateLimit-Resource-Until "Fri, 31 Dec 2100 23:59:59 GMT";

    map $arg_chatId/$arg_pageToken $page {{
        default "page";
        {long_chat}/ "pages/{long_start}";
        {short_chat}/ "pages/{short_start}";
        "~^[{short_chat}{long_chat}]/(?<token>page-[0-9]+)$" "pages/$token";
    }}
{servers}
}}
"""

SERVER = """
    server {{
        listen 127.0.0.1:{port}{ssl};
        access_log {root}/{regime}.log contest buffer=256k;
        keepalive_timeout {keepalive_timeout};
        keepalive_requests 1000000000;
        root {root}/www;
        location ~ ^/v2/businesses/[0-9]+/chats/history$ {{
            error_page 405 =200 /$page.json;
            return 405;
        }}
        location / {{ internal; }}
    }}
"""

TLS_CONFIG = """
    ssl_certificate {root}/leaf.pem;
    ssl_certificate_key {root}/leaf.key;
    ssl_protocols TLSv1.3;
    ssl_session_cache shared:sessions:10m;
    ssl_session_tickets on;
    ssl_session_timeout 1h;
"""


class Server:
    """A running nginx; a context manager, so that it never outlives the run."""

    def __init__(self, root, core=None):
        self.root = Path(root)
        self.ca_file = self.root / "ca.pem"
        self.ports = {}
        self._core = core
        self._process = None

    def __enter__(self):
        www = self.root / "www"
        (www / "pages").mkdir(parents=True)
        (www / "page.json").write_bytes(body.page(next_token="eyJ2IjoxLCJsIjo1MH0="))
        body.write_pages(www / "pages", PAGES)
        _make_certificates(self.root)
        self._start()
        try:
            for regime in REGIMES:
                self._check(regime)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _start(self):
        # nginx takes over sockets that listen already: no port can be lost to another program in
        # between, and a client that connects before nginx is up waits in the backlog.
        listeners = {regime: socket.create_server(("127.0.0.1", 0), backlog=511) for regime in REGIMES}
        self.ports = {regime: listener.getsockname()[1] for regime, listener in listeners.items()}
        config = self.root / "nginx.conf"
        config.write_text(self._config())
        fds = [listener.fileno() for listener in listeners.values()]
        self._process = subprocess.Popen(
            [find_nginx(), "-p", str(self.root), "-e", str(self.root / "error.log"), "-c", str(config)],
            env={"NGINX": "".join(f"{fd};" for fd in fds)},
            pass_fds=fds,
            stdin=subprocess.DEVNULL,
        )
        for listener in listeners.values():
            listener.close()

    def _config(self):
        servers = TLS_CONFIG.format(root=self.root)
        for regime, port in self.ports.items():
            servers += SERVER.format(
                root=self.root,
                regime=regime,
                port=port,
                ssl=" ssl" if regime == TLS else "",
                keepalive_timeout="1h" if regime == KEEP else "0",
            )
        return CONFIG.format(
            root=self.root,
            process="\n".join(self._process_directives()),
            long_chat=LONG_CHAT,
            short_chat=SHORT_CHAT,
            long_start=body.page_token(1),
            short_start=body.page_token(PAGES - SHORT_PAGES + 1),
            servers=servers,
        )

    def _process_directives(self):
        if os.getuid() == 0:
            # Otherwise the worker would become a user who may not read the temporary folder.
            yield f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
        if self._core is not None:
            yield f"worker_cpu_affinity {1 << self._core:b};"

    def base_url(self, regime):
        return f"{'https' if regime == TLS else 'http'}://127.0.0.1:{self.ports[regime]}"

    def _check(self, regime):
        """The server does what the measurement assumes; otherwise there is nothing to measure."""
        try:
            if regime == TLS:
                context = ssl.create_default_context(cafile=self.ca_file)
                connection = http.client.HTTPSConnection(
                    "127.0.0.1", self.ports[regime], timeout=10, context=context
                )
            else:
                connection = http.client.HTTPConnection("127.0.0.1", self.ports[regime], timeout=10)
            # Twice on one connection where it stays open: an unread request body would be taken
            # for the start of the second request.
            for _ in range(2):
                connection.request(
                    "POST", PATH.format(business=1) + "?chatId=3&limit=100", body=b'{"messageIdFrom":1}'
                )
                answer = connection.getresponse()
                content = answer.read()
                assert answer.status == 200, answer.status
                assert len(json.loads(content)["result"]["messages"]) == 100
                assert answer.getheader("Content-Length") == str(len(content))
                assert answer.getheader("X-RateLimit-Resource-Remaining") == "999999999"
                closes = answer.getheader("Connection") == "close"
                assert closes == (regime != KEEP), answer.getheader("Connection")
            connection.close()
        except (AssertionError, OSError, http.client.HTTPException) as error:
            log = self.root / "error.log"
            said = log.read_text() if log.exists() else ""
            raise RuntimeError(f"the server fails its check ({regime}): {error!r}\n{said}") from error

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def served(self):
        """What came in, by regime and business; complete only after `stop`."""
        assert self._process is None, "nginx writes its buffered logs when it stops"
        return {regime: _read_log(self.root / f"{regime}.log") for regime in REGIMES}


def _read_log(path):
    served = collections.defaultdict(lambda: {"requests": 0, "connections": 0, "full": 0, "resumed": 0})
    seen = set()
    for line in path.read_text().splitlines():
        connection, status, reused, uri = line.split(" ", 3)
        business = int(uri.split("/", 4)[3])
        if status != "200":
            raise RuntimeError(f"the server answered {status} to business {business}: {uri}")
        counts = served[business]
        counts["requests"] += 1
        if connection not in seen:
            seen.add(connection)
            counts["connections"] += 1
            # nginx writes "r", "." or, without TLS, "-".
            counts["resumed"] += reused == "r"
            counts["full"] += reused == "."
    return dict(served)


def _make_certificates(root):
    def openssl(*arguments):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "30", *arguments],
            check=True, capture_output=True, cwd=root,
        )  # fmt: skip

    openssl("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=benchmark CA",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    openssl("-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "leaf.key", "-out", "leaf.pem",
            "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-addext", "keyUsage=critical,digitalSignature",
            "-addext", "extendedKeyUsage=serverAuth")  # fmt: skip


def find_nginx():
    """Debian keeps it where only root's PATH leads."""
    return shutil.which("nginx") or "/usr/sbin/nginx"
