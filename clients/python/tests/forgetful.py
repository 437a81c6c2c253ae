"""A way to a house on which answers get lost: the house does what it is asked, and the client never hears of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2

HANDED_ON = ("content-type", "idempotency-key")


@contextmanager
def forgetful(url: str, lost: int) -> Iterator[str]:
    """Hand on what is posted to a house, lose so many answers, and give the address of this way."""
    left = [lost]

    class Way(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told = {name: self.headers[name] for name in HANDED_ON if name in self.headers}
            answer = httpx2.post(url + self.path, content=body, headers=told)
            if left[0]:
                left[0] -= 1
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
