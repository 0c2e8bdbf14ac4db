"""Flask."""
from flask import Flask, Response
from workload import ENDPOINTS

application = Flask(__name__, static_folder=None)


def route(name, content_type, work):
    mimetype = content_type.partition(";")[0]

    @application.get(f"/{name}", endpoint=name)
    def answer():
        return Response(work(), mimetype=mimetype)


for endpoint in ENDPOINTS:
    route(*endpoint)
