"""What a server is, as JSON: python3 describe.py <distribution> [<further ones that have to be there>...]"""
import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version


def of(name):
    try:
        return version(name)
    except PackageNotFoundError:
        sys.exit(f"{name} is not installed")


name, *others = sys.argv[1:] or [None]
versions = [of(one) for one in [name, *others] if one]
runtime = f"{platform.python_implementation()} {platform.python_version()}"
print(json.dumps({"package": name, "version": versions[0], "runtime": runtime} if name else {"runtime": runtime}))
