"""Loads the HTTP client and the wire models before the first call needs them, in a worker."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT_TURN_S = 0.0005
_MODULES = ("pydantic", "studio.api.wire", "httpx", "truststore", "ulid")


def load_client() -> None:
    """Import it all, for about 150 ms; the GUI thread has its turn twice a millisecond.

    Call it from a worker thread. Doing so again costs nothing.
    """
    # No plugin may change how answers are read, and looking for them opens every package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # The library's command line, with all it draws in, is two thirds of its import.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    with _short_turns():
        for name in _MODULES:
            import_module(name)


@contextmanager
def _short_turns() -> Iterator[None]:
    """Threads take turns more often: an import would else hold each turn for 5 ms."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SHORT_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
