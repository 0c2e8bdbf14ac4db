"""Bare WSGI on Paste's httpserver. PASTE says what is changed: nodelay, as the patch of 2009; closed, HTTP/1.0 as it is by default."""
import os
import socket

import address
from paste import httpserver
from wsgi_skeleton import application

CHANGED = os.environ.get("PASTE", "").split()


class Handler(httpserver.WSGIHandler):
    def log_request(self, *_args):
        pass

    def setup(self):
        if "nodelay" in CHANGED:
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()


httpserver.serve(
    application,
    host=address.HOST,
    port=str(address.PORT),
    handler=Handler,
    protocol_version="HTTP/1.0" if "closed" in CHANGED else "HTTP/1.1",
    use_threadpool=True,
    # A thread is busy with a connection as long as it is open.
    threadpool_workers=int(os.environ["THREADS"]),
    # By default a thread that holds its connection for 30 s is taken for hung, and a thread ends after 100 requests: the CPU time of one that began
    # and ended within a slice is seen by nobody.
    threadpool_options={"hung_thread_limit": 3600, "kill_thread_limit": 7200, "max_requests": 1_000_000_000},
    request_queue_size=address.BACKLOG,
)
