"""The command line. Imports no Qt, so that ``--help`` and ``--version`` are instant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from studio import __version__
from studio.core.values import dataclass

if TYPE_CHECKING:
    import argparse


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line.

    Attributes:
        data_dir: one root for everything the program writes; None for the system's folders.
        server: address of a Partner API; empty for what the settings say.
        theme: ``system``, ``light``, ``dark`` or empty for what the settings say.
        size: window size in pixels, or None.
        tour: folder for the pictures of the tour, or None to run normally.
        roster: influencers to put into the workspace before the tour.
        server_options: passed on to the bundled server.
        report_start: print milestones of the start as JSON lines, then go on.
    """

    data_dir: Path | None = None
    server: str = ""
    theme: str = ""
    size: tuple[int, int] | None = None
    tour: Path | None = None
    roster: int = 0
    server_options: tuple[str, ...] = ()
    report_start: bool = False


def _size(text: str) -> tuple[int, int]:
    import argparse

    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError("write it as WIDTHxHEIGHT, such as 1440x900") from None
    if width < 640 or height < 480:
        raise argparse.ArgumentTypeError("640x480 is the smallest window")
    return width, height


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(
        prog="studio", description="A desktop studio for AI influencers on the Layers Partner API."
    )
    parser.add_argument("--version", action="version", version=f"Persona Studio {__version__}")
    parser.add_argument("--data-dir", type=Path, help="keep everything below this folder")
    parser.add_argument("--server", default="", help="address of a Partner API to use")
    parser.add_argument("--theme", choices=("system", "light", "dark"), default="")
    parser.add_argument("--size", type=_size, help="window size, such as 1440x900")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="play the main job, save pictures")
    parser.add_argument(
        "--roster", type=int, default=0, metavar="N", help="fill the workspace before the tour"
    )
    parser.add_argument(
        "--server-option", action="append", default=[], help="passed on to the bundled server"
    )
    parser.add_argument("--report-start", action="store_true", help=argparse.SUPPRESS)
    return parser


def parse(arguments: list[str]) -> Options:
    """Read the command line; a wrong one ends the program with a sentence and exit code 2."""
    if not arguments:
        return Options()
    found = _parser().parse_args(arguments)
    return Options(
        data_dir=found.data_dir,
        server=found.server,
        theme=found.theme,
        size=found.size,
        tour=found.tour,
        roster=found.roster,
        server_options=tuple(found.server_option),
        report_start=found.report_start,
    )


def main() -> int:
    """Entry point of the ``studio`` command; the exit code."""
    options = parse(sys.argv[1:])
    if options.tour is not None:
        from studio.tour import play

        return play(options)
    from studio.app import run

    return run(options)


if __name__ == "__main__":
    sys.exit(main())
