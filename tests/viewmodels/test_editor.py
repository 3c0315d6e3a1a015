"""The editor's promises, without a window: nothing typed is lost, nothing is sent unasked."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from studio.core.errors import Bug, FixInput
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.events import Notice
from studio.viewmodels.editor import EditorViewModel

HUMOR = "personality.humor"
TRAITS = "personality.traits"
PHRASES = "personality.catchphrases"


def _load(name: str):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _load("editor_world")
until = w.until


class Room:
    """An editor with everything it needs."""

    def __init__(self, scope: TaskScope) -> None:
        self.hub = EventHub()
        self.desk = w.Desk(self.hub)
        self.contact = w.Contact(self.hub)
        self.clock = w.HandClock()
        self.editor = EditorViewModel(self.desk, self.contact, self.hub, scope, clock=self.clock)
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)
        self.desk.add(w.nova(), w.ava())

    async def open(self, influencer_id: str = "inf_nova") -> EditorViewModel:
        self.editor.open(influencer_id)
        await until(lambda: self.editor.influencer_id == influencer_id)
        return self.editor

    def draft(self, influencer_id: str = "inf_nova") -> dict[str, object]:
        return {path: one.value for path, one in self.desk.drafts.get(influencer_id, {}).items()}

    def type(self, path: str, text: str) -> None:
        for end in range(1, len(text) + 1):
            self.editor.set_value(path, text[:end])


@pytest_asyncio.fixture
async def room(qapp):
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    made = Room(scope)
    yield made
    made.desk.edit_error = None
    for gate in (made.desk.edit_gate, made.desk.show_gate, made.desk.publish_gate):
        if gate is not None:
            gate.set()
    await made.editor.close()
    await scope.close()
    assert not errors, errors


async def test_opening_reads_every_field_and_changes_nothing(room):
    editor = await room.open()
    assert editor.value(HUMOR) == "deadpan"
    assert editor.value(TRAITS) == ("earnest", "thorough")
    assert editor.changes == ()
    assert editor.save_state.kind == "published"
    assert not editor.publish_action.isEnabled()
    assert ("freshen", "inf_nova") in room.desk.log
    assert not [entry for entry in room.desk.log if entry[0] == "edit"]


async def test_typing_is_shown_at_once_and_durable_a_moment_later(room):
    editor = await room.open()
    room.type(HUMOR, "dry")
    assert editor.value(HUMOR) == "dry"
    assert editor.mark(HUMOR).old == "deadpan"
    assert editor.unsent == 1
    await until(lambda: room.draft() == {HUMOR: "dry"})
    assert editor.save_state.sentence == "1 unpublished · saved locally"
    assert not [entry for entry in room.desk.log if entry[0] == "publish"]


async def test_writes_never_overtake_each_other(room):
    editor = await room.open()
    room.desk.edit_gate = asyncio.Event()
    room.type(HUMOR, "dry")
    await asyncio.sleep(0)
    room.type(HUMOR, "dry-witty")
    editor.set_value("personality.tone", "warm")
    room.desk.edit_gate.set()
    await until(lambda: room.draft() == {HUMOR: "dry-witty", "personality.tone": "warm"})
    written = [values for name, values in room.desk.log if name == "edit"]
    texts = [values[HUMOR] for values in written if HUMOR in values]
    assert texts[-1] == "dry-witty"
    assert texts == sorted(texts, key=len)


async def test_a_slow_write_is_not_called_saved(room):
    editor = await room.open()
    room.desk.edit_gate = asyncio.Event()
    editor.set_value(HUMOR, "dry")
    await until(lambda: editor.save_state.kind == "saving")
    assert "saved locally" not in editor.save_state.sentence
    room.desk.edit_gate.set()
    await until(lambda: editor.save_state.kind == "unpublished")


async def test_text_that_cannot_be_saved_stays_and_is_saved_later(room):
    editor = await room.open()
    room.desk.edit_error = Bug("The disk is full.", next_step="Make room on it.")
    editor.set_value(HUMOR, "dry")
    await until(lambda: editor.save_state.kind == "not_saved")
    assert editor.save_state.sentence == "Could not save on this computer"
    assert "The disk is full." in editor.save_state.detail
    assert editor.value(HUMOR) == "dry"
    await room.open("inf_ava")
    await room.open("inf_nova")
    assert editor.value(HUMOR) == "dry"
    room.desk.edit_error = None
    editor.save_again()
    await until(lambda: room.draft() == {HUMOR: "dry"})
    assert editor.save_state.kind == "unpublished"


async def test_a_word_typed_is_one_step_and_a_pause_begins_another(room):
    editor = await room.open()
    room.type(HUMOR, "dry")
    room.clock.seconds += 2
    editor.set_value(HUMOR, "dry-w")
    editor.set_value(HUMOR, "dry-witty")
    assert editor.undo_action.text() == "Undo Change humor"
    editor.undo_action.trigger()
    assert editor.value(HUMOR) == "dry"
    editor.undo_action.trigger()
    assert editor.value(HUMOR) == "deadpan"
    assert not editor.undo_action.isEnabled()
    assert editor.redo_action.text() == "Redo Change humor"
    await until(lambda: room.draft() == {})


async def test_leaving_a_field_ends_the_step(room):
    editor = await room.open()
    editor.enter_field(HUMOR)
    room.type(HUMOR, "dry")
    editor.leave_field(HUMOR)
    editor.enter_field(HUMOR)
    editor.set_value(HUMOR, "dryer")
    editor.undo_action.trigger()
    assert editor.value(HUMOR) == "dry"


async def test_ten_undos_return_the_opening_state_and_ten_redos_the_last(room):
    editor = await room.open()
    opening = {path: editor.value(path) for path in w.nova().__slots__ if path == "name"}
    steps = (
        ("name", "Nova Reyes"),
        (HUMOR, "dry-witty"),
        (TRAITS, ("earnest", "thorough", "bold")),
        (TRAITS, ("thorough", "bold")),
        (TRAITS, ("bold", "thorough")),
        (PHRASES, ("Ship it.", "Not on the list, not real.")),
        ("gender", "female"),
        ("age_range", "35-44"),
        ("voice_description", "Warm."),
        ("style", None),
    )
    opening = {path: editor.value(path) for path, _ in steps}
    for path, value in steps:
        editor.set_value(path, value)
        editor.leave_field(path)
    last = {path: editor.value(path) for path, _ in steps}
    for _ in range(10):
        editor.undo_action.trigger()
    assert {path: editor.value(path) for path, _ in steps} == opening
    assert not editor.undo_action.isEnabled()
    assert editor.changes == ()
    await until(lambda: room.draft() == {})
    for _ in range(10):
        editor.redo_action.trigger()
    assert {path: editor.value(path) for path, _ in steps} == last
    await until(lambda: set(room.draft()) == set(last))


async def test_each_influencer_has_its_own_undo(room):
    editor = await room.open()
    editor.set_value(HUMOR, "dry")
    await room.open("inf_ava")
    assert not editor.undo_action.isEnabled()
    await room.open("inf_nova")
    editor.undo_action.trigger()
    assert editor.value(HUMOR) == "deadpan"


async def test_revert_and_discard_can_be_undone(room):
    editor = await room.open()
    editor.set_value(HUMOR, "dry")
    editor.set_value("personality.tone", "warm")
    editor.revert(HUMOR)
    assert editor.mark(HUMOR) is None
    assert editor.undo_action.text() == "Undo Revert humor"
    editor.undo_action.trigger()
    assert editor.value(HUMOR) == "dry"
    editor.discard()
    assert editor.changes == ()
    await until(lambda: room.draft() == {})
    assert editor.undo_action.text() == "Undo Discard changes"
    editor.undo_action.trigger()
    await until(lambda: room.draft() == {HUMOR: "dry", "personality.tone": "warm"})


async def test_an_incoming_change_reaches_only_fields_nobody_works_on(room):
    editor = await room.open()
    editor.set_value("personality.tone", "warm")
    editor.enter_field(HUMOR)
    theirs = replace(
        w.nova(),
        style="new style",
        personality=replace(w.nova().personality, tone="formal", humor="slapstick"),
    )
    room.desk.put(theirs)
    await until(lambda: editor.value("style") == "new style")
    assert editor.value("personality.tone") == "warm"
    assert editor.value(HUMOR) == "deadpan"
    assert editor.incoming(HUMOR).new == "slapstick"
    editor.leave_field(HUMOR)
    assert editor.value(HUMOR) == "slapstick"
    assert editor.mark(HUMOR) is None


async def test_typing_over_an_incoming_change_is_a_draft(room):
    editor = await room.open()
    editor.enter_field(HUMOR)
    room.desk.put(replace(w.nova(), personality=replace(w.nova().personality, humor="slapstick")))
    await until(lambda: editor.incoming(HUMOR) is not None)
    editor.set_value(HUMOR, "deadpan!")
    assert editor.incoming(HUMOR) is None
    assert editor.mark(HUMOR).old == "slapstick"
    editor.leave_field(HUMOR)
    assert editor.value(HUMOR) == "deadpan!"


async def test_what_is_typed_while_the_record_is_read_is_kept(room):
    editor = await room.open()
    room.desk.show_gate = asyncio.Event()
    room.desk.put(replace(w.nova(), style="new style"))
    await asyncio.sleep(0.01)
    room.type(HUMOR, "dry")
    await until(lambda: room.draft() == {HUMOR: "dry"})
    room.desk.show_gate.set()
    await until(lambda: editor.value("style") == "new style")
    assert editor.value(HUMOR) == "dry"


async def test_a_name_too_long_is_flagged_while_typing_and_cannot_be_published(room):
    editor = await room.open()
    editor.set_value("name", "N" * 129)
    assert editor.problem("name").startswith("Name has 129 characters")
    assert editor.publish_blocker == editor.problem("name")
    assert not editor.publish_action.isEnabled()
    editor.publish()
    editor.set_value("name", "N" * 128)
    assert editor.problem("name") == ""
    assert editor.publish_action.isEnabled()
    assert not [entry for entry in room.desk.log if entry[0] == "publish"]


async def test_publish_sends_once_however_often_it_is_asked(room):
    editor = await room.open()
    room.type(HUMOR, "dry-witty")
    room.desk.publish_gate = asyncio.Event()
    editor.publish()
    editor.publish()
    await until(lambda: ("publish", "inf_nova") in room.desk.log)
    editor.publish()
    room.desk.publish_gate.set()
    await until(lambda: editor.save_state.kind == "waiting")
    editor.publish()
    await asyncio.sleep(0.01)
    assert room.desk.log.count(("publish", "inf_nova")) == 1
    assert room.desk.outbox["inf_nova"][0].mutation.fields[HUMOR].value == "dry-witty"
    assert editor.save_state.sentence == "Waiting to be sent"
    room.desk.sent("inf_nova")
    await until(lambda: editor.save_state.sentence == "All changes published")
    assert editor.value(HUMOR) == "dry-witty"


async def test_publish_waits_until_the_last_key_is_durable(room):
    editor = await room.open()
    room.desk.edit_gate = asyncio.Event()
    room.type(HUMOR, "dry-witty")
    editor.publish()
    await asyncio.sleep(0.01)
    assert ("publish", "inf_nova") not in room.desk.log
    room.desk.edit_gate.set()
    await until(lambda: "inf_nova" in room.desk.outbox)
    assert room.desk.outbox["inf_nova"][0].mutation.fields[HUMOR].value == "dry-witty"


async def test_a_problem_found_on_publishing_lands_on_its_field(room):
    editor = await room.open()
    editor.set_value("age_range", "thirty")
    room.desk.publish_error = FixInput("Age range must be two numbers.", field="ageRange")
    editor.publish()
    await until(lambda: editor.problem("age_range"))
    assert "two numbers" in editor.problem("age_range")
    assert editor.value("age_range") == "thirty"
    editor.set_value("age_range", "30-39")
    assert editor.problem("age_range") == ""


async def test_the_servers_refusal_lands_on_its_field_and_can_be_taken_back(room):
    editor = await room.open()
    editor.set_value("personality.speaking_style", "shouting")
    editor.publish()
    await until(lambda: editor.save_state.kind == "waiting")
    room.desk.refuse("inf_nova", "This style is not allowed.", "personality.speakingStyle")
    await until(lambda: editor.save_state.kind == "refused")
    assert editor.problem("personality.speaking_style") == "This style is not allowed."
    assert "“Speaking style”" in editor.save_state.detail
    editor.take_back()
    await until(lambda: editor.unsent == 1)
    assert editor.value("personality.speaking_style") == "shouting"
    assert editor.save_state.kind == "unpublished"


async def test_send_again_sends_what_was_refused(room):
    editor = await room.open()
    editor.set_value(HUMOR, "dry")
    editor.publish()
    await until(lambda: editor.save_state.kind == "waiting")
    room.desk.refuse("inf_nova", "Not now.")
    await until(lambda: editor.save_state.kind == "refused")
    editor.send_again()
    await until(lambda: editor.save_state.kind == "waiting")


async def test_details_that_are_not_here_yet_cannot_be_edited(room):
    room.desk.add(replace(w.nova(), detailed=False, personality=w.Personality()))
    editor = await room.open()
    assert not editor.editable
    assert editor.note == "Details are being read."
    editor.set_value(HUMOR, "dry")
    assert editor.changes == ()
    room.contact.become("offline")
    assert "can be reached" in editor.note
    room.desk.put(w.nova())
    await until(lambda: editor.editable)
    assert editor.value(HUMOR) == "deadpan"
    assert editor.note == ""


async def test_an_influencer_that_is_gone_is_said_so(room):
    editor = await room.open()
    del room.desk.people["inf_nova"]
    room.desk.tell("inf_nova")
    await until(lambda: editor.phase == "gone")
    assert editor.influencer is None


async def test_a_slow_read_shows_loading_and_a_quick_one_does_not(room):
    editor = await room.open()
    phases: list[str] = []
    editor.opened.connect(lambda: phases.append(editor.phase))
    await room.open("inf_ava")
    assert phases == ["open"]
    room.desk.show_gate = asyncio.Event()
    editor.open("inf_nova")
    assert editor.influencer_id == "inf_ava"
    await until(lambda: editor.phase == "loading")
    room.desk.show_gate.set()
    await until(lambda: editor.influencer_id == "inf_nova")


async def test_closing_the_current_one_keeps_its_draft(room):
    editor = await room.open()
    room.type(HUMOR, "dry")
    editor.close_current()
    await until(lambda: editor.phase == "empty")
    await until(lambda: room.draft() == {HUMOR: "dry"})
    await room.open()
    assert editor.value(HUMOR) == "dry"
    assert editor.unsent == 1


async def test_closing_the_editor_writes_what_was_typed(qapp):
    scope = TaskScope("test")
    room = Room(scope)
    await room.open()
    room.type(HUMOR, "dry")
    await room.editor.close()
    assert room.draft() == {HUMOR: "dry"}
    await scope.close()


async def test_variants_follow(room):
    editor = await room.open()
    assert editor.variants == ()
    room.desk.sources["inf_ava"] = "inf_nova"
    room.desk.tell("inf_ava")
    await until(lambda: editor.variants)
    assert editor.variants[0].name == "Ava Chen"


async def test_a_cleared_field_is_no_text_and_a_cleared_name_is_a_problem(room):
    editor = await room.open()
    editor.set_value("style", "")
    assert editor.value("style") is None
    editor.set_value("name", "")
    assert editor.problem("name") == "A name is needed."


async def test_wishes_carry_the_id(room):
    editor = await room.open()
    heard: list[tuple[str, str]] = []
    editor.clone_requested.connect(lambda found: heard.append(("clone", found)))
    editor.quick_clone_requested.connect(lambda found: heard.append(("quick", found)))
    editor.delete_requested.connect(lambda found: heard.append(("delete", found)))
    editor.request_clone()
    editor.request_quick_clone()
    editor.request_delete()
    assert heard == [("clone", "inf_nova"), ("quick", "inf_nova"), ("delete", "inf_nova")]
