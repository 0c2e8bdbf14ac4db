"""aiohttp."""
import address
from aiohttp import web
from workload import ENDPOINTS


def route(name, content_type, work):
    mimetype = content_type.partition(";")[0]

    async def answer(_request):
        return web.Response(text=work(), content_type=mimetype, charset="utf-8")

    return web.get(f"/{name}", answer)


application = web.Application()
application.add_routes([route(*endpoint) for endpoint in ENDPOINTS])
at = {"path": address.SOCKET} if address.SOCKET else {"host": address.HOST, "port": address.PORT}
web.run_app(application, **at, access_log=None, print=None, backlog=address.BACKLOG, keepalive_timeout=300)
