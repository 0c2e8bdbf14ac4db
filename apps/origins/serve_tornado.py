"""Tornado, with its defaults: an ETag (SHA-1 of every body) and its own Server header."""
import asyncio

import address
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.web import Application, RequestHandler
from workload import ENDPOINTS


def route(name, content_type, work):
    class Handler(RequestHandler):
        def get(self):
            self.set_header("Content-Type", content_type)
            self.write(work())

    return f"/{name}", Handler


async def main():
    server = HTTPServer(Application([route(*endpoint) for endpoint in ENDPOINTS], log_function=lambda _: None))
    if address.SOCKET:
        server.add_socket(bind_unix_socket(address.SOCKET, backlog=address.BACKLOG))
    else:
        server.add_sockets(bind_sockets(address.PORT, address.HOST, backlog=address.BACKLOG))
    await asyncio.Event().wait()


asyncio.run(main())
