"""Starlette."""
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from workload import ENDPOINTS


def route(name, content_type, work):
    mimetype = content_type.partition(";")[0]

    async def answer(_request):
        return Response(work(), media_type=mimetype)

    return Route(f"/{name}", answer)


application = Starlette(routes=[route(*endpoint) for endpoint in ENDPOINTS])
