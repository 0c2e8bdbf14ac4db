"""Bottle."""
from bottle import Bottle, response
from workload import ENDPOINTS

application = Bottle()


def route(name, content_type, work):
    @application.get(f"/{name}")
    def answer():
        response.content_type = content_type
        return work()


for endpoint in ENDPOINTS:
    route(*endpoint)
