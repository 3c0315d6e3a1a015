"""The project's own Python environment: made once, filled from the lock files, then left alone.

A stamp in the environment remembers what it was filled from. As long as that is unchanged,
`prepare` reads four small files and returns.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from console import Stop, step
from system_packages import install_packages, this_installer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import TextIO

OLDEST_PYTHON = (3, 11)
KINDS = {"run": "requirements.lock", "test": "dev.lock"}

#: Settings of the person's own pip that would send packages elsewhere or refuse ours.
_PIP_OVERRIDES = {
    "PIP_USER": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_REQUIRE_HASHES": "0",
}
_PIP_REFUSED = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_NO_DEPS")


#: How pip, in its warnings, says that nothing answered.
_OFFLINE = (
    "failed to establish a new connection",
    "name resolution",
    "max retries exceeded",
    "read timed out",
    "connection aborted",
    "proxyerror",
)


class Checkout(NamedTuple):
    """A checkout of the project and the places in its environment."""

    root: Path
    windows: bool = sys.platform == "win32"

    @property
    def venv(self) -> Path:
        """The environment's folder."""
        return self.root / ".venv"

    @property
    def stamp(self) -> Path:
        """The file that remembers what the environment was filled from."""
        return self.venv / "filled-from.json"

    @property
    def pip_log(self) -> Path:
        """Everything pip said the last time."""
        return self.venv / "install.log"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.tool("python")

    def tool(self, name: str) -> Path:
        """A command that lives in the environment."""
        if self.windows:
            return self.venv / "Scripts" / f"{name}.exe"
        return self.venv / "bin" / name

    def lock(self, kind: str) -> Path:
        """The lock file of "run" or "test"."""
        return self.root / "packaging" / KINDS[kind]


def check_python(version: Sequence[int]) -> None:
    """Raise `Stop` when the running Python is too old for the project."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise Stop(
            f"Persona Studio needs Python {_dotted(OLDEST_PYTHON)} or newer; "
            f"this is Python {_dotted(version[:3])} ({sys.executable}).",
            "Install a newer Python and start this command with it, for example: "
            "python3.13 packaging/dev.py run",
        )


def prepare(checkout: Checkout, kind: str) -> None:
    """Make sure the environment exists and holds what `kind` ("run" or "test") needs.

    Raises `Stop` with a sentence and the next step when it cannot.
    """
    version = environment_version(checkout)
    place = placement(checkout)
    stamp = read_stamp(checkout.stamp)
    if version is None or version < OLDEST_PYTHON or stamp.get("place", place) != place:
        _create(checkout)
        version = environment_version(checkout)
        place = placement(checkout)
        stamp = {}
    fingerprint = fill_fingerprint(checkout, kind, version)
    if stamp.get(kind) == fingerprint and checkout.tool("studio").exists():
        return
    checkout.stamp.unlink(missing_ok=True)
    _fill(checkout, kind)
    # The lock of "test" holds every line of that of "run" (a test keeps it so).
    filled = {"run", "test"} if kind == "test" else {"run"}
    fresh = {each: fill_fingerprint(checkout, each, version) for each in filled}
    checkout.stamp.write_text(json.dumps({"place": place, **fresh}), encoding="utf-8")


def environment_version(checkout: Checkout) -> tuple[int, ...] | None:
    """Python version of the environment, or None when there is no usable one."""
    try:
        text = (checkout.venv / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return None
    if not checkout.python.exists():
        return None
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() in ("version", "version_info"):
            numbers = value.strip().split(".")[:3]
            return tuple(int(part) for part in numbers if part.isdigit())
    return None


def placement(checkout: Checkout) -> str:
    """Where the environment and its base interpreter are: it breaks when either moves."""
    return f"{checkout.root.resolve()}|{os.path.realpath(checkout.python)}"


def fill_fingerprint(checkout: Checkout, kind: str, version: Sequence[int] | None) -> str:
    """Hash of all that decides what is installed for `kind`."""
    digest = hashlib.sha256(_dotted(version or ()).encode())
    for path in (checkout.lock(kind), checkout.root / "pyproject.toml"):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Stop(
                f"{path.name} cannot be read: {error.strerror}.",
                "Get the missing file back from version control, then run the command again.",
            ) from error
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    """What the environment was filled from; empty when unknown."""
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def install_commands(checkout: Checkout, kind: str) -> list[list[str]]:
    """The two pip commands: locked packages by hash, then the project as it lies here."""
    pip = [str(checkout.python), "-m", "pip", "install", "--progress-bar", "off"]
    return [
        [*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(checkout.lock(kind))],
        [*pip, "--no-build-isolation", "--no-deps", "-e", str(checkout.root)],
    ]


def pip_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what would lead pip out of the environment; mirrors and proxies stay."""
    kept = {key: value for key, value in environ.items() if key not in _PIP_REFUSED}
    return {**kept, **_PIP_OVERRIDES}


