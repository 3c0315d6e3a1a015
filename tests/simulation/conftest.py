"""The options of the simulation: one seed, or how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """They are known when this folder is named on the command line."""
    parser.addoption("--seed", type=int, default=None, help="replay one seed of the simulation")
    parser.addoption("--seeds", type=int, default=None, help="how many seeds to play")
