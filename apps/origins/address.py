"""Where a server has to listen, as the suite says it: HOST and PORT, or SOCKET, in the environment."""
import os

SOCKET = os.environ.get("SOCKET")
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "0"))
WORKERS = int(os.environ.get("WORKERS", "1"))
BACKLOG = 4096
