"""The program with its window in a process of its own, until somebody kills it.

Arguments: the program's folder, the server's address, the key for it, and an influencer to type
into, or nothing to let it do what it does by itself. It says each text on standard output once that
text is in the draft on the disk.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

_HERE = Path(__file__).parent
sys.path[:0] = [str(_HERE), str(_HERE.parent)]

import keyring  # noqa: E402
import window_scene  # noqa: E402
from offline_day import HUMOR  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from window_driver import WindowDriver  # noqa: E402

from studio.app.studio import Studio  # noqa: E402
from studio.cli import Options  # noqa: E402


async def stay(folder: Path, server: str, influencer_id: str = "") -> None:
    """Open the window, choose the influencer and type for as long as there is a process."""
    studio = Studio(Options(data_dir=folder, server=server, size=window_scene.SIZE))
    studio.dress(QApplication.instance())  # type: ignore[arg-type]
    desk = WindowDriver(studio)
    await studio.open()
    await desk.until("the editor was built", lambda: desk.window.editor_view is not None)
    if not influencer_id:
        await studio.left.wait()
    await desk.go_to(influencer_id)
    for number in itertools.count(1):
        text = f"typed before the kill {number}"
        await desk.type_into(HUMOR, text)
        await desk.until_kept(influencer_id, HUMOR, text)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def main(folder: str, server: str, key: str, influencer_id: str = "") -> None:
    """Run it on Qt's loop, with a keyring that knows this key alone."""
    QApplication(sys.argv[:1])
    keys = window_scene.KeysInMemory()
    keys.set_password("persona-studio", server, key)
    keyring.set_keyring(keys)
    with asyncio.Runner(loop_factory=window_scene.loop_factories()["qt"]) as runner:
        runner.run(stay(Path(folder), server, influencer_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
