"""The outbox in words: what waits, why, what a person can do, and what would be sent."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from studio.domain.events import Notice
from studio.domain.outbox import DryRun, PlannedRequest, WaitsFor
from studio.domain.status import SyncStatus
from studio.viewmodels.outbox import OutboxViewModel
from studio.viewmodels.outbox_words import line_of, request_text

_SPEC = importlib.util.spec_from_file_location(
    "outbox_world", Path(__file__).with_name("outbox_world.py")
)
outbox_world = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("outbox_world", outbox_world)
_SPEC.loader.exec_module(outbox_world)
NOON, row = outbox_world.NOON, outbox_world.row

ONLINE = SyncStatus("online", "api.layers.com", last_contact=NOON)
OFFLINE = SyncStatus("offline", "x", last_contact=NOON, next_try=NOON + timedelta(minutes=5))


class Sync:
    def __init__(self) -> None:
        self.status = ONLINE


class Box:
    """The view model over an outbox in memory."""

    def __init__(self, world) -> None:
        self.world = world
        self.sync = Sync()
        self.service = outbox_world.OutboxInMemory(world.hub)
        self.model = OutboxViewModel(
            self.service, self.sync, world.hub, world.scope.child("outbox"), world.clock
        )

    async def start(self, *rows) -> None:
        self.service.put(*rows)
        self.model.start()
        await self.world.until(lambda: self.model.is_loaded)

    async def preview(self) -> str:
        await self.world.until(lambda: self.model.preview)
        return self.model.preview


@pytest_asyncio.fixture
async def box(world):
    made = Box(world)
    yield made
    made.model.close()


def said(found, status=ONLINE, now=NOON):
    return line_of(found, status, now)


# ---- words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Publish humor, tone"),
        ({"paths": ("name", "gender", "age_range", "vibe", "style")},
         "Publish name, gender, age range and 2 more"),
        ({"kind": "create"}, "Create on the server"),
        ({"kind": "clone", "source_name": "Nova"}, "Clone Nova"),
        ({"kind": "delete"}, "Delete on the server"),
        ({"kind": "bind", "images": 1}, "Add 1 image"),
        ({"kind": "bind", "images": 3}, "Add 3 images"),
        ({"kind": "upload", "filename": "ship.png"}, "Upload ship.png"),
    ],
)  # fmt: skip
def test_a_row_says_what_it_asks_for(qapp, values, words):
    assert said(row(1, **values)).sentence == words


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (WaitsFor("held"), "You hold it back."),
        (WaitsFor("creation", "M2", "Nova"), "It waits for the creation of Nova."),
        (WaitsFor("unpublished", name="Juno"), "It waits until Juno is published."),
        (WaitsFor("earlier", "M2", "Nova"), "It waits for an earlier change of Nova."),
        (WaitsFor("clones", "M2", "Nova (B)"), "It waits for the clone Nova (B)."),
        (WaitsFor("uploads", count=3), "It waits for 3 images to upload."),
        (WaitsFor("uploads", count=1), "It waits for 1 image to upload."),
    ],
)
def test_a_row_says_what_it_waits_for(qapp, why, words):
    assert said(row(1, why=(why,))).reason == words


def test_the_next_try_is_told_with_a_countdown(qapp):
    at = NOON + timedelta(seconds=62)
    asked = said(row(1, why=(WaitsFor("asked", at=at),), attempts=1, reason="Full."))
    assert asked.countdown == "1:02"
    assert asked.reason.startswith("The server asked to wait until ")
    own = said(row(1, why=(WaitsFor("time", at=at),), attempts=2, reason="Busy."))
    assert own.reason.startswith("Busy. Tried again at ")
    assert own.state == "Trying again"
    assert "tried 2 times" in own.facts
    later = said(row(1, why=(WaitsFor("time", at=at),)), now=NOON + timedelta(seconds=60))
    assert later.countdown == "0:02"
    hours = WaitsFor("asked", at=NOON + timedelta(hours=3, seconds=5))
    assert said(row(1, why=(hours,))).countdown == "3:00:05"


def test_a_free_row_tells_whether_there_is_contact(qapp):
    assert said(row(1)).reason == "It goes at the next turn."
    assert said(row(1), OFFLINE).reason == "It goes as soon as there is contact."


def test_an_error_leads_to_what_can_be_done_about_it(qapp):
    refused = row(1, state="blocked", why=(WaitsFor("refused"),), reason="Too long.")
    assert said(replace(refused, reason_field="name")).fix == "field"
    assert said(refused).fix == "again"
    assert said(refused).reason == "Too long."
    assert said(replace(refused, why=(WaitsFor("choice"),))).fix == "choice"
    assert said(row(1)).fix == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "just now"), (130, "2 min ago"), (7300, "2 h ago")]
)
def test_age_is_one_or_two_words(qapp, seconds, words):
    assert said(row(1, created_at=NOON - timedelta(seconds=seconds))).age == words


def test_requests_are_text_with_notes_and_without_long_bytes(qapp):
    body = json.dumps({"dataBase64": "A" * 5000, "kind": "reference_image"}).encode()
    request = PlannedRequest("POST", "/v1/x", (("Accept", "y"), ("X-Api-Key", "***")), body, "Note")
    text = request_text(DryRun("M1", (request,), "Name is too long."))
    assert text.startswith("# Note\nPOST /v1/x\nX-Api-Key: ***\n")
    assert "5,000 characters" in text
    assert len(text) < 400
    assert text.endswith("# Name is too long.")
    assert "Accept: y" in request_text(DryRun("M1", (request,)), whole=True)


# ---- the model


async def test_rows_come_and_go_by_themselves_and_the_counts_follow(box):
    await box.start(row(1), row(2))
    assert box.model.model.rowCount() == 2
    assert box.model.words.startswith("2 wait · Last contact ")
    box.service.put(row(3, state="blocked", why=(WaitsFor("refused"),)))
    await box.world.until(lambda: box.model.model.rowCount() == 3)
    assert "1 needs you" in box.model.words
    assert box.model.selected.row.id == "M1"


async def test_an_empty_outbox_says_what_is_true(box):
    box.sync.status = replace(ONLINE, drafts=2)
    await box.start()
    heading, sentence = box.model.empty_words
    assert heading == "Nothing waits"
    assert sentence.startswith("Last contact ")
    assert "2 influencers have edits that were never published." in sentence
    box.sync.status = OFFLINE
    assert box.model.empty_words[1].startswith("Offline since ")
    box.sync.status = SyncStatus("connecting", "x")
    assert box.model.empty_words[1] == "No contact with the server yet."


async def test_holding_and_releasing_a_row(box):
    await box.start(row(1))
    box.model.hold("M1")
    await box.world.until(lambda: box.model.selected.row.state == "held")
    assert box.model.selected.state == "Held"
    assert not box.model.can_send_all
    box.model.release("M1")
    await box.world.until(lambda: box.model.selected.row.state == "waiting")


async def test_a_removed_row_hands_the_choice_to_the_first(box):
    told = []
    box.world.hub.subscribe(Notice, told.append)
    await box.start(row(1), row(2))
    box.model.select("M2")
    box.model.remove("M2")
    await box.world.until(lambda: box.model.selected.row.id == "M1")
    assert told[0].sentence == "Taken out of the outbox. The edits are a draft again."
    box.service.dependents = 2
    box.model.remove("M1")
    await box.world.until(lambda: len(told) == 2)
    assert told[1].sentence.endswith("2 that depend on it went with it.")


async def test_what_cannot_be_done_is_told_and_cleared_by_the_next_wish(box):
    await box.start(row(1))
    box.service.refusal = outbox_world.BUSY
    box.model.remove("M1")
    await box.world.until(lambda: box.model.problem)
    assert box.model.problem == "This is being sent right now. Wait a moment."
    box.service.refusal = None
    box.model.send_now("M1")
    await box.world.until(lambda: box.service.sent == ["M1"])
    assert box.model.problem == ""


async def test_the_chosen_row_shows_its_requests(box):
    await box.start(row(1), row(2))
    assert "PATCH /v1/influencers/inf_1" in await box.preview()
    box.model.select("M2")
    assert box.model.preview == ""
    assert "PATCH /v1/influencers/inf_2" in await box.preview()


async def test_editing_a_publish_opens_its_influencer(box):
    opened = []
    box.model.opened.connect(opened.append)
    await box.start(row(1))
    box.model.edit("M1")
    await box.world.until(lambda: opened == ["inf_1"])
    assert box.service.held == {}


async def test_editing_a_clone_asks_for_its_name_and_overrides_and_keeps_its_place(box):
    asked = []
    box.model.clone_wanted.connect(asked.append)
    await box.start(row(1, kind="clone"))
    box.model.edit("M1")
    await box.world.until(lambda: asked)
    box.model.change_clone(replace(asked[0], name="Kai"))
    await box.world.until(lambda: box.service.changed)
    assert box.service.changed == [("M1", "Kai", {"personality.humor": "dry"})]
    assert list(box.service.held) == ["M1"]


async def test_fixing_opens_the_field_or_the_choice(box):
    places, choices = [], []
    box.model.field_wanted.connect(places.append)
    box.model.choice_wanted.connect(choices.append)
    await box.start(
        row(1, state="blocked", why=(WaitsFor("refused"),), reason_field="name"),
        row(2, state="blocked", why=(WaitsFor("choice"),)),
    )
    box.model.fix("M2")
    assert choices == ["inf_2"]
    box.model.fix("M1")
    await box.world.until(lambda: places)
    assert (places[0].influencer_id, places[0].path) == ("inf_1", "name")


async def test_every_request_can_be_copied_whole(box):
    copied = []
    box.model.copied.connect(copied.append)
    await box.start(row(1), row(2))
    box.model.copy_all()
    await box.world.until(lambda: copied)
    assert copied[0].count("PATCH ") == 2
    assert "User-Agent" in copied[0]


async def test_ages_move_while_it_is_open(box):
    ticks = []
    box.model.ticked.connect(lambda: ticks.append(1))
    await box.start(row(1))
    await box.world.until(lambda: box.world.clock.sleeping)
    box.world.clock.pass_time(1)
    await box.world.until(lambda: ticks)
