"""The endpoints in CherryPy, for its own server and for others."""
import cherrypy
from workload import ENDPOINTS

# It would write "text/plain;charset=utf-8" over the type, which the contract spells with a space.
CONFIG = {"/": {"tools.encode.on": False}}
QUIET = {"log.screen": False, "log.access_file": "", "log.error_file": ""}


class Root:
    pass


def route(name, content_type, work):
    @cherrypy.expose
    def answer(self):
        cherrypy.response.headers["Content-Type"] = content_type
        return work().encode()

    # It translates a dash of the path into an underscore.
    setattr(Root, name.replace("-", "_"), answer)


for endpoint in ENDPOINTS:
    route(*endpoint)
