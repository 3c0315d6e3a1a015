"""Starts the program on a workspace of its own, plays the steps, leaves."""

from __future__ import annotations

import logging
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from studio.app.studio import Studio
from studio.core.errors import StudioError
from studio.desktop import loop
from studio.tour.camera import Camera
from studio.tour.hands import TourStopped

if TYPE_CHECKING:
    from studio.cli import Options

log = logging.getLogger(__name__)

SIZE = (1440, 900)
SERVER_OPTIONS = ("--render-seconds", "4")


def play_tour(options: Options) -> int:
    """Play every step; 0 when all of it worked, 1 with a sentence otherwise."""
    assert options.tour is not None
    folder = options.tour
    with tempfile.TemporaryDirectory(prefix="studio-tour-") as fresh:
        studio = Studio(
            replace(
                options,
                data_dir=options.data_dir or Path(fresh),
                size=options.size or SIZE,
                theme=options.theme or "light",
                server_options=options.server_options or SERVER_OPTIONS,
            )
        )
        app = QApplication(sys.argv[:1])
        studio.dress(app)
        return loop.run(app, Tour(studio, folder).main)


class Tour:
    """One play of the main job."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self._studio = studio
        self._folder = folder

    async def main(self) -> int:
        """Open, play, shut down; the exit code."""
        from studio.tour.steps import Steps

        studio = self._studio
        camera = Camera(self._folder, studio.theme)
        failure = ""
        try:
            await studio.open()
            assert studio.window is not None
            await Steps(studio, camera).play()
        except TourStopped as error:
            failure = str(error)
            if studio.window is not None:
                await camera.shoot(studio.window.window, "stopped-here")
        except (StudioError, OSError) as error:
            failure = str(error)
        finally:
            await studio.shut_down()
        sys.stdout.write(f"{len(camera.taken)} pictures in {self._folder}\n")
        if failure:
            sys.stderr.write(f"The tour stopped. {failure}\n")
            return 1
        return 0
