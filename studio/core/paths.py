"""Where the program's files live, and where its own resources are."""

from __future__ import annotations

import os
import re
from pathlib import Path

from studio.core.values import dataclass


def resource_dir() -> Path:
    """Bundled resources: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def private_folder(path: Path) -> Path:
    """Make ``path`` (and parents) if missing, readable by this user alone, and return it."""
    path.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        path.chmod(0o700)
    return path


@dataclass(frozen=True, slots=True)
class AppPaths:
    """Every folder and file the program writes, below two roots.

    ``data`` holds what must never be lost (workspaces, settings); ``cache`` what can be made again.
    """

    data: Path
    cache: Path

    @staticmethod
    def default() -> AppPaths:
        """The folders the system intends for a program of this name."""
        import platformdirs

        dirs = platformdirs.PlatformDirs("persona-studio", appauthor=False)
        return AppPaths(data=Path(dirs.user_data_dir), cache=Path(dirs.user_cache_dir))

    @staticmethod
    def under(root: Path) -> AppPaths:
        """One root for everything: portable use, tests, ``--data-dir``."""
        return AppPaths(data=root / "data", cache=root / "cache")

    @property
    def settings_file(self) -> Path:
        """What the person chose, as JSON."""
        return self.data / "settings.json"

    @property
    def log_file(self) -> Path:
        """The rotating log."""
        return private_folder(self.data / "logs") / "studio.log"

    @property
    def local_server_dir(self) -> Path:
        """Data of the bundled Partner API."""
        return private_folder(self.data / "local" / "server")

    @property
    def local_workspace_file(self) -> Path:
        """The workspace of the bundled server: it lives and goes with that server's data."""
        return private_folder(self.data / "local") / "workspace.sqlite3"

    def workspace_file(self, workspace_key: str) -> Path:
        """The SQLite file of one server and organisation; two organisations never share a file."""
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", workspace_key).strip("-.") or "workspace"
        return private_folder(self.data / "workspaces") / f"{safe}.sqlite3"

    @property
    def picture_dir(self) -> Path:
        """Pictures fetched from the server."""
        return private_folder(self.cache / "pictures")

    @property
    def intake_dir(self) -> Path:
        """Prepared images that wait for their upload. Not a cache: they may be the only copy."""
        return private_folder(self.data / "intake")