def explain_pip_failure(output: str, computer: str, log: Path) -> Stop:
    """Turn what pip printed into a sentence and a next step."""
    text = output.lower()
    if "certificate_verify_failed" in text or "sslerror" in text:
        return Stop(
            "The package index could not be trusted: its certificate was not accepted.",
            "If a company proxy opens secure connections, set PIP_CERT to its certificate file "
            "and run the command again.",
        )
    if any(sign in text for sign in _OFFLINE):
        return Stop(
            "The package index could not be reached, so the packages could not be downloaded.",
            "Check the network (behind a proxy: set HTTPS_PROXY), then run the command again. "
            "Once set up, the program starts without a network.",
        )
    if "do not match the hashes" in text:
        return Stop(
            "A downloaded package is not the one in the lock file, so it was not installed.",
            "Clear pip's cache (python3 -m pip cache purge), then run the command again. "
            "If it stays so, the package index serves a changed file: do not install it.",
        )
    if "no matching distribution found for pyside6" in text:
        return Stop(
            f"There is no build of Qt (PySide6) for this computer: {computer}.",
            "Use 64-bit Python 3.11, 3.12 or 3.13 on macOS 13, Windows 10, or Linux with glibc "
            "2.34 (2.39 on ARM) or newer. Then delete the folder .venv and run the command again.",
        )
    if "no matching distribution found for" in text:
        name = text.split("no matching distribution found for", 1)[1].split()[0]
        return Stop(
            f"The package {name} has no build for this computer: {computer}.",
            "Use 64-bit Python 3.11, 3.12 or 3.13: delete the folder .venv and run the command "
            "again. If pip is set to an index of your own, check that it carries the package.",
        )
    if "no space left on device" in text:
        return Stop("The disk is full.", "Free about 1 GB, then run the command again.")
    return Stop(
        "pip could not install the packages. The last it said:\n" + output[-1200:].rstrip(),
        f"All it said is in {log}. Deleting the folder .venv and running the command again "
        "starts from nothing.",
    )


def _create(checkout: Checkout) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _provide_venv_module()
    if checkout.venv.exists():
        ours = (checkout.venv / "pyvenv.cfg").exists() or not any(checkout.venv.iterdir())
        if not ours:
            raise Stop(
                f"{checkout.venv} exists but is no Python environment.",
                "Move it away, then run the command again.",
            )
        shutil.rmtree(checkout.venv, ignore_errors=True)
    # Started from another environment, its base is taken: that one may go away.
    base = getattr(sys, "_base_executable", None) or sys.executable
    with step(f"Making the environment {checkout.venv.name} (Python {platform.python_version()})"):
        done = subprocess.run(
            [base, "-m", "venv", str(checkout.venv)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode != 0:
        raise Stop(
            f"The environment could not be made:\n{done.stdout[-1200:].rstrip()}",
            "Check that the folder can be written to and that python3 -m venv works.",
        )


def _provide_venv_module() -> None:
    # Debian and its relatives ship Python without the part that puts pip into an environment.
    installer = this_installer()
    reason = "This Python cannot make environments: its ensurepip module is missing."
    if installer.tool != "apt-get" or not sys.executable.startswith("/usr/bin/"):
        raise Stop(reason, "Install Python 3.11 or newer whole, for example from python.org.")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    install_packages([version], reason, installer)


def _fill(checkout: Checkout, kind: str) -> None:
    environ = pip_environ(os.environ)
    _ensure_pip(checkout, environ)
    count = sum("==" in line for line in checkout.lock(kind).read_text("utf-8").splitlines())
    labels = (
        f"Installing up to {count} locked packages, a minute or so the first time",
        "Installing Persona Studio itself",
    )
    with checkout.pip_log.open("w", encoding="utf-8") as log:
        for label, command in zip(labels, install_commands(checkout, kind), strict=True):
            with step(label):
                code, output = _logged(command, environ, checkout, log)
            if code != 0:
                system = f"{platform.system()} {platform.machine()}"
                version = _dotted(environment_version(checkout) or ())
                raise explain_pip_failure(output, f"{system}, Python {version}", checkout.pip_log)


def _ensure_pip(checkout: Checkout, environ: Mapping[str, str]) -> None:
    for module in (["pip", "--version"], ["ensurepip", "--upgrade"]):
        command = [str(checkout.python), "-m", *module]
        done = subprocess.run(command, env=environ, capture_output=True, check=False)
        if done.returncode == 0:
            return
    raise Stop(
        f"The environment {checkout.venv} has no pip, and none could be put in.",
        "Delete the folder .venv and run the command again.",
    )


def _logged(
    command: Sequence[str], environ: Mapping[str, str], checkout: Checkout, log: TextIO
) -> tuple[int, str]:
    done = subprocess.run(
        command,
        env=environ,
        cwd=checkout.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    log.write(done.stdout)
    return done.returncode, done.stdout


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)
