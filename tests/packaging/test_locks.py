"""The lock files: whole, hashed, free of places, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from environment import KINDS, Checkout
from locking import build_requirements, compile_command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Checkout(Path(__file__).resolve().parents[2])
PYPROJECT = tomllib.loads((CHECKOUT.root / "pyproject.toml").read_text(encoding="utf-8"))


class Locked(NamedTuple):
    """One entry of a lock file."""

    requirement: Requirement
    hashes: tuple[str, ...]


def read_lock(kind: str) -> dict[str, Locked]:
    text = CHECKOUT.lock(kind).read_text(encoding="utf-8").replace("\\\n", " ")
    entries: dict[str, Locked] = {}
    for line in text.splitlines():
        pinned, *hashes = (part.strip() for part in line.split("--hash="))
        requirement = Requirement(pinned)
        entries[canonicalize_name(requirement.name)] = Locked(requirement, tuple(hashes))
    return entries


def version_of(entry: Locked) -> str:
    (pin,) = entry.requirement.specifier
    assert pin.operator == "=="
    return pin.version


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_is_pinned_and_hashed(kind: str) -> None:
    entries = read_lock(kind)
    assert len(entries) > 20
    for name, entry in entries.items():
        assert version_of(entry), name
        assert entry.hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in entry.hashes), name


@pytest.mark.parametrize("kind", KINDS)
def test_no_place_is_named(kind: str) -> None:
    text = CHECKOUT.lock(kind).read_text(encoding="utf-8")
    assert not re.search(
        r"://|--index|--extra-index|--find-links|--trusted|\s@\s|^#", text, re.MULTILINE
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_answers_every_requirement_of_the_project(kind: str) -> None:
    wanted = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]]
    if kind == "test":
        wanted += PYPROJECT["dependency-groups"]["dev"]
    entries = read_lock(kind)
    for text in (*wanted, "editables"):
        requirement = Requirement(text)
        entry = entries[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version_of(entry), prereleases=True), text


def test_qt_stays_below_the_build_that_breaks_python_3_11() -> None:
    assert version_of(read_lock("run")["pyside6-essentials"]).startswith("6.11.")


def test_the_lock_for_tests_holds_the_whole_lock_for_running() -> None:
    tests = read_lock("test")
    for name, entry in read_lock("run").items():
        assert version_of(tests[name]) == version_of(entry), name
        assert tests[name].hashes == entry.hashes, name


def test_the_lock_covers_windows_and_macos_too() -> None:
    def needed(**environment: str) -> set[str]:
        return {
            name
            for name, entry in read_lock("run").items()
            if (marker := entry.requirement.marker) is None or marker.evaluate(environment)
        }

    windows = needed(sys_platform="win32", platform_system="Windows", os_name="nt")
    macos = needed(sys_platform="darwin", platform_system="Darwin")
    linux = needed(sys_platform="linux", platform_system="Linux")
    assert "pywin32-ctypes" in windows - macos - linux
    assert "secretstorage" in linux - macos - windows
    assert {"pyside6-essentials", "apsw", "keyring"} <= windows & macos & linux


def test_locking_asks_for_all_systems_and_hashes() -> None:
    for kind in KINDS:
        command = compile_command(CHECKOUT, kind, "uv", ["--upgrade"])
        assert {"--universal", "--generate-hashes", "--no-emit-index-url", "--upgrade"} <= set(
            command
        )
        assert command[-1] == str(CHECKOUT.lock(kind))
    assert "editables" in build_requirements(CHECKOUT.root / "pyproject.toml")
