"""The only place that makes asyncio tasks: scopes that own them, form a tree, and end together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)

Reporter = Callable[[BaseException], None]


def _log_only(error: BaseException) -> None:
    log.error("a task failed", exc_info=error)


class TaskScope:
    """Owns tasks. Closing it cancels and awaits them and those of every scope below it.

    An exception that is not a cancellation reaches ``reporter`` at once (the root's, unless a child
    names its own), so no error ever waits for the garbage collector.
    """

    def __init__(self, name: str, reporter: Reporter | None = None) -> None:
        self.name = name
        self._reporter: Reporter = reporter or _log_only
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._keyed: dict[str, asyncio.Task[Any]] = {}
        self._children: list[TaskScope] = []
        self._parent: TaskScope | None = None
        self.closed = False

    def child(self, name: str, reporter: Reporter | None = None) -> TaskScope:
        """A scope that ends no later than this one."""
        scope = TaskScope(f"{self.name}/{name}", reporter or self._reporter)
        scope._parent = self
        self._children.append(scope)
        if self.closed:
            scope.closed = True
        return scope

    def spawn(self, coro: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any] | None:
        """Start ``coro`` as a task of this scope; a closed scope refuses and returns None."""
        if self.closed:
            coro.close()
            return None
        task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(
            coro, name=f"{self.name}:{name}"
        )
        self._tasks[task] = name
        task.add_done_callback(self._ended)
        return task

    def latest(self, key: str, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        """Start ``coro``; an older one with the same key is cancelled (search, follow, preview)."""
        older = self._keyed.get(key)
        if older is not None:
            older.cancel()
        task = self.spawn(coro, name=key)
        if task is not None:
            self._keyed[key] = task
        return task

    def busy(self, key: str, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        """Start ``coro`` unless one with this key still runs (publish, create, clone)."""
        running = self._keyed.get(key)
        if running is not None and not running.done():
            coro.close()
            return None
        task = self.spawn(coro, name=key)
        if task is not None:
            self._keyed[key] = task
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        name = self._tasks.pop(task, "")
        if self._keyed.get(name) is task:
            del self._keyed[name]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._reporter(error)

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the tasks that still run here and below."""
        below = [name for child in self._children for name in child.running]
        return (*self._tasks.values(), *below)

    async def close(self) -> None:
        """Cancel and await everything, deepest scopes first. Closing twice is harmless."""
        self.closed = True
        for scope in tuple(self._children):
            await scope.close()
        current = asyncio.current_task()
        pending = [task for task in self._tasks if task is not current]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.gather(*pending, return_exceptions=True)
        if self._parent is not None and self in self._parent._children:
            self._parent._children.remove(self)
