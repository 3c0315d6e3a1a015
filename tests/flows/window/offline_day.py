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
    from fault_proxy import Fault, Forward, Passed
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
    images: dict[str, str] = field(default_factory=dict)
    """The file that was dropped on each, by id."""

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
    day.images[influencer_id] = picture.name


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
    return len(coming) == (influencer_id in day.images)


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


def let_a_colleague_work(api: httpx.Client, day: Day) -> None:
    """Meanwhile somebody else works on some of the same, straight at the server."""

    def patch(name: str, body: dict[str, Any]) -> None:
        api.patch(f"/v1/influencers/{day.ids[name]}", json=body).raise_for_status()

    phrases = list(wire_value(day.before[day.ids["Nova (B variant)"]], PHRASES) or ())
    patch("Nova", {"personality": {"tone": "theirs, another field"}})
    patch("Nova (B variant)", {"personality": {"catchphrases": [*phrases[1:], "Theirs."]}})
    patch("Maria EN", {"personality": {"tone": "theirs, beside a draft"}})
    patch("Kai", {"personality": {"humor": "offline 6"}})
    patch("Theo Lind", {"personality": {"humor": "theirs, overlapping"}})
    patch("Noor", {"personality": {"humor": "theirs as well", "tone": "theirs, beside it"}})
    api.delete(f"/v1/influencers/{day.ids['Lena']}").raise_for_status()


def images_are_bound(scene: Any, day: Day) -> bool:
    """By the server's own books: each file belongs to whom it was dropped on and nobody else."""
    bound = scene.server.sql(
        "select influencer_id, filename from reference_images join media on media.id = asset_id "
        "where filename like '%.png'"
    )
    return sorted(bound) == sorted(day.images.items())


def is_merged(now: dict[str, Any], day: Day) -> None:
    """What was published is there, and what a colleague did as well."""
    for name in ("Nova", "Ava Chen", "Kai", "Sora"):
        for path, value in day.typed[day.ids[name]].items():
            assert has(now[day.ids[name]], path, value), (name, path)
    assert has(now[day.ids["Nova"]], TONE, "theirs, another field")
    b_variant = now[day.ids["Nova (B variant)"]]
    assert has(b_variant, HUMOR, "offline 1")
    mine = day.typed[day.ids["Nova (B variant)"]][PHRASES]
    assert isinstance(mine, tuple)
    # The entry a colleague took out is gone, those that either added are there, each once.
    assert wire_value(b_variant, PHRASES) == (*mine[1:], "Theirs.")
    variant = now[day.made["Sora (B)"]]
    for path, value in day.typed[day.ids["Sora"]].items():
        assert has(variant, path, value), path


def drafts_stayed_here(now: dict[str, Any], day: Day) -> None:
    """Nothing is sent that was not asked for."""
    for name in LEFT_AS_DRAFTS:
        influencer_id = day.ids[name]
        for path in day.typed[influencer_id]:
            assert has(now[influencer_id], path, wire_value(day.before[influencer_id], path)), name


def was_made_once(scene: Any, now: dict[str, Any], day: Day) -> None:
    """By the server's own books: one row, one job, one picture for each that was asked for."""
    names = [record["name"] for record in now.values()]
    assert len(set(names)) == len(names)
    for name, influencer_id in day.made.items():
        assert now[influencer_id]["name"] == name
        made = scene.server.sql("select kind from jobs where influencer_id = ?", influencer_id)
        assert len(made) == 1, name
    received = scene.server.sql("select filename from media where filename like '%.png'")
    assert sorted(received) == [("one.png",), ("two.png",)]
    lost = [each for each in scene.net.passed if each.done and not each.status]
    assert {each.method for each in lost} >= {"POST", "PATCH"}, "answers were lost"
    for path in {each.path for each in lost if each.method == "PATCH"}:
        assert len({each.key for each in scene.net.asked("PATCH", f"{path}$")}) == 1


def went_in_order(scene: Any, day: Day) -> None:
    """A source before its clone, an image on the server before it is bound."""
    sent = writes(scene)
    paths = [each.path for each in sent]

    def first(end: str) -> int:
        return next(place for place, path in enumerate(paths) if path.endswith(end))

    created = {
        each.json["name"]: place
        for place, each in enumerate(sent)
        if each.path.endswith("/influencers")
    }
    sora, juno = day.ids["Sora"], day.made["Juno"]
    assert created["Juno"] < created["Ida"]
    assert created["Juno"] < first(f"{juno}/clone")
    assert created["Juno"] < first(f"{juno}/reference-images")
    assert first(f"/influencers/{sora}") < first(f"{sora}/clone")
    assert first("/media") < first("/reference-images")


def writes(scene: Any) -> list[Passed]:
    return [each for each in scene.net.passed if each.method in ("POST", "PATCH")]
