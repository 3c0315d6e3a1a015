"""Who hears of what: typed, synchronous publish and subscribe in the loop's thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

E = TypeVar("E")


class Subscription:
    """Held by the subscriber; ``close`` ends it, twice is harmless."""

    def __init__(
        self, listeners: list[Callable[[Any], None]], listener: Callable[[Any], None]
    ) -> None:
        self._listeners = listeners
        self._listener: Callable[[Any], None] | None = listener

    def close(self) -> None:
        """Hear nothing more."""
        if self._listener is not None and self._listener in self._listeners:
            self._listeners.remove(self._listener)
        self._listener = None


class EventHub:
    """Events are frozen values that say what changed, by id; readers ask for the new state."""

    def __init__(self) -> None:
        self._listeners: dict[type, list[Callable[[Any], None]]] = {}

    def subscribe(self, kind: type[E], listener: Callable[[E], None]) -> Subscription:
        """Call ``listener`` for each event of exactly this type, in the order of subscription."""
        listeners = self._listeners.setdefault(kind, [])
        listeners.append(listener)
        return Subscription(listeners, listener)

    def publish(self, event: object) -> None:
        """Tell every listener now; one that fails is logged and does not stop the others."""
        for listener in tuple(self._listeners.get(type(event), ())):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
