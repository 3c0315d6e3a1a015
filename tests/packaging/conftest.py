"""Makes the modules of packaging/ importable, the way they import each other."""

from __future__ import annotations

import sys
from pathlib import Path

_FOLDER = str(Path(__file__).resolve().parents[2] / "packaging")
if _FOLDER not in sys.path:
    # Last, so that nothing there can hide an installed package.
    sys.path.append(_FOLDER)
