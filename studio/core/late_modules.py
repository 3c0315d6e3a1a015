"""Modules of ours that load when they are first used, not when they are imported.

What only a change, a call or a conflict needs is imported by the services of the first second as
``from studio.store import outbox``, and would be loaded before the window is painted. A name given
to :func:`hold_back` is imported as an empty shell instead, which fills itself at the first touch of
one of its names, on any thread; :func:`load_next` fills them one by one when there is time.
"""

from __future__ import annotations

import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

_OF_THE_SHELL = frozenset(
    {"__class__", "__dict__", "__file__", "__loader__", "__name__", "__package__", "__path__"}
    | {"__spec__"}
)
"""What the import machinery itself asks of a module; answered without loading."""


def hold_back(names: Sequence[str]) -> None:
    """From now on these modules load at their first use; one that is loaded already stays so."""
    sys.meta_path.insert(0, _LateFinder(frozenset(names)))


def load_next() -> Iterator[str]:
    """Load the shells that were imported so far, one each step, and give its name."""
    for module in list(sys.modules.values()):
        if type(module) is _Shell:
            module.__dict__["__late__"].fill(module)
            yield module.__name__


class _Shell(ModuleType):
    """Stands for a module that is not loaded."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _OF_THE_SHELL:
            late = ModuleType.__getattribute__(self, "__dict__").get("__late__")
            if late is not None:
                late.fill(self)
        # Its class is another now, so ``super()`` would refuse.
        return ModuleType.__getattribute__(self, name)


class _LateLoader:
    """Leaves the shell where the module will be; ``fill`` runs its code, once.

    Not a child of ``importlib.abc.Loader``: importing that costs more than most modules held back.

    The lock is the module's own. A second thread waits for the first as it would for an import;
    since modules never import each other in a circle, no two threads ever wait for each other.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = threading.RLock()
        self._filling = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module as its own loader would make it."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Not yet: its code runs at the first use."""
        module.__dict__["__late__"] = self
        module.__class__ = _Shell

    def fill(self, module: ModuleType) -> None:
        """Run the module's code. What it raises, it raises again at the next use."""
        with self._lock:
            if type(module) is not _Shell or self._filling:
                return
            self._filling = True
            try:
                spec = module.__spec__
                if spec is not None:
                    spec.loader = self._loader
                module.__loader__ = self._loader
                self._loader.exec_module(module)
            finally:
                self._filling = False
            del module.__dict__["__late__"]
            module.__class__ = ModuleType  # type: ignore[assignment]


class _LateFinder:
    """Finds the held back modules as the other finders do, and wraps their loader."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for every other module, which is then found in the ordinary way."""
        if fullname not in self._names:
            return None
        for finder in sys.meta_path:
            if finder is self:
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _LateLoader(spec.loader)  # type: ignore[assignment]
                return spec
        return None
