"""The workspace in memory for tests of the window's view models."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from studio.core.tasks import TaskScope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

_NAME = "shell_world"


def load_world() -> ModuleType:
    """The module with the services in memory, loaded once."""
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(_NAME, Path(__file__).with_name("world.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[_NAME]


@pytest.fixture
def shell() -> ModuleType:
    """Names of the world module: ``shell.job()``, ``shell.NOON``."""
    return load_world()


@pytest_asyncio.fixture
async def world(qapp) -> AsyncIterator[object]:
    """A workspace in memory; errors that no view model handled fail the test."""
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    made = load_world().World(scope)
    yield made
    await scope.close()
    assert not errors, errors
