"""CherryPy on its own server (Cheroot), with one thread that answers."""
import address
import cherrypy
from cherrypy_root import CONFIG, QUIET, Root

at = {"server.socket_host": address.HOST, "server.socket_port": address.PORT}
cherrypy.config.update(
    {
        "environment": "production",
        **QUIET,
        **({"server.socket_file": address.SOCKET} if address.SOCKET else at),
        "server.thread_pool": 1,
        "server.thread_pool_max": 1,
        # Connections that may wait for a request; 10 by default.
        "server.socket_queue_size": address.BACKLOG,
        "server.socket_timeout": 300,
    }
)
cherrypy.quickstart(Root(), "/", CONFIG)
