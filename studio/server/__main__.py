"""``python -m studio.server --data-dir DIR``: the local Partner API as a process of its own.

Prints one JSON line when it listens: ``{"url": "http://127.0.0.1:PORT", "key": "lp_..."}``.
Requests that come while the rest is still being loaded wait for it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studio.server.auth import KeyParts, new_key, parse_key
from studio.server.config import GENERATIONS, TIERS, ServerConfig
from studio.server.lock import FolderLock, FolderTaken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from studio.server.host import Server


_M_MMAP_THRESHOLD: Final = -3


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m studio.server", description="A local Layers Partner API."
    )
    add = parser.add_argument
    add("--data-dir", type=Path, required=True, help="folder of the database, key and media")
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=0, help="port; 0 takes the last one, or any free one")
    add(
        "--public-host",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="another Host header to answer to, for a server behind a proxy; may be repeated",
    )
    add("--key-file", type=Path, help="file of the API key (default: DIR/key)")
    add(
        "--database-url",
        default=os.environ.get("STUDIO_SERVER_DATABASE_URL", ""),
        help="SQLAlchemy URL, such as postgresql+psycopg://...; default: SQLite in DIR",
    )
    add("--media-dir", default="", help="folder of the media files (default: DIR/media)")
    add(
        "--tier",
        choices=TIERS,
        default=os.environ.get("STUDIO_SERVER_TIER", "partner"),
        help="rate tier (default: %(default)s)",
    )
    add("--running-jobs", type=int, metavar="N", help="most jobs running at once")
    add(
        "--render-seconds",
        type=float,
        default=6.0,
        help="about how long one create or clone takes (default: %(default)s)",
    )
    add(
        "--picture-side",
        type=int,
        default=768,
        metavar="PIXELS",
        help="edge of a rendered picture (default: %(default)s)",
    )
    add(
        "--fail-renders-named",
        default="",
        metavar="PATTERN",
        help="renders of personas whose name matches this shell pattern fail",
    )
    add(
        "--executor-id",
        default="local",
        help="name of this process among those that share a database (default: %(default)s)",
    )
    add("--empty", action="store_true", help="start without the demonstration projects")
    add(
        "--roster",
        type=int,
        default=0,
        metavar="N",
        help="fill the first demonstration project until there are N influencers in all",
    )
    add(
        "--generation",
        choices=GENERATIONS,
        default="P1",
        help="generation of the contract to speak: P1 with personas, L the later one",
    )
    add("--watch-stdin", action="store_true", help="end when standard input ends")
    return parser.parse_args(given)


def _read_or_make_key(path: Path) -> KeyParts:
    try:
        key = parse_key(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        key = new_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.text + "\n")
    if key is None:
        raise ValueError(f"{path} does not hold an API key")
    return key


def _watch_stdin(stop: Callable[[], None]) -> None:
    """Call ``stop`` when the parent closes its end, which it also does by dying."""
    # os.read and not sys.stdin: a thread inside the buffered reader hangs the interpreter's exit.
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop()


def _give_large_blocks_back() -> None:
    """Let memory of pictures go back to the system when it is freed.

    By its own rules glibc keeps some in reserve for every thread that ever worked on one: 15 MB.
    """
    if sys.platform == "linux":
        import ctypes

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, 128 * 1024)


def _tell_where(url: str, key: KeyParts) -> None:
    sys.stdout.write(json.dumps({"url": url, "key": key.text}) + "\n")
    sys.stdout.flush()


def _run(options: argparse.Namespace) -> None:
    from studio.server.host import Parts, listen, serve

    data_dir: Path = options.data_dir
    key = _read_or_make_key(options.key_file or data_dir / "key")
    sock = listen(options.host, options.port, data_dir / "port")
    port = sock.getsockname()[1]
    shown_host = f"[{options.host}]" if ":" in options.host else options.host
    authority = f"{shown_host}:{port}"
    config = ServerConfig(
        data_dir=data_dir,
        database_url=options.database_url,
        media_folder=options.media_dir,
        tier=options.tier,
        running_jobs=options.running_jobs,
        render_seconds=options.render_seconds,
        picture_side=options.picture_side,
        fail_renders_named=options.fail_renders_named,
        executor_id=options.executor_id,
        demo=not options.empty,
        roster=options.roster,
        generation=options.generation,
    )

    def on_listening(server: Server, loop: asyncio.AbstractEventLoop) -> None:
        def stop() -> None:
            loop.call_soon_threadsafe(server.stop)

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _number, _frame: stop())
        if options.watch_stdin:
            threading.Thread(target=_watch_stdin, args=(stop,), daemon=True).start()
        _tell_where(f"http://{authority}", key)

    def build() -> Parts:
        try:
            return Parts(config, key, {authority, *options.public_host})
        finally:
            gc.freeze()
            gc.enable()

    with sock:
        parts = asyncio.run(serve(sock, build, on_listening))
    parts.halt()
    # The workflow engine's threads would take seconds to notice; they hold nothing that is not
    # safe on disk.
    os._exit(0)


def main(given: Sequence[str] | None = None) -> int:
    """Run until told to stop; 2 when another server holds the folder."""
    options = _arguments(given)
    os.umask(0o077)
    # Loading makes only objects that stay: looking for garbage among them is a tenth of the time.
    gc.disable()
    _give_large_blocks_back()
    options.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FolderLock(options.data_dir / "server.lock", patience_s=3.0):
            _run(options)
    except FolderTaken as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
