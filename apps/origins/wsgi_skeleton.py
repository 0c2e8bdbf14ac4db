"""Bare WSGI: what an application has to do, and nothing else."""
from workload import ANSWERS, TEXT


def application(environ, start_response):
    known = ANSWERS.get(environ["PATH_INFO"])
    if known is None:
        start_response("404 Not Found", [("Content-Type", TEXT), ("Content-Length", "9")])
        return [b"Not Found"]
    content_type, work = known
    body = work().encode()
    start_response("200 OK", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]
