"""What pages may do in a browser: headers that forbid everything they do not need."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALLOWED = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _policy(**more: str) -> str:
    allowed = _ALLOWED | {name.replace("_", "-"): sources for name, sources in more.items()}
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())


HEADERS = {
    "Content-Security-Policy": _policy(),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every answer of the application."""

_COLUMNS = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
"""The one style that YASGUI's table writes into the page, for columns that can be drawn wider (column-resizer 1.4)."""

EDITOR_POLICY = _policy(script_src="'self'", connect_src="'self'", style_src=f"'self' {_COLUMNS}")
"""The page of the editor runs our own script, which asks this server only."""

CHECKING_POLICY = _policy(script_src="'self'", connect_src="'self'")
"""The page that checks files runs our own script, which sends them to this server only."""

REPORT_POLICY = (
    _policy(style_src="'unsafe-inline'", script_src="'unsafe-inline'", form_action="'none'")
    + "; sandbox allow-scripts allow-popups"
)
"""A report that can be kept holds its styles and its script, and names their hashes itself; it stands apart from the
pages of this server, whatever a cell may hold."""

EMBEDDED_POLICY = _policy(form_action="'none'", frame_ancestors="*")
"""A page that other sites show within theirs, such as a preview of a term."""


class SecureHeaders:
    """Gives every answer of an application ``HEADERS``, where it has none of the same name."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is asked, and what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_secured)
