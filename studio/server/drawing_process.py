"""Drawing in processes of their own, which end when there has been nothing to draw for a while.

The rasterizer holds the interpreter's lock, a tenth of a second for a picture, in which no request
would be answered; and what drawing takes of memory goes back to the system with the process.

``python -m studio.server.drawing_process`` is such a process: a line of JSON in, a picture out,
until standard input ends, which it also does when the server is killed.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from studio.server.portraits import Identity

IDLE_S: Final = 10.0
"""Seconds without a picture after which the processes end."""
# The length of what follows: a picture, or, when negative, the words of a refusal.
_LENGTH: Final = struct.Struct(">i")
_NICENESS: Final = 5
_ROOT: Final = Path(__file__).resolve().parents[2]
"""Where the package lies."""


class DrawingProcesses:
    """A ``PortraitRenderer`` that draws elsewhere. As many processes as callers at a time."""

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._changed = threading.Condition()
        self._spare: list[_Process] = []
        self._uses = 0
        self._closed = False
        self._sweeper: threading.Thread | None = None

    def render(self, identity: Identity, variation: int, size: int) -> bytes:
        """A square PNG of ``size`` pixels; equal arguments give equal bytes.

        Raises ValueError for what cannot be drawn, OSError when no process can be started or
        two in a row ended.
        """
        asked = {"identity": identity.to_json(), "variation": variation, "size": size}
        process = self._take()
        try:
            picture = process.ask(asked)
        except OSError:
            # It was killed, or ended by itself; a second one that ends is no accident.
            process.end()
            process = _Process()
            try:
                picture = process.ask(asked)
            except OSError:
                process.end()
                raise
        self._give_back(process)
        return _picture_or_refusal(picture)

    def close(self) -> None:
        """End every process that draws nothing; one that draws ends with its picture."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._end_spare()

    def _take(self) -> _Process:
        with self._changed:
            self._uses += 1
            if self._spare:
                return self._spare.pop()
        return _Process()

    def _give_back(self, process: _Process) -> None:
        with self._changed:
            if self._closed:
                process.end()
                return
            self._spare.append(process)
            if self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep, name="drawing", daemon=True)
                self._sweeper.start()

    def _sweep(self) -> None:
        """End the processes once nothing was drawn for a while."""
        with self._changed:
            uses = -1
            while not self._closed and uses != self._uses:
                uses = self._uses
                self._changed.wait(self._idle_s)
            self._end_spare()
            self._sweeper = None

    def _end_spare(self) -> None:
        while self._spare:
            self._spare.pop().end()


class _Process:
    """One process, asked for one picture at a time."""

    def __init__(self) -> None:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        # -P: a file in the working folder must not be taken for a module.
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", "studio.server.drawing_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
            creationflags=flags,
        )

    def ask(self, asked: dict[str, Any]) -> tuple[bool, bytes]:
        """Whether it could be drawn, and the picture or the reason. Raises OSError at its end."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.write(json.dumps(asked).encode() + b"\n")
        (length,) = _LENGTH.unpack(_exactly(self._popen.stdout, _LENGTH.size))
        return length >= 0, _exactly(self._popen.stdout, abs(length))

    def end(self) -> None:
        """Close its input, at which it ends, and wait for that."""
        for stream in (self._popen.stdin, self._popen.stdout):
            assert stream is not None
            stream.close()
        try:
            self._popen.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = stream.read(count - len(data))
        if not chunk:
            raise BrokenPipeError("the drawing process ended")
        data += chunk
    return data


def _picture_or_refusal(answer: tuple[bool, bytes]) -> bytes:
    drawn, content = answer
    if not drawn:
        raise ValueError(content.decode())
    return content


def main() -> None:
    """Draw what standard input asks for, until it ends."""
    # Ctrl+C in a terminal reaches every process of the group; the server says when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":
        os.nice(_NICENESS)
    from studio.server.portraits import Identity, ToonHeadRenderer

    renderer = ToonHeadRenderer()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        try:
            identity = Identity.from_json(asked["identity"])
            content = renderer.render(identity, asked["variation"], asked["size"])
            length = len(content)
        except ValueError as error:
            content = (str(error) or type(error).__name__).encode()
            length = -len(content)
        try:
            sys.stdout.buffer.write(_LENGTH.pack(length) + content)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # The server ended and nobody waits for the picture; a last flush would fail as well.
            os._exit(0)


if __name__ == "__main__":
    main()
