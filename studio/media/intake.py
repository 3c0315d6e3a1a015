"""From any dropped image to the copy that is uploaded: upright, clean and small enough.

Only pixels go on: metadata, appended data and every frame but the first stay behind. Runs in a
worker thread; Pillow decodes without holding the interpreter.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst, FixInput, StudioError
from studio.core.values import dataclass
from studio.media.decode import decoded, has_transparency

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedRandom
    from pathlib import Path

    from PIL import Image

MAX_BYTES = 64 * 1024 * 1024
MAX_EDGE = 4096
_NAME_LENGTH = 120
_SHOWN_LENGTH = 60
_JPEG_END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cleaned copy on disk. Sizes in bytes and pixels; ``sha256`` as 64 hex digits."""

    path: Path
    mime_type: str
    size: int
    sha256: str
    width: int
    height: int


def plain_name(name: str) -> str:
    """A file's name for people and for the server: no folders, control or direction characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > _NAME_LENGTH and dot and len(ending) <= 8:
        kept = f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"
    return kept[:_NAME_LENGTH] or "image"


def read_source(path: Path) -> bytes:
    """The bytes of a regular file of an acceptable size, opened once. Raises FixInput."""
    shown = _shown(path.name)
    # Without O_NONBLOCK opening a pipe would wait for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FixInput(f"“{shown}” is not a file.", next_step="Choose an image file.")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FixInput(
            f"“{shown}” could not be read: {error.strerror or 'no reason given'}.",
            next_step="Check that the file is still there and may be opened.",
        ) from error
    if len(data) > MAX_BYTES:
        raise _too_large(shown)
    return data


def keep(data: bytes, path: Path) -> None:
    """Write ``data`` to a file of ours, for this user alone, whole or not at all and on the disk
    when it returns: it may be the only copy. Raises ChangeStateFirst."""
    with _whole_or_not(path) as file:
        file.write(data)


@contextmanager
def _whole_or_not(path: Path) -> Iterator[BufferedRandom]:
    """A file beside ``path`` that takes its place, synced, when the block ends well.

    An error of the system in the block becomes ChangeStateFirst; whatever it is, nothing stays.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(
            unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ChangeStateFirst(
            f"The image could not be kept on this computer: {error.strerror or 'disk error'}.",
            next_step="Free some space, then add it again.",
            code="disk",
        ) from error
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def prepare(data: bytes, name: str, folder: Path, stem: str) -> Prepared:
    """Decode by content, turn upright, drop all metadata, convert to sRGB, write to ``folder``.

    JPEG for opaque pictures, PNG where there is transparency; the file is called after ``stem``,
    never after ``name``. Raises StudioError with a sentence that names the file; nothing is written
    then.
    """
    shown = _shown(name)
    if not data:
        raise FixInput(f"“{shown}” is empty.", next_step="Choose another file.")
    if len(data) > MAX_BYTES:
        raise _too_large(shown)
    try:
        image = _clean(data, shown)
        clear = image.mode != "RGB"
        path = folder / f"{stem}.{'png' if clear else 'jpg'}"
        with _whole_or_not(path) as file:
            _save(image, file, shown)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256")
            size = file.tell()
    except MemoryError as error:
        raise FixInput(
            f"“{shown}” is too large to be decoded here.", next_step="Scale it down first."
        ) from error
    return Prepared(
        path=path,
        mime_type="image/png" if clear else "image/jpeg",
        size=size,
        sha256=digest.hexdigest(),
        width=image.width,
        height=image.height,
    )


def _clean(data: bytes, shown: str) -> Image.Image:
    """The pixels alone, small enough; in RGB unless there is transparency."""
    from PIL import Image

    image = decoded(data, shown)
    image.thumbnail((MAX_EDGE, MAX_EDGE), Image.Resampling.LANCZOS)
    if image.mode != "RGB" and not has_transparency(image):
        image = image.convert("RGB")
    # Savers take some metadata from here by themselves.
    image.info.clear()
    return image


def _save(image: Image.Image, file: BufferedRandom, shown: str) -> None:
    """Encode into a real file: into memory the JPEG encoder would hold the interpreter throughout.

    Raises FixInput when the picture cannot be encoded, OSError when the disk refuses.
    """
    try:
        if image.mode != "RGB":
            image.save(file, "PNG")
            return
        image.save(file, "JPEG", quality=92, subsampling=0)
    except ValueError as error:
        raise _not_written(shown) from error
    except OSError as error:
        if error.errno is None:
            raise _not_written(shown) from error
        raise
    # The encoder does not notice when a full disk takes less than it was given.
    file.seek(-len(_JPEG_END), os.SEEK_END)
    if file.read() != _JPEG_END:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _shown(name: str) -> str:
    """A name short enough for a sentence."""
    name = plain_name(name)
    return name if len(name) <= _SHOWN_LENGTH else name[: _SHOWN_LENGTH - 1] + "…"


def _too_large(shown: str) -> FixInput:
    return FixInput(
        f"“{shown}” is larger than {MAX_BYTES // 2**20} MB.",
        next_step="Make it smaller and add it again.",
    )


def _not_written(shown: str) -> StudioError:
    return FixInput(
        f"“{shown}” could not be converted.", next_step="Export it as PNG or JPEG and add that."
    )
