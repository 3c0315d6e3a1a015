"""Writes the lock files: every package, version and hash, for all systems and Pythons at once."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from console import Stop, say, step
from environment import KINDS, OLDEST_PYTHON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from environment import Checkout


def write_locks(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Write both lock files with uv; `arguments` (such as --upgrade) go to it."""
    uv = find_uv(checkout)
    needed = build_requirements(checkout.root / "pyproject.toml")
    for kind in KINDS:
        with step(f"Resolving {checkout.lock(kind).name}"):
            done = subprocess.run(
                compile_command(checkout, kind, uv, arguments),
                cwd=checkout.root,
                env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
                input="\n".join(needed),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            raise Stop(
                f"uv found no set of packages that fits:\n{done.stderr[-2000:].rstrip()}",
                "Change the requirements in pyproject.toml, then run the command again.",
            )
    say("Both lock files are up to date.")
    return 0


def find_uv(checkout: Checkout) -> str:
    """Path of uv, or `Stop` that says how to get it."""
    own = checkout.tool("uv")
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise Stop(
            "Lock files are written by uv, which is not here.",
            f"Install it with: {checkout.python} -m pip install uv",
        )
    return found


def build_requirements(pyproject: Path) -> list[str]:
    """What building the project needs; it is built without network, so it is locked as well."""
    import tomllib

    build = tomllib.loads(pyproject.read_text(encoding="utf-8"))["build-system"]["requires"]
    return [*build, "editables"]


def compile_command(checkout: Checkout, kind: str, uv: str, arguments: Sequence[str]) -> list[str]:
    """The uv command for one lock file; the one for tests extends the one for running."""
    extra = ["--group", "dev", "-c", str(checkout.lock("run"))] if kind == "test" else []
    return [
        *(uv, "pip", "compile", "pyproject.toml", "-", *extra),
        *("--universal", "--python-version", ".".join(str(part) for part in OLDEST_PYTHON)),
        *("--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"),
        *(*arguments, "-o", str(checkout.lock(kind))),
    ]
