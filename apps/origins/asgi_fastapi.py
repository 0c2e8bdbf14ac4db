"""FastAPI."""
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from workload import ENDPOINTS, TEXT

application = FastAPI()


def route(name, content_type, work):
    kind = PlainTextResponse if content_type == TEXT else HTMLResponse

    # A plain function would be sent to a pool of threads.
    @application.get(f"/{name}", response_class=kind)
    async def answer():
        return work()


for endpoint in ENDPOINTS:
    route(*endpoint)
