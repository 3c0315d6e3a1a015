"""The environment is filled once, filled again when something changed, and explains failures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console import Stop
from environment import (
    Checkout,
    check_python,
    environment_version,
    explain_pip_failure,
    fill_fingerprint,
    install_commands,
    pip_environ,
    placement,
    prepare,
    read_stamp,
)

PROJECT = Path(__file__).resolve().parents[2]
COMPUTER = "Linux aarch64, Python 3.12.1"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout whose environment looks filled, though nothing in it would run."""
    made = Checkout(tmp_path / "project", windows=False)
    for file in (made.lock("run"), made.lock("test"), made.python, made.tool("studio")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{file.name}\n")
    (made.root / "pyproject.toml").write_text("[project]\n")
    (made.venv / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.4\n")
    return made


def stamp(checkout: Checkout, *kinds: str) -> None:
    version = environment_version(checkout)
    prints = {kind: fill_fingerprint(checkout, kind, version) for kind in kinds}
    checkout.stamp.write_text(json.dumps({"place": placement(checkout), **prints}))


def is_ready(checkout: Checkout, kind: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether `prepare` is content without starting any program."""

    class Started(Exception):
        pass

    def refuse(*_: object, **__: object) -> None:
        raise Started

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", refuse)
        try:
            prepare(checkout, kind)
        except Started:
            return False
        return True


def test_a_filled_environment_is_left_alone(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(checkout, "run", "test")
    assert is_ready(checkout, "run", monkeypatch)
    assert is_ready(checkout, "test", monkeypatch)


def test_an_environment_for_running_is_not_enough_for_testing(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(checkout, "run")
    assert is_ready(checkout, "run", monkeypatch)
    assert not is_ready(checkout, "test", monkeypatch)


@pytest.mark.parametrize(
    "changed", ["pyproject.toml", "packaging/requirements.lock", ".venv/pyvenv.cfg"]
)
def test_a_change_fills_it_again(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    stamp(checkout, "run", "test")
    path = checkout.root / changed
    path.write_text(path.read_text().replace("3.12.4", "3.12.5") + "# changed\n")
    assert not is_ready(checkout, "run", monkeypatch)


def test_a_lost_stamp_or_program_fills_it_again(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(checkout, "run")
    checkout.tool("studio").unlink()
    assert not is_ready(checkout, "run", monkeypatch)
    checkout.tool("studio").touch()
    checkout.stamp.unlink(missing_ok=True)
    assert not is_ready(checkout, "run", monkeypatch)


def test_a_moved_checkout_gets_a_new_environment(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(checkout, "run")
    moved = Checkout(tmp_path / "elsewhere", windows=False)
    shutil.move(checkout.root, moved.root)
    assert not is_ready(moved, "run", monkeypatch)
    assert not moved.python.exists()


def test_a_folder_that_is_no_environment_is_not_touched(checkout: Checkout) -> None:
    shutil.rmtree(checkout.venv)
    checkout.venv.mkdir()
    precious = checkout.venv / "notes.txt"
    precious.write_text("mine")
    with pytest.raises(Stop, match="no Python environment"):
        prepare(checkout, "run")
    assert precious.read_text() == "mine"


def test_a_missing_lock_file_is_named(checkout: Checkout) -> None:
    checkout.lock("run").unlink()
    with pytest.raises(Stop, match=r"requirements\.lock cannot be read"):
        prepare(checkout, "run")


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_a_damaged_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stamp"
    assert read_stamp(path) == {}
    path.write_text(text)
    assert read_stamp(path) == {}


def test_an_environment_without_its_interpreter_counts_as_none(checkout: Checkout) -> None:
    assert environment_version(checkout) == (3, 12, 4)
    checkout.python.unlink()
    checkout.python.symlink_to("/gone/python3.12")
    assert environment_version(checkout) is None


def test_windows_keeps_its_programs_elsewhere(tmp_path: Path) -> None:
    place = Checkout(tmp_path, windows=True)
    assert place.tool("studio") == tmp_path / ".venv" / "Scripts" / "studio.exe"


def test_packages_are_installed_by_hash_and_never_built_here(checkout: Checkout) -> None:
    locked, project = install_commands(checkout, "test")
    assert "--require-hashes" in locked
    assert locked[-1] == str(checkout.lock("test"))
    assert locked[locked.index("--only-binary") + 1] == ":all:"
    assert {"--no-deps", "--no-build-isolation", "-e"} <= set(project)


def test_the_persons_pip_settings_cannot_lead_packages_elsewhere() -> None:
    mine = {"PIP_TARGET": "/x", "PIP_USER": "1", "PIP_INDEX_URL": "mirror", "HTTPS_PROXY": "proxy"}
    environ = pip_environ(mine)
    assert "PIP_TARGET" not in environ
    assert environ["PIP_USER"] == "0"
    assert (environ["PIP_INDEX_URL"], environ["HTTPS_PROXY"]) == ("mirror", "proxy")


def test_an_old_python_is_told_which_one_is_needed() -> None:
    check_python((3, 11, 0))
    check_python((3, 14, 0))
    with pytest.raises(Stop, match=r"needs Python 3\.11 or newer; this is Python 3\.10\.2"):
        check_python((3, 10, 2))


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "WARNING: Retrying: Failed to establish a new connection: [Errno -3] Temporary failure "
            "in name resolution\nERROR: No matching distribution found for pyside6-essentials",
            "could not be reached",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement\n"
            "ERROR: No matching distribution found for pyside6-essentials==6.11.3",
            f"no build of Qt (PySide6) for this computer: {COMPUTER}",
        ),
        ("ERROR: No matching distribution found for apsw==3.54", "The package apsw==3.54 has no"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one in the lock file"),
        ("SSLError(SSLCertVerificationError(CERTIFICATE_VERIFY_FAILED))", "not accepted"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: something new", "ERROR: something new"),
    ],
)
def test_each_failure_of_pip_has_a_sentence_and_a_next_step(output: str, sentence: str) -> None:
    stop = explain_pip_failure(output, COMPUTER, Path("/x/.venv/install.log"))
    assert sentence in stop.sentence
    assert stop.next_step.endswith(".")


def test_without_a_network_the_person_reads_so_and_no_traceback(tmp_path: Path) -> None:
    """The whole command, for real: a fresh checkout and a package index that does not answer."""
    root = tmp_path / "fresh"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "packaging", root / "packaging", ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", root)
    nothing = "http://127.0.0.1:9/simple"
    cut_off = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PIP_")},
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": nothing,
        "PIP_RETRIES": "1",
    }
    command = [sys.executable, str(root / "packaging" / "dev.py"), "run"]
    done = subprocess.run(command, env=cut_off, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The package index could not be reached" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert not Checkout(root).stamp.exists()
