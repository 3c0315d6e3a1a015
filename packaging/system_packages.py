"""What the system must bring: the shared libraries Qt loads, and the programs of the X11 tests.

Qt's wheels carry Qt itself but not the libraries of the desktop below it. On a bare Linux these
are absent, and Qt then ends with a message that names none of them. This module finds out first.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from console import Stop, step

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence


class Need(NamedTuple):
    """A library (by soname) or program, and the package that holds it in each family."""

    name: str
    apt: str
    dnf: str
    pacman: str


#: Loaded by QtCore, QtGui, QtWidgets, QtNetwork and QtDBus: without them nothing is drawn at all.
QT_LIBRARIES = (
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Need("libX11.so.6", "libx11-6", "libX11", "libx11"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Need("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Need("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Need("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs", "krb5"),
    Need("libbrotlidec.so.1", "libbrotli1", "libbrotli", "brotli"),
    Need("libzstd.so.1", "libzstd1", "libzstd", "zstd"),
    Need("libz.so.1", "zlib1g", "zlib", "zlib"),
)

#: Loaded by Qt's X11 platform plugin: needed as soon as a real window opens.
X11_LIBRARIES = (
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Need("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    Need(
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Need("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    Need("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Need("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Need("libxcb-xinerama.so.0", "libxcb-xinerama0", "libxcb", "libxcb"),
    Need("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
)

#: What the tests with real windows start: a screen in memory, a window manager, a mouse.
X11_PROGRAMS = (
    Need("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Need("xvfb-run", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Need("xauth", "xauth", "xorg-x11-xauth", "xorg-xauth"),
    Need("openbox", "openbox", "openbox", "openbox"),
    Need("xdotool", "xdotool", "xdotool", "xdotool"),
)

#: How the loader's cache marks libraries of this processor; others on the disk do not count.
_CACHE_MARKS = {"x86_64": "x86-64", "aarch64": "AArch64"}


class Installer(NamedTuple):
    """The package tool of this system ("" when none is known) and whether it may be used."""

    tool: str
    is_root: bool

    def packages(self, needs: Iterable[Need]) -> list[str]:
        """The packages that hold `needs`, each once, in order."""
        column = {"apt-get": 1, "dnf": 2, "pacman": 3}.get(self.tool, 0)
        return list(dict.fromkeys(need[column] for need in needs))

    def command(self, packages: Sequence[str]) -> list[str]:
        """The one command that installs `packages`."""
        verb = {
            "apt-get": ["install", "-y", "--no-install-recommends"],
            "dnf": ["install", "-y"],
            "pacman": ["-S", "--needed", "--noconfirm"],
        }[self.tool]
        prefix = [] if self.is_root else ["sudo"]
        return [*prefix, self.tool, *verb, *packages]


def this_installer(which: Callable[[str], str | None] = shutil.which) -> Installer:
    """Find the package tool of this system."""
    tool = next((name for name in ("apt-get", "dnf", "pacman") if which(name)), "")
    effective_user = getattr(os, "geteuid", None)
    return Installer(tool, effective_user is not None and effective_user() == 0)


def cached_libraries(listing: str, machine: str) -> frozenset[str]:
    """Names of the libraries for `machine` in the output of `ldconfig -p`."""
    mark = _CACHE_MARKS.get(machine, "")
    names = set()
    for line in listing.splitlines():
        name, _, rest = line.strip().partition(" (")
        if "=>" in rest and mark in rest:
            names.add(name)
    return frozenset(names)


def missing_libraries(
    needs: Iterable[Need], cached: Collection[str], can_load: Callable[[str], bool]
) -> list[Need]:
    """Those of `needs` that the loader would not find.

    The cache answers for all but a few at once; the loader itself is asked for the rest, since
    it also looks where no cache does.
    """
    return [need for need in needs if need.name not in cached and not can_load(need.name)]


def missing_programs(
    needs: Iterable[Need], which: Callable[[str], str | None] = shutil.which
) -> list[Need]:
    """Those of `needs` that are not on the search path."""
    return [need for need in needs if which(need.name) is None]


def find_missing_libraries(needs: Iterable[Need]) -> list[Need]:
    """`missing_libraries` on this computer."""
    return missing_libraries(needs, cached_libraries(_loader_cache(), platform.machine()), _loads)


def provide(needs: Sequence[Need], purpose: str, installer: Installer) -> None:
    """Install what holds `needs`, or raise `Stop` with the command that does.

    Installs only as root on Debian and its relatives; anywhere else nothing is changed on a
    computer without its owner typing the command.
    """
    if not needs:
        return
    names = ", ".join(need.name for need in needs)
    if not installer.tool:
        raise Stop(
            f"{purpose} needs what this system does not have: {names}.",
            "Install these with the package tool of your system, then run the command again.",
        )
    reason = f"{purpose} needs what this system does not have: {names}."
    install_packages(installer.packages(needs), reason, installer)


def install_packages(packages: Sequence[str], reason: str, installer: Installer) -> None:
    """Install `packages` as root with apt-get, else raise `Stop` with `reason` and the command."""
    typed = " ".join(installer.command(packages))
    if not (installer.is_root and installer.tool == "apt-get"):
        raise Stop(reason, f"This installs it: {typed}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    patient = ["-o", "DPkg::Lock::Timeout=120"]
    with step(f"Installing system packages: {' '.join(packages)}"):
        # An old list may still do, so only the second command decides.
        _quietly(["apt-get", "update", "-q"], environ)
        code, output = _quietly([*installer.command(packages), "-q", *patient], environ)
    if code != 0:
        raise Stop(
            f"{reason}\napt-get could not install it:\n{output[-1500:].rstrip()}",
            f"Check the network and the package sources, then try: {typed}",
        )


def _quietly(command: Sequence[str], environ: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


def _loader_cache() -> str:
    # Not on the search path of ordinary people on Debian.
    tool = shutil.which("ldconfig") or shutil.which("ldconfig", path="/sbin:/usr/sbin")
    if tool is None:
        return ""
    done = subprocess.run(
        [tool, "-p"], capture_output=True, text=True, errors="replace", check=False
    )
    return done.stdout


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
