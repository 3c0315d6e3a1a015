"""The roster as an item model: pages on demand, everything in its place when rows move."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from studio.core.errors import TryLater
from studio.viewmodels.gallery import PAGE, GalleryModel


def _load(name: str):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _load("gallery_world")
person, PROJECT = w.person, w.PROJECT


class Room(w.World):
    """A model over a roster, watched by Qt's own referee."""

    def __init__(self, count: int = 0) -> None:
        super().__init__(count)
        self.model = GalleryModel(self.personas, self.jobs, self.sync, self.hub, self.scope)
        self.referee = QAbstractItemModelTester(
            self.model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )

    async def open(self, **remembered: str) -> GalleryModel:
        self.model.show_project(PROJECT, **remembered)
        await self.settle()
        return self.model

    def names(self) -> list[str]:
        rows = [self.model.loaded(row) for row in range(self.model.size)]
        return [row.name if row else "…" for row in rows]

    async def close(self) -> None:
        self.model.close()
        await super().close()


@pytest_asyncio.fixture
async def make(qapp):
    rooms = []

    async def build(count: int = 0) -> Room:
        rooms.append(Room(count))
        return rooms[-1]

    yield build
    for room in rooms:
        await room.close()


async def test_a_project_shows_its_cards_and_counts(make):
    room = await make(12)
    room.personas.put(person(3, status="failed"))
    model = await room.open()
    assert (model.size, model.total, model.rowCount()) == (12, 12, 12)
    assert model.chip_count("failed") == 1
    assert model.chip_count("ready") == 11
    assert room.names()[:2] == ["Person 000", "Person 001"]


async def test_search_and_chips_narrow_rows_and_counts(make):
    room = await make(30)
    room.personas.put(person(11, status="failed"))
    model = await room.open()
    model.search("  person 01 ")
    await room.settle()
    assert model.size == 10
    assert model.chip_count("failed") == 1
    model.choose_chip("failed")
    await room.settle()
    assert room.names() == ["Person 011"]
    assert (model.total, model.is_narrowed) == (30, True)
    model.clear_filters()
    await room.settle()
    assert (model.size, model.is_narrowed) == (30, False)


async def test_the_first_hits_are_there_before_all_of_them_are_counted(make):
    room = await make(200)
    model = await room.open()
    seen: list[tuple[str, int]] = []
    model.modelReset.connect(lambda: seen.append(("hits", model.size)))
    model.counts_changed.connect(lambda: seen.append(("counted", model.size)))
    model.search("person")
    await room.settle()
    assert seen == [("hits", 60), ("counted", 200)]
    assert [model.row_at(row) is not None for row in (0, 59)] == [True, True]


async def test_remembered_chip_and_order_are_used_and_unknown_ones_are_not(make):
    room = await make(5)
    room.personas.put(person(2, status="failed"))
    model = await room.open(status="failed", sort="oldest")
    assert (room.names(), model.query.sort) == (["Person 002"], "oldest")
    other = await make(5)
    model = await other.open(status="nonsense", sort="nonsense")
    assert (model.size, model.query.sort) == (5, "newest")


async def test_only_pages_near_the_eye_are_read(make):
    room = await make(40 * PAGE)
    model = await room.open()
    room.personas.pages_read.clear()
    model.look_at(20 * PAGE, 20 * PAGE + 10)
    assert model.row_at(20 * PAGE) is None
    await room.settle()
    assert model.row_at(20 * PAGE).name == "Person 1200"
    assert {offset // PAGE for offset in room.personas.pages_read} == {19, 20, 21}


async def test_asking_for_text_of_far_rows_reads_nothing(make):
    room = await make(20 * PAGE)
    model = await room.open()
    room.personas.pages_read.clear()
    for row in range(model.rowCount()):
        model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole)
    await room.settle()
    assert room.personas.pages_read == []


