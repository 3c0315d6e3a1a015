"""The command line: what `run`, `test` and `lock` start, and what they say when they cannot."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import dev
import pytest
from console import Stop
from environment import Checkout

CHECKOUT = Checkout(Path("/project"), windows=False)
STUDIO = str(CHECKOUT.tool("studio"))
PICTURES = CHECKOUT.root / "tour"


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_screen_the_window_opens(name: str) -> None:
    launch = dev.plan_launch(CHECKOUT, ["--roster", "100"], {name: ":0"}, "linux")
    assert launch.command == [STUDIO, "--roster", "100"]
    assert launch.environ == {name: ":0"}
    assert launch.pictures is None


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_macos_and_windows_always_have_a_screen(platform: str) -> None:
    assert dev.plan_launch(CHECKOUT, [], {}, platform).command == [STUDIO]


def test_without_a_screen_the_tour_is_played_into_a_folder() -> None:
    launch = dev.plan_launch(CHECKOUT, ["--size", "800x600"], {"DISPLAY": ""}, "linux")
    assert launch.command == [STUDIO, "--tour", str(PICTURES), "--size", "800x600"]
    assert launch.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert launch.pictures == PICTURES


@pytest.mark.parametrize("argument", ["--tour", "--tour=/x", "--help", "--version"])
def test_without_a_screen_an_own_tour_is_left_as_it_is(argument: str) -> None:
    launch = dev.plan_launch(CHECKOUT, [argument], {}, "linux")
    assert launch.command == [STUDIO, argument]
    assert launch.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert launch.pictures is None


def test_a_chosen_qt_platform_is_respected() -> None:
    chosen = {"QT_QPA_PLATFORM": "vnc"}
    assert dev.plan_launch(CHECKOUT, [], chosen, "linux").environ == chosen


@pytest.mark.parametrize("arguments", [[], ["walk"]])
def test_an_unknown_command_reads_the_three_there_are(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(arguments) == 2
    said = capsys.readouterr().out
    assert all(f"packaging/dev.py {command}" in said for command in ("run", "test", "lock"))


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["--help"]) == 0
    assert "dev.py run" in capsys.readouterr().out


def test_arguments_for_pytest_come_after_two_dashes() -> None:
    with pytest.raises(Stop) as stopped:
        dev.test(CHECKOUT, ["-k", "clone"])
    assert stopped.value.next_step.endswith("test -- -k clone")


def test_a_folder_that_cannot_be_written_is_named_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/project/.venv")

    monkeypatch.setattr(dev, "prepare", refuse)
    assert dev.main(["run"]) == 1
    assert "/project/.venv: Permission denied." in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="starts a script by its first line")
def test_the_tour_counts_the_pictures_it_made_not_older_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(tmp_path)
    program = checkout.tool("studio")
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\ntouch "$2/01.png" "$2/02.png"\n')
    program.chmod(0o755)
    earlier = tmp_path / "tour" / "99.png"
    earlier.parent.mkdir()
    earlier.touch()
    os.utime(earlier, (1, 1))
    launch = dev.plan_launch(checkout, [], {}, "linux")
    assert launch.pictures is not None
    assert dev.play_tour(launch, launch.pictures) == 0
    said = capsys.readouterr().out
    assert "There is no display here" in said
    assert f"2 pictures in {tmp_path / 'tour'}" in said
