"""The servers of ``tests/server``, for the tests that hold the server to the contract file."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

_FIXTURES = Path(__file__).parents[2] / "server" / "conftest.py"


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("server_fixtures", _FIXTURES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up while they are made.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_module = _load()
start_hosted = _module.start_hosted
start_process = _module.start_process
wait_until = _module.wait_until
finished = _module.finished
picture = _module.picture
upload = _module.upload


@pytest.fixture(scope="session")
def server_process() -> Any:
    """The class of a server in a process of its own."""
    return _module.ServerProcess
