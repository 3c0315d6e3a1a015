"""Words from outside are letters everywhere: nothing is read as markup, opened, or slow."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from fault_proxy import raw
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel
from sweep import Canary, is_guessed, read_as_markup
from window_driver import CTRL

from studio.domain.events import Notice
from studio.ui.creation.dialog import CreationDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fault_proxy import Fault, Forward
    from window_driver import WindowDriver

STALL = 1.0
"""Seconds of this thread's own time one step may take; a busy machine does not count."""

IN_DIALOGS = ("nested tables", "image by path", "control", "flood")

_TEXTS = (
    "ethnicity",
    "bodyType",
    "hairColor",
    "hairStyle",
    "style",
    "vibe",
    "voiceDescription",
    "ageRange",
    "gender",
)
_PERSONALITY = ("tone", "humor", "formality", "speakingStyle")
_LISTS = ("traits", "values", "interests", "catchphrases")


def hostile(canary: Canary) -> dict[str, str]:
    """Strings that freeze, open files, or lie, by what they try."""
    picture, sheet = canary.picture, canary.sheet
    return {
        "nested tables": "<table><tr><td>" * 20,
        "image by path": f"<img src='{picture}'>",
        "image by address": f'<img src="file://{picture}">',
        "image on a share": r"<img src='\\host\share\canary.png'> \\host\share",
        "link": f"<a href='file://{picture}'>Your bank</a>",
        "style": f"<style>@import url('{sheet}');</style><b style='background:url({picture})'>x",
        "direction": "ceo\u202egnp.exe \u2066hidden\u2069",
        "control": "a\x00b\x07c\x1b[31md\r\ne",
        "families": "👩‍👩‍👧‍👦🏳️‍🌈" * 60,
        "Arabic": "ليلى حداد تحب القهوة " * 20,
        "accents": "Z" + "\u0335\u0322\u0321" * 400,
        "flood": "word " * 20_000,
    }


def in_every_field(record: dict[str, Any], text: str) -> dict[str, Any]:
    """A record of the server with ``text`` in every field a person can read."""
    more = dict.fromkeys(_TEXTS, text) if "personality" in record else {}
    changed = {**record, **more, "name": text}
    if "personality" in record:
        entries = [text] if len(text) > 10_000 else [text, text + " 2"]
        changed["personality"] = dict.fromkeys(_PERSONALITY, text) | dict.fromkeys(_LISTS, entries)
    return changed


class HostileServer:
    """Puts hostile words into what the real server says; each influencer gets one of them."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._given: dict[str, str] = {}

    def of(self, influencer_id: str) -> str:
        """The words of an influencer."""
        place = len(self._given) % len(self._texts)
        return self._given.setdefault(influencer_id, self._texts[place])

    def change(self, body: Any) -> Any:
        """The answer with other words."""
        if isinstance(body, dict):
            if "influencerId" in body and "name" in body:
                return in_every_field(body, self.of(body["influencerId"]))
            if body.get("error") and isinstance(body["error"], dict):
                body["error"]["message"] = self._texts[0]
            if "organizationName" in body:
                body["organizationName"] = self._texts[0]
            if "timezone" in body:
                body["name"] = self._texts[1]
            if "jobId" in body and "stage" in body:
                body["stage"] = self._texts[0]
            if "items" in body:
                body["items"] = [self.change(item) for item in body["items"]]
        return body

    def fault(self) -> Fault:
        """For the network between program and server."""

        async def rewritten(forward: Forward) -> bytes | None:
            head, _, content = (await forward()).partition(b"\r\n\r\n")
            if b"application/json" not in head.lower() or not content:
                return head + b"\r\n\r\n" + content
            changed = json.dumps(self.change(json.loads(content))).encode()
            lines = [line for line in head.split(b"\r\n") if b"content-length" not in line.lower()]
            lines.append(b"Content-Length: %d" % len(changed))
            return b"\r\n".join(lines) + b"\r\n\r\n" + changed

        return rewritten


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    """Files nobody may open."""
    made = Canary(tmp_path)
    yield made
    made.close()


class Stalls:
    """The longest time this thread was busy between two looks, and with what."""

    def __init__(self) -> None:
        self.longest: dict[str, float] = {}
        self._last = time.thread_time()

    def begin(self) -> None:
        """From here on."""
        self._last = time.thread_time()

    def end(self, what: str) -> None:
        """Up to here."""
        spent = time.thread_time() - self._last
        self.longest[what] = max(spent, self.longest.get(what, 0.0))

    def too_long(self) -> dict[str, float]:
        """What took longer than it may."""
        return {what: spent for what, spent in self.longest.items() if spent > STALL}


def _paint_all(stalls: Stalls, what: str) -> None:
    for top in QApplication.topLevelWidgets():
        if top.isVisible():
            stalls.begin()
            top.grab()
            stalls.end(f"painting {type(top).__name__} with {what}")


async def _hover_cards(desk: WindowDriver) -> list[str]:
    """Ask every card in sight for its tooltip."""
    grid = desk.window.page.grid
    found = []
    for row in grid.rows_in_sight():
        at = grid.card_rect(row).center()
        await desk.hover(grid.viewport(), at)
        where = grid.viewport().mapToGlobal(at)
        QApplication.sendEvent(grid.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, where))
        tip = grid.viewport().toolTip()
        if is_guessed(tip):
            found.append(tip[:80])
    await desk.hover(grid.viewport(), QPoint(1, 1))
    return found


async def _dialogs(desk: WindowDriver) -> list[tuple[str, Callable[[], Any]]]:
    actions = desk.window.actions
    return [
        ("clone", actions.clone.trigger),
        ("creation", actions.new_influencer.trigger),
        ("deletion", actions.delete.trigger),
        ("settings", actions.settings.trigger),
        ("about", actions.about.trigger),
        ("jobs", desk.window.window.status_bar.jobs_wanted.emit),
        ("review", desk.view.show_review),
        ("quit", desk.main.close),
    ]


def refusing(message: str) -> Fault:
    """The error envelope with words of somebody else's choice."""
    error = {"code": "VALIDATION", "message": message, "requestId": "req_HOSTILE", "details": {}}
    body = json.dumps({"error": error}).encode()

    async def fault(_forward: Forward) -> bytes | None:
        return raw(422, body, {"Content-Type": "application/json", "X-Request-Id": "req_HOSTILE"})

    return fault


