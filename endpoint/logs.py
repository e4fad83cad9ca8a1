"""What the server writes down while it runs: one JSON object a line, with the number of a query and never who asked."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_OURS = "muscle_atlas"
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}
"""Attributes that every record has; whatever else one has was added by us."""


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in _PLAIN},
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def write_logs(*, queries: bool) -> None:
    """Write to standard error what goes wrong, and every query where it is wanted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    for name in (_OURS, "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
    logging.getLogger(_OURS).setLevel(logging.INFO if queries else logging.WARNING)
