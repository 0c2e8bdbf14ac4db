"""CherryPy as a WSGI application, without its own server."""
import cherrypy
from cherrypy_root import CONFIG, QUIET, Root

cherrypy.config.update({"environment": "embedded", **QUIET})
cherrypy.server.unsubscribe()
application = cherrypy.Application(Root(), script_name="", config=CONFIG)
