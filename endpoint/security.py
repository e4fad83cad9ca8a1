"""What pages may do in a browser: headers that forbid everything they do not need."""

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
