"""Types of the one part of qasync the program uses; the package itself carries none."""

import asyncio

from PySide6.QtCore import QCoreApplication

class QEventLoop(asyncio.SelectorEventLoop):
    """An asyncio loop that runs inside Qt's.

    On Windows the base is `asyncio.ProactorEventLoop`; both are given as the selector loop here,
    whose public methods are the same.
    """

    def __init__(
        self,
        app: QCoreApplication | None = None,
        set_running_loop: bool = False,
        already_running: bool = False,
    ) -> None: ...
