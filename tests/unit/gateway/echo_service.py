"""A real HTTP server that says what it was asked: `python echo_service.py [port]` prints its port and serves until it is ended."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SEEN = {"requests": 0, "connections": 0}
LOCK = threading.Lock()


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, or each answer waits 40 ms for an acknowledgement

    def setup(self):
        super().setup()
        with LOCK:
            SEEN["connections"] += 1

    def answer(self):
        body = self._body()
        if self.path == "/_forget":
            SEEN.update(requests=0, connections=0)
        if self.path.startswith("/_"):
            self._send_json(200, SEEN)
            return
        with LOCK:
            SEEN["requests"] += 1
            count = SEEN["requests"]
        asked = parse_qs(urlsplit(self.path).query)
        time.sleep(float(asked.get("sleep", ["0"])[0]))
        statuses = asked.get("status", ["200"])[0].split(",")
        status = int(statuses[min(count, len(statuses)) - 1])
        if "size" in asked:
            self._send_bytes(int(asked["size"][0]))
            return
        self._send_json(
            status, {"method": self.command, "path": self.path, "headers": self.headers.items(), "length": len(body)}
        )

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815 - the library's names

    def _body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().strip(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send_json(self, status, data):
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Twice", "one")
        self.send_header("X-Twice", "two")
        self.send_header("X-Private-Hop", "not for you")
        self.send_header("Connection", "keep-alive, X-Private-Hop")
        self.send_header("Keep-Alive", "timeout=5")
        self.send_header("Set-Cookie", "crm_session=planted")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_bytes(self, size):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(b"x" * size)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 0), Echo)
    print(server.server_port, flush=True)
    server.serve_forever()