async def _fail_a_job(desk: WindowDriver) -> None:
    """A new influencer whose render fails, and whose job tells so in hostile words."""
    before = desk.open_id
    await desk.press(Qt.Key.Key_N, CTRL)
    dialog = await desk.opened(CreationDialog)
    await desk.write("<b>doomed</b>")
    await desk.click(dialog.create_button)
    await desk.until("its card is open", lambda: desk.open_id not in ("", before))
    made = desk.open_id
    await desk.until("its job has failed", lambda: desk.status_of(made) == "failed")


async def _close_dialogs(desk: WindowDriver) -> None:
    for dialog in desk.open_dialogs():
        dialog.reject()
    await desk.until("dialogs are closed", lambda: not desk.open_dialogs())


async def test_every_widget_of_the_running_window_shows_letters(scene: Any, canary: Canary) -> None:
    texts = hostile(canary)
    names = {text: name for name, text in texts.items()}
    server = HostileServer(list(texts.values()))
    stalls = Stalls()
    async with scene:
        await scene.serve("--render-seconds", "0.5", "--fail-renders-named", "<b>doomed*")
        scene.net.when("GET", "/v1/", server.fault(), float("inf"))
        refusal = refusing(texts["nested tables"] + texts["image by path"])
        scene.net.when("PATCH", "/v1/", refusal, float("inf"))
        desk = await scene.open()
        await desk.until("the roster is there", lambda: desk.window.gallery.size >= 12)
        await desk.until("an influencer is open", lambda: desk.open_id)
        await _fail_a_job(desk)
        canary.drain()
        found: list[str] = []
        met = set()
        for row in range(desk.window.gallery.size):
            desk.window.page.grid.choose(row, reveal=True)
            stalls.begin()
            await desk.until("it is open", lambda: desk.open_id == desk.card_id(row))  # noqa: B023
            await desk.until("with all it has", desk._is_detailed)
            what = names[server.of(desk.open_id)]
            stalls.end(f"opening {what}")
            met.add(what)
            for tab in ("persona", "look", "variants"):
                desk.view.show_tab(tab)
                await desk.turns()
                _paint_all(stalls, what)
                found += read_as_markup()
            desk.view.show_tab("persona")
            found += await _hover_cards(desk)
        assert met == set(texts), "every kind of text was on the screen"

        desk.window._hub.publish(Notice(texts["image by path"], texts["nested tables"], True))
        rows = {names[server.of(desk.card_id(row))]: row for row in range(desk.window.gallery.size)}
        for row in (rows[what] for what in IN_DIALOGS):
            desk.window.page.grid.choose(row, reveal=True)
            await desk.until("it is open", lambda: desk.open_id == desk.card_id(row))  # noqa: B023
            await desk.until("with all it has", desk._is_detailed)
            what = names[server.of(desk.open_id)]
            await desk.type_into("personality.tone", "x")
            for name, show in await _dialogs(desk):
                stalls.begin()
                show()
                await desk.until(f"{name} is open", desk.open_dialogs)
                await desk.turns(20)
                stalls.end(f"{name} of {what}")
                _paint_all(stalls, what)
                found += [f"{name}: {problem}" for problem in read_as_markup()]
                await _close_dialogs(desk)
            await desk.press(Qt.Key.Key_Return, CTRL)
            await desk.until("it is refused", lambda: desk.says("Not sent"))
            _paint_all(stalls, f"a refusal of {what}")
            found += read_as_markup()
        assert found == []
        assert not canary.drain(), "a file named by a text was opened"
        assert stalls.too_long() == {}
        title = desk.main.windowTitle()
        assert "\n" not in title
        assert len(title) < 1000


async def test_the_sweep_sees_a_single_label_that_guesses(scene: Any, canary: Canary) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        assert read_as_markup() == []
        label = desk.view.footer.sentence
        QLabel.setTextFormat(label, Qt.TextFormat.AutoText)
        assert len(read_as_markup()) == 1
        canary.drain()
        QLabel.setText(label, hostile(canary)["image by path"])
        desk.main.grab()
        assert canary.drain(), "the watch sees what Qt opens"
        QLabel.setTextFormat(label, Qt.TextFormat.PlainText)
        label.setToolTip("<b>bold</b>")
        assert len(read_as_markup()) == 1
        label.setToolTip("")
        assert read_as_markup() == []
