"""One running server: its parts built and wired, its socket, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from studio.server.auth import KeyParts
    from studio.server.config import ServerConfig
    from studio.server.times import Now


class Parts:
    """Everything behind the socket. Building it imports the database library: half a second."""

    def __init__(
        self, config: ServerConfig, key: KeyParts, hosts: Collection[str], now: Now | None = None
    ) -> None:
        from studio.server.app import create_app
        from studio.server.dispatch import Services
        from studio.server.drawing_process import DrawingProcesses
        from studio.server.drawings import Drawings
        from studio.server.first_start import prepare_account
        from studio.server.idempotency import InFlight
        from studio.server.launcher import WorkflowLauncher
        from studio.server.limits import RateLimiter
        from studio.server.media_files import MediaFiles
        from studio.server.renders import Renders
        from studio.server.routes.media import sweep_uploads
        from studio.server.signing import UploadSigner
        from studio.server.storage import Storage, setting
        from studio.server.times import utc_now

        now = now or utc_now
        files = MediaFiles(config.media_dir)
        files.prepare()
        self.storage = Storage(config.main_database_url)
        self.storage.open()
        with self.storage.transaction() as connection:
            secret = setting(connection, "upload_secret", secrets.token_hex(32))
            prepare_account(connection, config, key, now())
            sweep_uploads(connection, files, now())
        self._drawing = DrawingProcesses()
        self._renders = Renders(config, self.storage, files, now, self._drawing)
        self._launcher = WorkflowLauncher(config, self.storage, self._renders)
        self._drawings = Drawings(config, self.storage, files, self._renders)
        self.services = Services(
            config=config,
            storage=self.storage,
            files=files,
            drawings=self._drawings,
            signer=UploadSigner(secret),
            jobs=self._launcher,
            limiter=RateLimiter(),
            in_flight=InFlight(),
            now=now,
        )
        self.app: ASGIApp = create_app(self.services, hosts)
        self._launcher.open()
        self._drawings.open()

    def halt(self) -> None:
        """Get ready for the end of the process, without waiting for threads that sleep.

        Steps that are cut here are repeated at the next start, as after a kill.
        """
        self._renders.stop()
        self._drawings.stop()
        self.storage.close()

    def close(self) -> None:
        """Stop drawing and rendering, wait for the threads, then close the database."""
        self._renders.stop()
        self._drawings.stop()
        self._drawings.close()
        self._launcher.close()
        self._drawing.close()
        self.storage.close()


class Server(uvicorn.Server):
    """A server told to stop through :meth:`stop`, without a clock that ticks while it idles."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """End; answers being sent have half a second. Call it on the server's loop."""
        self.should_exit = True
        self._stop.set()

    async def main_loop(self) -> None:
        """Wait for the end. The library's own loop wakes ten times a second for a Date header."""
        await self._stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever runs the process."""
        yield


class LateApp:
    """Takes connections from the first moment; answers once the application is built."""

    def __init__(self, building: asyncio.Future[Parts]) -> None:
        self._building = building

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        # Shielded: a caller that hangs up must not cancel the building for all.
        parts = await asyncio.shield(self._building)
        await parts.app(scope, receive, send)


def listen(host: str, port: int, remembered: Path) -> socket.socket:
    """A listening socket. Port 0 takes the one of the last run if it is free, else any.

    The port is kept because it is part of every media address, and these should stay (Q15).
    """
    wanted = [port] if port else [_last_port(remembered), 0]
    for each in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Named as TCP, or asyncio does not switch Nagle's delay off: 44 ms an answer.
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, each))
            sock.listen(128)
        except OSError:
            sock.close()
            if each == wanted[-1]:
                raise
            continue
        sock.settimeout(0)
        if not port:
            remembered.write_text(str(sock.getsockname()[1]), encoding="ascii")
        return sock
    raise OSError("no port to listen on")


def _last_port(remembered: Path) -> int:
    try:
        port = int(remembered.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    return port if 1024 <= port <= 65535 else 0


async def serve(
    sock: socket.socket,
    build: Callable[[], Parts],
    on_listening: Callable[[Server, asyncio.AbstractEventLoop], Any],
) -> Parts:
    """Serve on ``sock`` until :meth:`Server.stop`; the parts that are then to be closed.

    Raises whatever ``build`` raises; connections made so far are dropped then.
    """
    loop = asyncio.get_running_loop()
    building = loop.run_in_executor(None, build)
    server = Server(
        uvicorn.Config(
            LateApp(building),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            http="h11",
            loop="none",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,
        )
    )

    def built(future: asyncio.Future[Parts]) -> None:
        if future.exception() is not None:
            server.stop()

    building.add_done_callback(built)
    on_listening(server, loop)
    await server.serve(sockets=[sock])
    return await building
