"""Twisted Web. With WORKERS above 1 a listening socket is opened here and shared with as many processes that accept from it."""
import os
import signal
import socket
import subprocess
import sys

import address
from twisted.internet import reactor
from twisted.web.resource import Resource
from twisted.web.server import Site
from twisted.web.static import File
from workload import ENDPOINTS

SHARED = os.environ.get("SHARED_SOCKET")


class Answer(Resource):
    isLeaf = True

    def __init__(self, content_type, work):
        super().__init__()
        self._content_type = content_type.encode()
        self._work = work

    def render_GET(self, request):
        request.setHeader(b"Content-Type", self._content_type)
        return self._work().encode()


def site():
    root = Resource()
    for name, content_type, work in ENDPOINTS:
        root.putChild(name.encode(), Answer(content_type, work))
    folder = os.environ.get("FILES")
    for name in sorted(os.listdir(folder)) if folder else []:
        root.putChild(name.encode(), File(os.path.join(folder, name), defaultType="text/plain; charset=utf-8"))
    # An idle connection would be closed after 60 s.
    made = Site(root, timeout=300)
    made.displayTracebacks = False
    made.noisy = False
    # Without a log file every request is still put into words, for the log of the process.
    made.log = lambda _request: None
    return made


def listening_socket():
    family, where = (socket.AF_UNIX, address.SOCKET) if address.SOCKET else (socket.AF_INET, (address.HOST, address.PORT))
    opened = socket.socket(family)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(where)
    opened.listen(address.BACKLOG)
    return opened


def main():
    family = socket.AF_UNIX if address.SOCKET else socket.AF_INET
    if SHARED:
        reactor.adoptStreamPort(int(SHARED), family, site())
    elif address.WORKERS > 1:
        number = listening_socket().detach()
        environment = {**os.environ, "SHARED_SOCKET": str(number)}
        command = [sys.executable, os.path.abspath(__file__)]
        workers = [subprocess.Popen(command, env=environment, pass_fds=[number]) for _ in range(address.WORKERS)]
        signal.signal(signal.SIGTERM, lambda *_: [worker.terminate() for worker in workers])
        sys.exit(max(worker.wait() for worker in workers))
    elif address.SOCKET:
        reactor.listenUNIX(address.SOCKET, site(), backlog=address.BACKLOG)
    else:
        reactor.listenTCP(address.PORT, site(), backlog=address.BACKLOG, interface=address.HOST)
    reactor.run()


main()
