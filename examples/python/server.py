"""The four endpoints of the suite on Python's own HTTP server: HOST=127.0.0.1 PORT=3000 python3 server.py."""

import json
import os
import platform
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"

ROWS = [
    ["1001", "Ada & Grace", "bolts < 5 mm", "12", "0.35", "open"],
    ["1002", "Edsger", '"special" nuts', "7", "1.20", "paid"],
    ["1003", "Barbara", "washers", "144", "0.02", "sent"],
    ["1004", "O'Neil & Sons", "screws > 8 mm", "50", "0.11", "open"],
]
MEMBERS = {f"key-{n}" for n in range(1_000)}
ASKED = [f"key-{(i * 769) % 2_000}" for i in range(50_000)]


def escaped(text):
    return escape(text).replace("&#x27;", "&#39;")


def page(title, body):
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!doctype html>\n<html lang="en">\n{head}\n<body>\n{body}\n</body>\n</html>\n'


def table():
    rows = "".join("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>\n" for row in ROWS)
    return page("Orders", f"<table>\n{rows}</table>")


ROUTES = {
    "/hello": (TEXT, lambda: "Hello, World!"),
    "/template": (HTML, lambda: page("Hello", f"<h1>Hello, {escaped('Ada & Grace')}!</h1>")),
    "/table": (HTML, table),
    "/lookup": (TEXT, lambda: str(sum(key in MEMBERS for key in ASKED))),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one write: two would wait for each other (Nagle, delayed acknowledgement).
    wbufsize = -1

    def do_GET(self):
        kind, work = ROUTES.get(self.path, (TEXT, lambda: "Not Found"))
        body = work().encode()
        self.send_response(200 if self.path in ROUTES else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing: a log would be a part of the cost."""


if "--describe" in sys.argv:
    version = platform.python_version()
    print(json.dumps({"package": "http.server", "version": version, "runtime": f"{platform.python_implementation()} {version}"}))
else:
    ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
