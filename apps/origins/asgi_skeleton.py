"""Bare ASGI: what an application has to do, and nothing else."""
from workload import ANSWERS, TEXT


def head(status, content_type, length):
    headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % length)]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def application(scope, _receive, send):
    if scope["type"] != "http":
        return
    known = ANSWERS.get(scope["path"])
    status, content_type, body = (404, TEXT, b"Not Found") if known is None else (200, known[0], known[1]().encode())
    await send(head(status, content_type, len(body)))
    await send({"type": "http.response.body", "body": body})
