"""The tour: the main job and work without a network in the real window, each step in pictures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageStat

SIZE = (1280, 800)
LONGEST_S = 300

STEPS = (
    "roster",
    "edited",
    "undone",
    "review",
    "published",
    "dropped",
    "look",
    "clone-dialog",
    "clone-waits",
    "clone-rendering",
    "clone-ready",
    "new-influencer",
    "created",
    "search",
    "no-match",
    "delete-gate",
    "deleted",
    "conflict-waits",
    "conflict",
    "conflict-resolved",
    "offline",
    "outbox",
    "back-online",
    "history",
    "roster-as-of",
)
"""What the tour must show, the first of them first; it may show more."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(LONGEST_S + 30)]


@dataclass(frozen=True)
class Tour:
    """One play: how it ended, what it said, what it left."""

    code: int
    said: str
    complained: str
    pictures: dict[str, Path]

    def of(self, theme: str) -> list[Path]:
        """The pictures of one theme, in order."""
        return [path for name, path in self.pictures.items() if name.endswith(f"-{theme}")]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """The tour as a person starts it, played once for all tests here."""
    root = tmp_path_factory.mktemp("tour")
    folder = root / "pictures"
    size = "x".join(map(str, SIZE))
    command = [sys.executable, "-m", "studio", "--tour", str(folder), "--size", size]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(root)}
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env=environ,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    pictures = {path.stem: path for path in sorted(folder.glob("*.png"))}
    return Tour(done.returncode, done.stdout, done.stderr, pictures)


def test_it_plays_to_its_end(tour: Tour) -> None:
    assert tour.code == 0, tour.complained
    assert "Traceback" not in tour.complained
    assert f"{len(tour.pictures)} pictures in" in tour.said


def test_every_step_is_shown_in_both_themes(tour: Tour) -> None:
    for theme in ("light", "dark"):
        names = [re.fullmatch(rf"\d\d-(.+)-{theme}", path.stem) for path in tour.of(theme)]
        shown = [match.group(1) for match in names if match is not None]
        assert shown[0] == STEPS[0]
        assert set(shown) >= set(STEPS)
    assert len(tour.of("light")) == len(tour.of("dark")) == len(tour.pictures) / 2


def test_no_picture_is_blank(tour: Tour) -> None:
    assert tour.pictures
    for path in tour.pictures.values():
        with Image.open(path) as picture:
            assert picture.size == SIZE, path.name
            small = picture.convert("RGB").resize((320, 200), Image.Resampling.NEAREST)
        colors = small.getcolors(320 * 200)
        assert colors is not None
        assert len(colors) > 200, f"{path.name} shows nothing"
        assert max(count for count, _ in colors) < 0.8 * 320 * 200, f"{path.name} is empty"


def test_the_themes_are_light_and_dark(tour: Tour) -> None:
    for light, dark in zip(tour.of("light"), tour.of("dark"), strict=True):
        with Image.open(light) as day, Image.open(dark) as night:
            brightness = [ImageStat.Stat(each.convert("L")).mean[0] for each in (day, night)]
        assert brightness[0] > brightness[1] + 80, light.name


def test_each_step_differs_from_the_one_before(tour: Tour) -> None:
    before = b""
    for path in tour.of("light"):
        now = path.read_bytes()
        assert now != before, f"nothing happened in {path.name}"
        before = now
