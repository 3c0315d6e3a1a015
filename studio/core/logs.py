"""A rotating log file from which keys and signed links are struck out at the handler."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KEY = re.compile(r"\blp_[A-Za-z0-9]+_[A-Za-z0-9]+_[A-Za-z0-9_-]+")
_SIGNED = re.compile(
    r"((?:signature|sig|token|X-Amz-[A-Za-z-]+|Expires)=)[^&\s\"']+", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def redact(text: str) -> str:
    """``text`` without keys, signed parts of links and control characters."""
    text = _KEY.sub("lp_***", text)
    text = _SIGNED.sub(r"\1***", text)
    return _CONTROL.sub(" ", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then strikes out what must not be kept."""

    def format(self, record: logging.LogRecord) -> str:
        """One or more lines of plain text."""
        return redact(super().format(record))


def start_logging(path: Path, *, level: int = logging.INFO) -> None:
    """Log to ``path`` (four files of 2 MB at most); a folder that cannot be written is no error."""
    from logging.handlers import RotatingFileHandler

    root = logging.getLogger()
    root.setLevel(level)
    try:
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=2_000_000, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
