"""Paths, settings, secrets, logs, events: what must hold before anything else is built."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from studio.core.events import EventHub
from studio.core.ids import new_influencer_id, new_ulid
from studio.core.logs import redact, start_logging
from studio.core.paths import AppPaths, resource_dir
from studio.core.secrets import ApiKey
from studio.core.settings import SettingsFile

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "lp_live_ABCDEFGHIJKLMNOP_s3cr3t_with_underscores-and-dashes0123456789"


def test_a_key_never_shows_itself() -> None:
    key = ApiKey(SECRET)
    for text in (repr(key), str(key), f"{key}", "%s" % key):  # noqa: UP031
        assert "s3cr3t" not in text
    assert key.env == "live"
    assert key.key_id == "ABCDEFGHIJKLMNOP"
    assert key.reveal() == SECRET


def test_keys_and_signed_links_are_struck_out_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "studio.log"
    root = logging.getLogger()
    before = list(root.handlers)
    level = root.level
    try:
        start_logging(path)
        log = logging.getLogger("studio.test")
        log.warning("sent %s to https://host/x?Signature=abc123&b=1", SECRET)
        try:
            raise ValueError(f"bad key {SECRET}")
        except ValueError:
            log.exception("failed\x1b[31m")
    finally:
        for handler in [handler for handler in root.handlers if handler not in before]:
            handler.close()
            root.removeHandler(handler)
        root.setLevel(level)
    text = path.read_text("utf-8")
    assert "failed" in text
    assert "s3cr3t" not in text
    assert "abc123" not in text
    assert "\x1b" not in text


def test_redaction_keeps_ordinary_words() -> None:
    assert redact("lp is short for long play") == "lp is short for long play"


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_folders_are_for_this_user_alone(tmp_path: Path) -> None:
    paths = AppPaths.under(tmp_path / "root")
    for folder in (paths.picture_dir, paths.intake_dir, paths.local_server_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_workspaces_never_share_a_file_and_names_cannot_leave_the_folder(
    tmp_path: Path,
) -> None:
    paths = AppPaths.under(tmp_path)
    one = paths.workspace_file("api.layers.com-org1")
    two = paths.workspace_file("api.layers.com-org2")
    assert one != two
    assert paths.workspace_file("../../etc/passwd").parent == one.parent


def test_settings_survive_a_restart_and_a_damaged_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "settings.json"
    settings = SettingsFile(path)
    settings.change(theme="dark", project={"w": "p1"})
    settings.save()
    again = SettingsFile(path)
    assert again.current.theme == "dark"
    assert again.current.project == {"w": "p1"}

    path.write_text("{broken", "utf-8")
    assert SettingsFile(path).current.theme == "system"
    assert (tmp_path / "data" / "settings.damaged.json").read_text("utf-8") == "{broken"


def test_a_setting_of_the_wrong_type_falls_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": 7, "server_url": "https://x", "later": []}), "utf-8")
    current = SettingsFile(path).current
    assert current.theme == "system"
    assert current.server_url == "https://x"


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_ulid() for _ in range(2_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert new_influencer_id().startswith("inf_")


@dataclass(frozen=True)
class _Happened:
    what: str


def test_one_bad_listener_does_not_silence_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    hub = EventHub()
    heard: list[str] = []

    def bad(_event: _Happened) -> None:
        raise RuntimeError("no")

    hub.subscribe(_Happened, bad)
    subscription = hub.subscribe(_Happened, lambda event: heard.append(event.what))
    hub.publish(_Happened("a"))
    subscription.close()
    hub.publish(_Happened("b"))
    assert heard == ["a"]
    assert "a listener failed" in caplog.text


def test_resources_are_found() -> None:
    assert (resource_dir() / "tokens.json").is_file()


def test_the_command_line_imports_no_qt() -> None:
    code = "import studio.cli, sys; print(any(m.startswith('PySide6') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
