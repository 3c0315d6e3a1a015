"""The running program: settings, theme, one session and its window, and the one way out."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.app.connection import Connection
from studio.app.late_client import load_client
from studio.app.session import Session
from studio.app.window import StudioWindow
from studio.core.clock import SystemClock
from studio.core.errors import Bug, StudioError, TryLater
from studio.core.events import EventHub
from studio.core.logs import start_logging
from studio.core.paths import AppPaths
from studio.core.secrets import KeyringStore
from studio.core.settings import SettingsFile
from studio.core.tasks import TaskScope
from studio.desktop import loop
from studio.desktop.collector import Collector
from studio.desktop.instance import SingleInstance
from studio.domain.events import Notice
from studio.store import meta
from studio.store.database import Database
from studio.ui.theme import Theme

if TYPE_CHECKING:
    from pathlib import Path

    from studio.cli import Options
    from studio.desktop.last_resort import LastResort
    from studio.desktop.local_server import LocalAddress, LocalServer
    from studio.ui.theme import ThemeMode

log = logging.getLogger(__name__)


class Studio:
    """Built once per process. ``run`` returns the exit code when the person has left."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.paths = AppPaths.under(options.data_dir) if options.data_dir else AppPaths.default()
        self.hub = EventHub()
        self.clock = SystemClock()
        self.window: StudioWindow | None = None
        self.server: LocalServer | None = None
        self._last_resort: LastResort | None = None
        self._instance: SingleInstance | None = None
        self._switching = asyncio.Lock()

    def run(self) -> int:
        """Make the application, run the loop, come back when it is over."""
        if os.name == "posix":
            os.umask(0o077)
        app = QApplication(sys.argv[:1])
        self._instance = SingleInstance(self.paths.data)
        if not self._instance.claim():
            return self._hand_over()
        self.dress(app)
        try:
            return loop.run(app, self.main)
        finally:
            self._instance.release()

    def _hand_over(self) -> int:
        """Another process works on this folder: its window comes forward, this one ends."""
        assert self._instance is not None
        if self._instance.hand_over():
            return 0
        sys.stderr.write(
            "Persona Studio already runs on this folder but does not answer. "
            "End that process, then start it again.\n"
        )
        return 1

    def dress(self, app: QApplication) -> None:
        """What every run needs before the loop: names, settings, theme."""
        app.setApplicationName("persona-studio")
        app.setApplicationDisplayName("Persona Studio")
        app.setApplicationVersion(__version__)
        app.setDesktopFileName("persona-studio")
        self.settings = SettingsFile(self.paths.settings_file)
        mode: ThemeMode = self.options.theme or self.settings.current.theme  # type: ignore[assignment]
        self.theme = Theme(app, mode)
        self.connection = Connection(
            self.settings,
            KeyringStore(),
            self.options.server.rstrip("/") or self.settings.current.server_url,
            self._open_other,
            self._may_switch,
        )

    async def main(self) -> int:
        """Start, wait for the wish to leave, shut down in order."""
        await self.open()
        await self.left.wait()
        await self.shut_down()
        return 0

    async def open(self) -> None:
        """Window first, with what is stored; then logs, server and the rest."""
        self.left = asyncio.Event()
        self.scope = TaskScope("studio", self._report)
        # The server's own start runs beside ours, on another core.
        self._start_server()
        await self._open_window()
        loop.quit_on_signals(self.request_quit)
        self._collector = Collector()
        self._start_logging()
        if self._instance is not None:
            self._instance.raise_wanted.connect(self._on_raise_wanted)
            self._instance.listen()
        await asyncio.to_thread(load_client)
        await self._connect()

    def request_quit(self) -> None:
        """Leave without a question: a signal, or the question was answered."""
        self.left.set()

    async def shut_down(self) -> None:
        """Drafts first, then window, engine, server and store."""
        if self.window is not None:
            await self._note_workspace(self.window)
            await self.window.close()
            await self.window.session.stop()
            self.window = None
        await self.scope.close()
        if self.server is not None:
            self.server.stop()
        try:
            await asyncio.to_thread(self.settings.save)
        except OSError as error:
            log.warning("settings were not written: %s", error)

    # ---- session and window

    async def _open_window(self, opened: Database | None = None) -> None:
        self._window_url = self.connection.server_url
        session = Session(
            opened or Database.open(self._workspace_file(), clock=self.clock),
            self.hub,
            self.scope.child("session"),
            self.clock,
            self.paths,
            self._server_words(),
            self._bring_back,
        )
        window = StudioWindow(
            session,
            self.connection,
            self.settings,
            self.hub,
            self.scope.child("window"),
            self.clock,
            self.theme,
            self.paths,
        )
        window.quit_wanted.connect(self._on_quit_wanted)
        if self.options.size:
            window.window.resize(*self.options.size)
        if self.options.report_start:
            from studio.app.milestones import Milestones

            self._milestones = Milestones(self.hub, session.engine, window.gallery)
            self._milestones.watch(window.window, window.page.grid.viewport())
        self.window = window
        await session.remember()
        await window.show()
        await window.finish()
        if session.db.report.sentence:
            self._say(session.db.report.sentence)

    def _workspace_file(self) -> Path:
        if not self.connection.server_url:
            return self.paths.local_workspace_file
        return self.paths.workspace_file(self.connection.workspace_name())

    def _server_words(self) -> str:
        from urllib.parse import urlsplit

        return urlsplit(self.connection.server_url).netloc or "Local server"

    async def _connect(self) -> None:
        """Bring the session of the window together with its server."""
        assert self.window is not None
        if self.connection.server_url:
            from studio.core.secrets import ApiKey

            key = await self.connection.key()
            await self.window.session.connect(self.connection.server_url, key or ApiKey(""))
            return
        self._start_server()
        assert self.server is not None
        try:
            await self._use_address(await self.server.address())
        except Bug as error:
            self.window.session.contact.failed(TryLater(error.sentence, no_contact=True))
            self._say(error.for_people())

    def _start_server(self) -> None:
        """The bundled server, unless another one is in use or it runs already."""
        if self.connection.server_url or self.server is not None:
            return
        from studio.desktop.local_server import LocalServer

        options = self.options.server_options
        if self.options.roster:
            options = (*options, "--roster", str(self.options.roster))
        self.server = LocalServer(self.paths.local_server_dir, options)
        self.server.moved.connect(self._on_server_moved)
        self.server.start()

    def _on_server_moved(self, address: object) -> None:
        self.scope.spawn(self._use_address(address), name="server-moved")  # type: ignore[arg-type]

    async def _use_address(self, address: LocalAddress) -> None:
        if self.window is not None and not self.connection.server_url:
            await self.window.session.connect(address.url, address.key)

    async def _open_other(self) -> None:
        """Settings chose another server: its own workspace in a new window, the old one closed.

        Raises StudioError, with the old window as it was, when its file cannot be opened.
        """
        path = self._workspace_file()
        opened = (
            None
            if self.window is not None and self.window.session.db.path == path
            else (Database.open(path, clock=self.clock))
        )
        # Not awaited: whoever asks belongs to the window that is closed.
        self.scope.spawn(self._switch(opened), name="switch-server")

    async def _switch(self, opened: Database | None) -> None:
        async with self._switching:
            old, self.window = self.window, None
            if old is not None:
                await self._note_workspace(old)
                await old.close()
                await old.session.stop()
            if self.connection.server_url and self.server is not None:
                self.server.stop()
                self.server = None
            await self._open_window(opened)
            await self._connect()

    async def _bring_back(self, file: Path, keep_current: bool) -> None:
        """Put an earlier workspace in the place of this one; the window opens again on it.

        It outlives the window that asked: not its task, but one of the program's does the work.
        """
        done = self.scope.spawn(self._swap(file, keep_current), name="bring-back")
        if done is not None:
            await asyncio.shield(done)

    async def _swap(self, file: Path, keep_current: bool) -> None:
        from studio.sync.backup_service import bring_back

        async with self._switching:
            old, self.window = self.window, None
            if old is None:
                return
            path = old.session.db.path
            await old.close()
            await old.session.stop()
            sentence = ""
            try:
                await asyncio.to_thread(
                    bring_back, file, path, self.clock, keep_current=keep_current
                )
            except StudioError as error:
                sentence = error.for_people()
            await self._open_window()
            await self._connect()
        if sentence:
            self._say(sentence)
        else:
            self.hub.publish(Notice("The workspace was brought back. Before, a copy was made."))

    async def _note_workspace(self, window: StudioWindow) -> None:
        """Find this file again whichever way its server and organization are chosen next time."""
        try:
            account = await window.session.db.read(meta.account)
        except StudioError:
            return
        if account is not None and self._window_url:
            name = window.session.db.path.stem
            self.connection.remember(self._window_url, account.organization_id, name)

    async def _may_switch(self) -> bool:
        """Ask before Settings changes the server; nothing is lost either way."""
        return self.window is None or await self._may_leave(self.window, "switch")

    # ---- leaving and trouble

    def _on_raise_wanted(self) -> None:
        if self.window is not None:
            self.window.window.come_forward()

    def _on_quit_wanted(self) -> None:
        self.scope.busy("quit", self._ask_to_quit())

    async def _ask_to_quit(self) -> None:
        """Name what was not sent; the safe answer keeps it and quits."""
        window = self.window
        if window is None:
            self.request_quit()
            return
        if await self._may_leave(window, "quit"):
            self.request_quit()

    async def _may_leave(self, window: StudioWindow, purpose: Literal["quit", "switch"]) -> bool:
        """Name what would be left behind, if anything; the safe answer keeps it and leaves."""
        from studio.viewmodels.leaving import look_at_leaving

        left = await look_at_leaving(window.session.personas, window.session.outbox)
        if not left.is_worth_a_question:
            return True
        from studio.ui.quit_dialog import QUIT, QuitDialog
        from studio.ui.widgets.dialog import result_of

        dialog = QuitDialog(
            left.unsent,
            waiting=left.waiting_count,
            waiting_words=left.waiting,
            jobs=window.session.engine.status.jobs,
            purpose=purpose,
            parent=QApplication.activeModalWidget() or window.window,
        )
        return await result_of(dialog) == QUIT

    def _start_logging(self) -> None:
        from studio.desktop.last_resort import LastResort

        start_logging(self.paths.log_file)
        self._last_resort = LastResort(self.paths.log_file.with_suffix(".crash"), self._say)
        self._last_resort.install()

    def _report(self, error: BaseException) -> None:
        if self._last_resort is not None:
            self._last_resort.report(error)
        else:
            log.error("unexpected", exc_info=error)

    def _say(self, sentence: str) -> None:
        self.hub.publish(Notice(sentence, next_step="", is_problem=True))
