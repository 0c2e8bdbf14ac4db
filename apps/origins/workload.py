"""The work behind the endpoints for all Python servers, as apps/workload is it for Node: one template tool (Jinja2), the same bytes.

Every framework's own templates would answer other bytes, and the difference between two rows would be that of two template languages.
"""
import os
import time

from jinja2 import Environment

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"

_templates = Environment(autoescape=True, trim_blocks=True, keep_trailing_newline=True, auto_reload=False)
_page = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>%s</title></head>
<body>
%s
</body>
</html>
"""
_hello = _templates.from_string(_page % ("Hello", "<h1>Hello, {{ name }}!</h1>"))
_orders = _templates.from_string(
    _page
    % (
        "Orders",
        "<table>\n{% for row in rows %}\n<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>\n{% endfor %}\n</table>",
    )
)
_rows = [
    ["1001", "Ada & Grace", "bolts < 5 mm", "12", "0.35", "open"],
    ["1002", "Edsger", '"special" nuts', "7", "1.20", "paid"],
    ["1003", "Barbara", "washers", "144", "0.02", "sent"],
    ["1004", "O'Neil & Sons", "screws > 8 mm", "50", "0.11", "open"],
]
_members = frozenset(f"key-{n}" for n in range(1_000))
# Strings of their own, not those of the set: a hit has to compare characters, as with a key that was read from a request.
_keys = [f"key-{n}" for n in range(2_000)]
_asked = [_keys[i * 769 % 2_000] for i in range(50_000)]


def hello():
    return "Hello, World!"


def template():
    # Jinja2 writes a quotation mark as &#34;, the contract of all servers as &quot;.
    return _hello.render(name="Ada & Grace").replace("&#34;", "&quot;")


def table():
    return _orders.render(rows=_rows).replace("&#34;", "&quot;")


def lookup():
    members = _members
    hits = 0
    for key in _asked:
        if key in members:
            hits += 1
    return str(hits)


def short():
    return SHORT


def long():
    return LONG


SHORT = "x" * 40
LONG = "x" * 10_000

BURN_NANOSECONDS = 1_000 * int(os.environ.get("BURN_MICROSECONDS", "0"))


def burning():
    """So much CPU time of the thread that answers, to see whether it comes back as cost."""
    end = time.thread_time_ns() + BURN_NANOSECONDS
    while time.thread_time_ns() < end:
        pass
    return hello()


# Name of the endpoint, its type, and the work.
ENDPOINTS = [
    ("hello", TEXT, burning if BURN_NANOSECONDS else hello),
    ("template", HTML, template),
    ("table", HTML, table),
    ("lookup", TEXT, lookup),
    ("fixed-40", TEXT, short),
    ("fixed-10000", TEXT, long),
]
ANSWERS = {f"/{name}": (content_type, work) for name, content_type, work in ENDPOINTS}
