"""The whole program with its window, before the real server and a network that fails as told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_FOLDER = str(Path(__file__).parent)
if _FOLDER not in sys.path:
    # The modules beside the tests are theirs alone; the folder is no package.
    sys.path.append(_FOLDER)

import window_scene  # noqa: E402

pytest_asyncio_loop_factories = window_scene.loop_factories
keys = window_scene.keys
process_hooks = window_scene.process_hooks
demo_data = window_scene.demo_data
scene = window_scene.scene


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A stall inside Qt is ended from another thread, since no signal gets through to Python."""
    for item in items:
        if item.path.is_relative_to(_FOLDER):
            item.add_marker(pytest.mark.timeout(150, method="thread"))
