"""What the person chose, in one small JSON file, written whole or not at all."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
from dataclasses import asdict, field, fields, replace
from typing import TYPE_CHECKING, Any

from studio.core.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

VERSION = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """The chosen values; every one has a default, so a missing file is no error.

    Attributes:
        server_url: the Partner API to use; empty means the bundled local server.
        theme: ``system``, ``light`` or ``dark``.
        last_workspace: the workspace shown at the last run, so that the roster is there at once.
        workspaces: name of the workspace by server and organization, ``url organization``.
        project: last chosen project id per workspace.
        view: remembered search, filter and sort per project id.
        density: ``comfortable`` or ``compact`` cards.
        window: geometry and splitter state, as base64 text.
    """

    server_url: str = ""
    theme: str = "system"
    last_workspace: str = ""
    workspaces: dict[str, str] = field(default_factory=dict)
    project: dict[str, str] = field(default_factory=dict)
    view: dict[str, dict[str, str]] = field(default_factory=dict)
    density: str = "comfortable"
    window: dict[str, str] = field(default_factory=dict)


def _migrated(raw: dict[str, Any]) -> dict[str, Any]:
    """Values this version knows; anything of the wrong type falls back to its default."""
    defaults = Settings()
    known: dict[str, Any] = {}
    for spec in fields(Settings):
        value = raw.get(spec.name)
        if isinstance(value, type(getattr(defaults, spec.name))):
            known[spec.name] = value
    return known


class SettingsFile:
    """Reads once, writes atomically. A damaged file is kept aside and defaults are used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.Lock()
        self.current = self._read()

    def _read(self) -> Settings:
        try:
            raw = json.loads(self._path.read_text("utf-8"))
            if not isinstance(raw, dict):
                raise TypeError("settings are not an object")
            return Settings(**_migrated(raw))
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, TypeError) as error:
            log.warning("settings could not be read, defaults are used: %s", error)
            self._keep_aside()
            return Settings()

    def _keep_aside(self) -> None:
        try:
            self._path.replace(self._path.with_suffix(".damaged.json"))
        except OSError:
            log.warning("the damaged settings file could not be moved aside")

    def change(self, **values: Any) -> Settings:
        """Replace the named values in memory and return the new settings; ``save`` writes them."""
        self.current = replace(self.current, **values)
        return self.current

    def save(self) -> None:
        """Write the file whole or not at all. May wait for the disk. Raises OSError."""
        with self._writing:
            text = json.dumps(
                {"version": VERSION, **asdict(self.current)}, indent=2, ensure_ascii=False
            )
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".settings-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, self._path)
            except OSError:
                if os.path.exists(name):
                    os.unlink(name)
                raise
