"""Real windows under a real window manager: the scene of the window tests on an X server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

_FLOWS = Path(__file__).parents[1] / "flows"
for folder in (Path(__file__).parent, _FLOWS, _FLOWS / "window"):
    # The modules beside the tests are theirs alone; the folders are no packages.
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

import window_scene  # noqa: E402

HAS_SCREEN = bool(os.environ.get("DISPLAY")) and os.environ.get("QT_QPA_PLATFORM") == "xcb"

pytest_asyncio_loop_factories = window_scene.loop_factories
keys = window_scene.keys
process_hooks = window_scene.process_hooks
demo_data = window_scene.demo_data
scene = window_scene.scene


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a screen nothing here can run; a stall inside Qt is ended from another thread."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.x11)
            item.add_marker(pytest.mark.timeout(150, method="thread"))
            if not HAS_SCREEN:
                item.add_marker(pytest.mark.skip(reason="needs an X server and Qt's xcb platform"))
