"""Django as `startproject` leaves it; with DJANGO=bare without its default middleware and apps (the Django* of the talk)."""
import os

from django.conf import settings
from workload import ENDPOINTS

BARE = os.environ.get("DJANGO") == "bare"
APPS = [f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

settings.configure(
    DEBUG=False,
    SECRET_KEY="this server keeps no secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[] if BARE else APPS,
    MIDDLEWARE=[] if BARE else MIDDLEWARE,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={} if BARE else {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def route(name, content_type, work):
    def answer(request):
        response = HttpResponse(work(), content_type=content_type)
        # Otherwise CommonMiddleware does it.
        if BARE:
            response["Content-Length"] = str(len(response.content))
        return response

    return path(name, answer)


urlpatterns = [route(*endpoint) for endpoint in ENDPOINTS]
application = get_wsgi_application()
