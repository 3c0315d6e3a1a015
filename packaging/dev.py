"""From a fresh checkout to the running window, to the test results, to new lock files.

    python3 packaging/dev.py run [ARGUMENTS OF studio]
    python3 packaging/dev.py test [-- ARGUMENTS OF pytest]
    python3 packaging/dev.py lock [--upgrade]

`run` makes the environment, installs the locked packages, checks the libraries Qt needs and
starts the program. `test` does the same with the tools for development and runs every check and
test. `lock` resolves the dependencies of pyproject.toml anew. Nothing but the standard library of
Python 3.11 is needed to begin.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

# Nothing here or in the modules below may fail to load on an old Python: the first thing `main`
# does is to say which one is needed.
from console import Stop, say
from environment import Checkout, check_python, prepare
from system_packages import (
    QT_LIBRARIES,
    X11_LIBRARIES,
    X11_PROGRAMS,
    find_missing_libraries,
    missing_programs,
    provide,
    this_installer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Arguments of the program that end without a window, or bring their own way to show it.
_NEEDS_NO_TOUR = ("--tour", "-h", "--help", "--version")


class Launch(NamedTuple):
    """How the program is started; `pictures` is the folder of the tour played without a screen."""

    command: list[str]
    environ: dict[str, str]
    pictures: Path | None


def main(arguments: Sequence[str]) -> int:
    """Carry out one command line; the exit code."""
    try:
        check_python(sys.version_info[:3])
        checkout = Checkout(Path(__file__).resolve().parent.parent)
        command, *rest = arguments or [""]
        if command == "run":
            return run(checkout, rest)
        if command == "test":
            return test(checkout, rest)
        if command == "lock":
            return lock(checkout, rest)
        say((__doc__ or "").strip())
        return 0 if command in ("-h", "--help") else 2
    except Stop as stop:
        say(f"\n{stop.text()}")
        return 1
    except OSError as error:
        say(f"\n{error.filename or 'The system'}: {error.strerror or error}.")
        say("Check that the checkout's folder can be written to and the disk has room.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on from here.")
        return 130


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Set up what is missing, then start the program in place of this process."""
    launch = plan_launch(checkout, arguments, os.environ, sys.platform)
    if sys.platform == "linux":
        on_x11 = launch.environ.get("QT_QPA_PLATFORM", "xcb") == "xcb"
        wanted = (*QT_LIBRARIES, *X11_LIBRARIES) if on_x11 else QT_LIBRARIES
        provide(find_missing_libraries(wanted), "Persona Studio", this_installer())
    # Last, since it takes longest: who must type a command first, reads so at once.
    prepare(checkout, "run")
    if launch.pictures is not None:
        return play_tour(launch, launch.pictures)
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(launch.command[0], launch.command, launch.environ)
    # Windows has no way to become another program: this process waits for it instead.
    return subprocess.run(launch.command, env=launch.environ, check=False).returncode


def plan_launch(
    checkout: Checkout, arguments: Sequence[str], environ: Mapping[str, str], platform: str
) -> Launch:
    """Decide between the window and, where no screen is, the tour drawn into pictures."""
    program = [str(checkout.tool("studio"))]
    if has_display(environ, platform):
        return Launch([*program, *arguments], dict(environ), None)
    offscreen = {**environ, "QT_QPA_PLATFORM": "offscreen"}
    if any(argument.split("=")[0] in _NEEDS_NO_TOUR for argument in arguments):
        return Launch([*program, *arguments], offscreen, None)
    pictures = checkout.root / "tour"
    return Launch([*program, "--tour", str(pictures), *arguments], offscreen, pictures)


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a window can open: always but on a Linux without a screen (or a chosen platform)."""
    if platform != "linux":
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def play_tour(launch: Launch, pictures: Path) -> int:
    """Play the tour off-screen and say where its pictures are; the program's exit code."""
    say("There is no display here, so the tour is played off-screen instead of a window.")
    say(f"Its pictures go to {pictures}")
    earlier = _pictures_in(pictures)
    code = subprocess.run(launch.command, env=launch.environ, check=False).returncode
    count = sum(earlier.get(name) != made for name, made in _pictures_in(pictures).items())
    if code == 0:
        say(f"The tour is done: {count} pictures in {pictures}")
    else:
        say(f"The tour ended early (exit code {code}); {count} pictures are in {pictures}")
    return code


def _pictures_in(folder: Path) -> dict[Path, int]:
    """The pictures in `folder`, if it exists, and when each was written (nanoseconds)."""
    return {path: path.stat().st_mtime_ns for path in folder.glob("**/*.png")}


def test(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Set up what is missing with the tools for development, then run every check and test."""
    # Loaded here, since starting the program should not wait for what only the tests need.
    import checks

    if arguments and arguments[0] != "--":
        raise Stop(
            f"test does not know {arguments[0]}.",
            f"Arguments for pytest come after two dashes: test -- {' '.join(arguments)}",
        )
    if sys.platform == "linux":
        installer = this_installer()
        libraries = find_missing_libraries((*QT_LIBRARIES, *X11_LIBRARIES))
        programs = missing_programs(X11_PROGRAMS)
        # Where they cannot be installed, the tests with real windows are left out and say so.
        wanted = programs if installer.tool == "apt-get" and installer.is_root else []
        provide([*libraries, *wanted], "The test run", installer)
    prepare(checkout, "test")
    return checks.run_all(checkout, arguments[1:])


def lock(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Resolve the dependencies anew for every system and Python the project supports."""
    import locking

    return locking.write_locks(checkout, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
