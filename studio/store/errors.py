"""What can go wrong with the file on this computer, as sentences with a next step."""

from __future__ import annotations

import errno

from studio.core.errors import Bug, StudioError
from studio.core.values import dataclass

_FULL = "disk_full"
_IN_USE = "in_use"
_READ_ONLY = "read_only"
_DAMAGED = "damaged"
_IO = "io"
_MEMORY = "memory"


class DiskTrouble(StudioError):
    """The disk or the file refuses: full, in use, read-only, damaged, or an I/O error.

    ``code`` is one of ``disk_full``, ``in_use``, ``read_only``, ``damaged``, ``io``, ``memory``,
    ``newer``. The change that met it did not happen; what was acknowledged before is kept.
    """


@dataclass(frozen=True, slots=True)
class _Words:
    sentence: str
    next_step: str


_WORDS = {
    _FULL: _Words(
        "The disk is full, so this change was not saved.",
        "Free some space and try again. Keep this window open until then.",
    ),
    _IN_USE: _Words(
        "Another program is using the workspace file.",
        "Close the other program, or wait a moment and try again.",
    ),
    _READ_ONLY: _Words(
        "The workspace cannot be written on this computer.",
        "Check the rights of its folder, or choose another one with --data-dir.",
    ),
    _DAMAGED: _Words(
        "The workspace file is damaged.",
        "Start the program again: it keeps the damaged file and goes on from what can be read.",
    ),
    _IO: _Words(
        "The disk reported an error, so this change was not saved.",
        "Check the disk. Keep this window open and try again.",
    ),
    _MEMORY: _Words(
        "There is not enough memory to save this change.",
        "Close other programs and try again.",
    ),
}

# The library has one class for each primary result code (sqlite.org/rescode.html).
_BY_CLASS = {
    "PermissionsError": _READ_ONLY,
    "BusyError": _IN_USE,
    "LockedError": _IN_USE,
    "NoMemError": _MEMORY,
    "ReadOnlyError": _READ_ONLY,
    "IOError": _IO,
    "CorruptError": _DAMAGED,
    "FullError": _FULL,
    "CantOpenError": _READ_ONLY,
    "ProtocolError": _IN_USE,
    "AuthError": _READ_ONLY,
    "FormatError": _DAMAGED,
    "NotADBError": _DAMAGED,
}
_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
}


def trouble(code: str) -> DiskTrouble:
    """The error of a kind, in words."""
    words = _WORDS[code]
    return DiskTrouble(words.sentence, next_step=words.next_step, code=code)


def from_library(error: Exception) -> StudioError:
    """An error of the SQLite library as one a person can act on, or as a bug of ours."""
    code = _BY_CLASS.get(type(error).__name__)
    if code is not None:
        return trouble(code)
    return Bug(
        "The workspace could not do what the program asked of it.",
        next_step="Please report this with the log.",
        code=type(error).__name__,
    )


def from_system(error: OSError) -> DiskTrouble:
    """An error of the operating system while files were opened, moved or copied."""
    return trouble(_BY_ERRNO.get(error.errno or 0, _IO))


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is broken, so that trying again cannot help."""
    return isinstance(error, DiskTrouble) and error.code == _DAMAGED


def shakes_trust(error: BaseException) -> bool:
    """Whether the file has to be opened anew and checked before it is written again."""
    return isinstance(error, DiskTrouble) and error.code in (_DAMAGED, _IO)