async def test_a_view_keeps_its_card_when_rows_come_above_and_go(make):
    room = await make(10)
    model = await room.open()
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(model.index(4), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    other = QPersistentModelIndex(model.index(7))
    room.personas.put(person(900), at=0)
    room.personas.put(person(901), at=0)
    await room.settle()
    assert model.size == 12
    assert [model.id_at(i.row()) for i in selection.selectedIndexes()] == ["inf_004"]
    assert model.id_at(other.row()) == "inf_007"
    for number in (900, 901, 0, 7):
        room.personas.remove(f"inf_{number:03}")
    await room.settle()
    assert model.size == 8
    assert model.id_at(selection.currentIndex().row()) == "inf_004"
    assert not other.isValid()


async def test_a_held_influencer_is_found_wherever_it_goes(make):
    room = await make(5 * PAGE)
    model = await room.open()
    told = []
    model.located.connect(told.append)
    model.hold(f"inf_{4 * PAGE + 3}")
    await room.settle()
    assert told == [f"inf_{4 * PAGE + 3}"]
    assert model.held_place == 4 * PAGE + 3
    model.choose_sort("oldest")
    await room.settle()
    assert model.held_place == PAGE - 4
    assert model.id_at(model.held_place) == f"inf_{4 * PAGE + 3}"


async def test_one_that_does_not_exist_yet_is_told_when_it_comes(make):
    room = await make(3)
    model = await room.open()
    told = []
    model.located.connect(told.append)
    model.hold("inf_700")
    await room.settle()
    assert told == []
    room.personas.put(person(700), at=0)
    await room.settle()
    assert (told, model.held_place) == (["inf_700"], 0)


async def test_left_out_by_a_filter_is_not_gone_but_deleted_is(make):
    room = await make(6)
    model = await room.open()
    model.hold("inf_002")
    model.search("Person 004")
    await room.settle()
    assert (model.held_place, model.held_is_gone) == (-1, False)
    model.clear_filters()
    await room.settle()
    assert model.held_place == 2
    room.personas.remove("inf_002")
    await room.settle()
    assert (model.held_place, model.held_is_gone) == (-1, True)


async def test_a_change_during_a_slow_load_is_not_missed(make):
    room = await make(2)
    room.personas.gate = asyncio.Event()
    room.model.show_project(PROJECT)
    await asyncio.sleep(0.01)
    room.personas.put(person(50), at=0)
    await asyncio.sleep(0.01)
    room.personas.gate.set()
    await room.settle()
    assert room.names() == ["Person 050", "Person 000", "Person 001"]


async def test_a_storm_of_changes_does_not_keep_the_screen_old(make):
    room = await make(1)
    model = await room.open()
    seen = []
    model.refreshed.connect(seen.append)
    for number in range(200):
        room.personas.put(person(100 + number), at=0)
        if number % 5 == 0:
            await asyncio.sleep(0)
    assert seen, "nothing was refreshed while changes kept coming"
    await room.settle()
    assert model.size == 201
    assert len(seen) < 100


async def test_cards_of_another_project_do_not_stay_while_the_store_is_slow(make):
    room = await make(8)
    model = await room.open()
    room.personas.gate = asyncio.Event()
    model.show_project("prj_other")
    assert model.size == 8
    await room.until(lambda: model.size == 0)
    assert model.empty == "loading"
    room.personas.gate.set()
    await room.settle()
    assert model.empty == "nothing_yet"


async def test_empties_say_different_things(make):
    room = await make(0)
    assert room.model.empty == "loading"
    room.model.show_project("")
    assert room.model.empty == "no_project"
    model = await room.open()
    assert model.empty == "nothing_yet"
    room.sync.become(contact="offline", reason="The server cannot be reached.")
    assert (model.empty, model.failure) == ("offline", "The server cannot be reached.")
    room.sync.become(contact="sign_in")
    assert model.empty == "sign_in"
    room.sync.become(contact="connecting")
    assert model.empty == "loading"
    room.sync.become(contact="online")
    model.search("x")
    await room.settle()
    assert model.empty == "no_match"
    model.clear_filters()
    model.show_view("drafts")
    await room.settle()
    assert model.empty == "view_empty"


async def test_a_store_that_fails_says_so_and_can_be_tried_again(make):
    room = await make(4)
    room.personas.refusal = TryLater("The disk is full.", next_step="Make room.")
    model = await room.open()
    assert (model.empty, model.failure) == ("failed", "The disk is full. Make room.")
    assert [notice.sentence for notice in room.notices] == ["The disk is full."]
    room.personas.refusal = None
    model.try_again()
    await room.settle()
    assert (model.empty, model.size, room.sync.asked) == ("", 4, 1)


async def test_a_page_that_fails_is_told_once_not_at_every_paint(make):
    room = await make(4 * PAGE)
    model = await room.open()
    room.personas.refusal = TryLater("The disk is full.")
    model.look_at(PAGE, PAGE + 5)
    for _ in range(5):
        assert model.row_at(PAGE) is None
        await room.settle()
    told = len(room.notices)
    assert 0 < told <= 3
    room.personas.refusal = None
    room.personas.put(person(1, tagline="new"))
    await room.settle()
    assert model.row_at(PAGE).id == f"inf_{PAGE:03}"


async def test_progress_changes_the_card_of_its_influencer_alone(make):
    room = await make(10)
    model = await room.open()
    changed = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    room.jobs.move("inf_006", 0.62)
    await room.settle()
    assert (model.progress_of("inf_006"), changed) == (0.62, [(6, 6)])
    room.jobs.end("inf_006")
    await room.settle()
    assert (model.progress_of("inf_006"), changed) == (None, [(6, 6), (6, 6)])


@pytest.mark.parametrize(
    ("values", "spoken"),
    [
        ({"name": "Nova (B)", "unsent": 2}, "Nova (B), ready, 2 unsent edits"),
        ({"name": "Kai", "unsent": 1, "status": "draft"}, "Kai, draft, 1 unsent edit"),
        ({"name": "Lena", "blocked": True}, "Lena, needs attention"),
        ({"name": ""}, "Unnamed, ready"),
    ],
)
async def test_a_card_is_spoken(make, values, spoken):
    room = await make(0)
    room.personas.put(person(1, **values))
    model = await room.open()
    assert model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole) == spoken


async def test_a_render_is_spoken_with_its_progress(make):
    room = await make(0)
    room.personas.put(person(1, name="Nova (B)", status="training"))
    room.jobs.move("inf_001", 0.62)
    model = await room.open()
    text = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Nova (B), rendering, 62 percent"


async def test_names_are_found_by_their_beginning_around_the_end(make):
    room = await make(0)
    for number, name in enumerate(("Ava", "Nova", "Noor", "Kai")):
        room.personas.put(person(number, name=name))
    model = await room.open()
    assert model.find_name("no", 0) == 1
    assert model.find_name("no", 2) == 2
    assert model.find_name("NO", 3) == 1
    assert model.find_name("x", 0) == -1
