"""A day of work without a network, as keys and drops into the window, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from window_driver import CTRL, files, wire_value

from studio.domain.fields import FIELDS
from studio.ui.creation.dialog import CreationDialog

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from fault_proxy import Fault, Forward
    from window_driver import WindowDriver

    from studio.domain.influencer import FieldValue

HUMOR = "personality.humor"
TONE = "personality.tone"
TRAITS = "personality.traits"
PHRASES = "personality.catchphrases"
VOICE = "voice_description"
PATHS = tuple(spec.path for spec in FIELDS)

ROSTER = (
    "Nova",
    "Nova (B variant)",
    "Ava Chen",
    "Maria EN",
    "Maria ES",
    "Theo Lind",
    "Kai",
    "Imani",
    "Sora",
    "Marcus",
    "Lena",
    "Noor",
)
LEFT_AS_DRAFTS = ("Maria EN", "Maria ES", "Imani", "Marcus")
PUBLISHED = tuple(name for name in ROSTER if name not in LEFT_AS_DRAFTS)


@dataclass
class Day:
    """What was asked for: every value as it was typed, by influencer, and who was made."""

    ids: dict[str, str] = field(default_factory=dict)
    """By the name in the roster."""
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The server's records in the morning, by id."""
    typed: dict[str, dict[str, FieldValue]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """What was created or cloned, by its name."""
    images: dict[str, int] = field(default_factory=dict)
    """How many were dropped, by id."""

    def name_of(self, influencer_id: str) -> str:
        """The name of the morning, or the one it was made under."""
        known = {**self.ids, **self.made}
        return next(name for name, each in known.items() if each == influencer_id)


def records(api: httpx.Client) -> dict[str, dict[str, Any]]:
    """Every influencer of the first project as the server has it now, by id."""
    project = api.get("/v1/projects").json()["items"][0]["id"]
    rows = api.get(f"/v1/projects/{project}/influencers", params={"limit": 100}).json()["items"]
    ids = [row["influencerId"] for row in rows]
    return {each: api.get(f"/v1/influencers/{each}").json() for each in ids}


async def see_everything(desk: WindowDriver, day: Day, api: httpx.Client) -> None:
    """Be online once, until all that has to be here for the day is here."""
    await desk.ready()
    day.before = records(api)
    day.ids = {record["name"]: each for each, record in day.before.items()}
    assert set(day.ids) == set(ROSTER)
    for influencer_id in day.before:
        await desk.until_detailed(influencer_id)


async def edit(desk: WindowDriver, day: Day, name: str, number: int) -> None:
    """A text, and a word, a phrase or a paragraph, all by keys."""
    influencer_id = day.ids[name]
    await desk.go_to(influencer_id)
    await desk.type_into(HUMOR, f"offline {number}")
    more = (TRAITS, PHRASES, VOICE)[number % 3]
    if more == TRAITS:
        desk.control(TRAITS).setFocus(Qt.FocusReason.TabFocusReason)
        await desk.write(f"zz{number}")
        await desk.press(Qt.Key.Key_Return)
    elif more == PHRASES:
        await desk.click(desk.view.binding(PHRASES).row._add)
        await desk.write(f"Zz {number}.")
    else:
        desk.view.show_look()
        await desk.paste_into(VOICE, f"Offline voice {number}. " * 8)
        desk.view.show_tab("persona")
    note(desk, day, HUMOR, more)


def note(desk: WindowDriver, day: Day, *paths: str) -> None:
    """Remember what the form says now."""
    kept = day.typed.setdefault(desk.open_id, {})
    kept.update({path: desk.window.editor.value(path) for path in paths})


async def publish(desk: WindowDriver) -> None:
    """Ctrl+Enter; it waits, since nobody answers."""
    waiting = desk.waiting
    await desk.until("it can be published", lambda: not desk.window.editor.publish_blocker)
    await desk.press(Qt.Key.Key_Return, CTRL)
    await desk.until("it waits", lambda: desk.waiting == waiting + 1)
    await desk.until("the editor says so", lambda: desk.says("Waiting to be sent"))


async def create(desk: WindowDriver, day: Day, name: str) -> None:
    """A new one by name, with a word about it."""
    before = desk.open_id
    await desk.press(Qt.Key.Key_N, CTRL)
    dialog = await desk.opened(CreationDialog)
    await desk.write(name)
    await desk.until("it can be made", dialog.create_button.isEnabled)
    await desk.click(dialog.create_button)
    await desk.until("it is open", lambda: desk.open_id not in ("", before))
    await desk.until("its name is shown", lambda: desk.open_name == name)
    day.made[name] = desk.open_id
    note(desk, day, "name")


async def clone(desk: WindowDriver, day: Day, source_id: str) -> None:
    """A variant at once, by one key."""
    await desk.go_to(source_id)
    await desk.press(Qt.Key.Key_D, CTRL)
    await desk.until("the placeholder is open", lambda: desk.open_id not in ("", source_id))
    day.made[desk.open_name] = desk.open_id
    note(desk, day, "name")


async def drop(desk: WindowDriver, day: Day, influencer_id: str, picture: Path) -> None:
    """A picture falls into the open editor."""
    await desk.go_to(influencer_id)
    tiles = len(desk.look.tiles)
    await desk.drop(desk.view, files([picture]))
    await desk.until("it has a tile", lambda: len(desk.look.tiles) == tiles + 1)
    await desk.until("it is kept here", lambda: desk.look.tiles[-1].path)
    day.images[influencer_id] = day.images.get(influencer_id, 0) + 1


async def work(desk: WindowDriver, day: Day, pictures: tuple[Path, Path]) -> None:
    """Twelve edited, eight of them published, two made, two cloned, two pictures dropped."""
    for number, name in enumerate(ROSTER):
        await edit(desk, day, name, number)
        if name in PUBLISHED:
            await publish(desk)
    for name in ("Juno", "Ida"):
        await create(desk, day, name)
    await clone(desk, day, day.made["Juno"])
    await clone(desk, day, day.ids["Sora"])
    await drop(desk, day, day.ids["Kai"], pictures[0])
    await drop(desk, day, day.made["Juno"], pictures[1])


async def everything_is_there(desk: WindowDriver, day: Day) -> None:
    """Each influencer shows each value that was typed, drafts as drafts, and each tile."""
    count = len(ROSTER) + len(day.made)
    await desk.until("all cards are there", lambda: desk.window.gallery.size == count)
    for influencer_id, values in day.typed.items():
        await desk.go_to(influencer_id)
        name = day.name_of(influencer_id)
        for path, value in values.items():
            assert desk.window.editor.value(path) == value, f"{name}: {path}"
        unsent = len(values) if name in LEFT_AS_DRAFTS else 0
        assert desk.window.editor.unsent == unsent, name
        await desk.until("its images wait", lambda i=influencer_id: _shows_images(desk, day, i))
    drafts = f"{len(LEFT_AS_DRAFTS)} drafts"
    await desk.until("drafts are counted", lambda: drafts in desk.window.status.drafts)


def _shows_images(desk: WindowDriver, day: Day, influencer_id: str) -> bool:
    coming = [tile for tile in desk.look.tiles if tile.state != "bound"]
    return len(coming) == day.images.get(influencer_id, 0)


def every_fourth_answer_is_lost() -> Fault:
    """The server does what it is asked; every fourth answer of a kind never arrives."""
    count = 0

    async def fault(forward: Forward) -> bytes | None:
        nonlocal count
        count += 1
        turn = count
        answer = await forward()
        return None if turn % 4 == 0 else answer

    return fault


def has(record: dict[str, Any], path: str, value: FieldValue) -> bool:
    """Whether a record of the server says this."""
    return (wire_value(record, path) or None) == (value or None)
