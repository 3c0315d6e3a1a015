"""What a person does with the outbox: hold, let go, take out, send now, change, undo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import ChangeStateFirst, FixInput, TryLater
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.domain.upload import Upload
from studio.store import (
    drafts,
    history,
    outbox,
    outbox_control,
    outbox_view,
    projections,
    uploads,
)

REFUSED = FixInput("Too long.", code="VALIDATION", field="name", request_id="req_1")
LATER = TryLater("Busy.", code="INTERNAL")


def rows(store):
    return store.ask(outbox_view.rows, store.clock.now())


def row(store, row_id):
    return next(each for each in rows(store) if each.id == row_id)


def kinds(found):
    return [each.kind for each in found.why]


# ---- looking


def test_every_row_says_what_whose_and_which_fields(store):
    store.know(store.person(1, "Nova", tone="warm"), store.person(2, "Ava"))
    store.publish("M1", personality__tone="cool", vibe="calm")
    store.clone("M2", "inf_copy", "inf_002", vibe="loud")
    store.delete("M3", "inf_002")
    first, second, third = rows(store)
    assert (first.kind, first.name, first.paths) == ("patch", "Nova", ("personality.tone", "vibe"))
    assert (second.kind, second.name, second.source_name) == ("clone", "Copy", "Ava")
    assert (third.kind, third.name, kinds(third)) == ("delete", "Ava", ["clones"])
    assert first.why == ()


def test_a_clone_of_what_is_not_made_yet_waits_for_its_creation_and_is_listed_after_it(store):
    store.create("M1", "inf_new", name="Juno")
    store.clone("M2", "inf_copy", "inf_new")
    store.do(outbox.enqueue, Bind("M3", store.project, "inf_copy", ("med_1",)))
    assert [each.id for each in rows(store)] == ["M1", "M2", "M3"]
    (reason,) = row(store, "M2").why
    assert (reason.kind, reason.row_id, reason.name) == ("creation", "M1", "Juno")
    assert [(each.kind, each.row_id) for each in row(store, "M3").why] == [("creation", "M2")]


def test_a_clone_of_an_unpublished_draft_says_so(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    store.clone("M1", "inf_copy", "inf_new")
    (reason,) = row(store, "M1").why
    assert (reason.kind, reason.name) == ("unpublished", "Juno")


def test_images_on_their_way_are_rows_and_their_bind_waits_for_them(store):
    store.know(store.person(1, "Nova"))
    for number in (1, 2, 3):
        store.do(
            uploads.put,
            Upload(f"u{number}", store.project, "inf_001", f"look{number}.png", "waiting", size=10),
        )
    found = rows(store)
    assert [each.kind for each in found] == ["upload", "upload", "upload", "bind"]
    assert found[0].filename == "look1.png"
    assert (found[3].images, found[3].why[-1].kind, found[3].why[-1].count) == (3, "uploads", 3)
    assert not found[3].can_hold
    assert not found[3].can_remove
    store.do(uploads.set_state, "u1", "uploading")
    store.do(uploads.set_sent, "u1", 5)
    assert row(store, "u1").progress == 0.5


def test_a_time_the_server_asked_for_is_told_apart_from_our_own(store):
    store.know(store.person(1), store.person(2))
    store.publish("M1", vibe="one")
    store.publish("M2", "inf_002", vibe="two")
    at = store.clock.now() + timedelta(seconds=90)
    store.claim()
    store.do(outbox.fail, "M1", at, TryLater("No more calls.", code="RATE_LIMITED"))
    store.claim()
    store.do(outbox.fail, "M2", at, LATER)
    assert [(each.kind, each.at) for each in row(store, "M1").why] == [("asked", at)]
    assert kinds(row(store, "M2")) == ["time"]
    assert row(store, "M2").reason == "Busy."
    store.clock.forward(120)
    assert row(store, "M1").why == ()


def test_a_held_image_is_a_held_row_and_the_bind_does_not_wait_for_it(store):
    store.know(store.person(1, "Nova"))
    for number in (1, 2):
        store.do(
            uploads.put, Upload(f"u{number}", store.project, "inf_001", "a.png", "waiting", size=9)
        )
    assert store.do(uploads.hold, "u1") is not None
    first, second, bind = rows(store)
    assert (first.state, kinds(first)) == ("held", ["held"])
    assert first.can_release
    assert not first.can_hold
    assert second.state == "waiting"
    assert bind.images == 1
    assert [each.id for each in store.ask(uploads.unfinished)] == ["u2"]
    store.do(uploads.hold, "u2")
    assert [each.kind for each in rows(store)] == ["upload", "upload"]
    store.do(uploads.release, "u1")
    assert [each.id for each in store.ask(uploads.unfinished)] == ["u1"]


# ---- holding


def test_a_held_row_is_not_sent_until_it_is_released_even_after_a_restart(store):
    store.know(store.person(1), store.person(2))
    store.publish("M1", vibe="one")
    store.publish("M2", "inf_002", vibe="two")
    store.do(outbox_control.hold, "M1")
    store.reopen()
    assert row(store, "M1").state == "held"
    assert kinds(row(store, "M1")) == ["held"]
    assert store.claim() == "M2"
    assert store.claim() is None
    store.do(outbox_control.release, "M1")
    assert store.claim() == "M1"


def test_what_comes_after_a_held_row_waits_for_it(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    store.do(outbox.enqueue, Bind("M2", store.project, "inf_001", ("med_1",)))
    store.do(outbox_control.hold, "M1")
    assert store.claim() is None
    assert [(each.kind, each.row_id) for each in row(store, "M2").why] == [("earlier", "M1")]


def test_what_is_being_sent_cannot_be_held_or_removed(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    store.claim()
    for doing in (outbox_control.hold, outbox_control.remove, outbox_control.send_now):
        with pytest.raises(ChangeStateFirst, match="being sent"):
            store.do(doing, "M1")
    assert row(store, "M1").state == "sending"


def test_all_can_be_held_and_released_at_once(store):
    store.know(*(store.person(number) for number in (1, 2, 3)))
    for number in (1, 2, 3):
        store.publish(f"M{number}", f"inf_00{number}", vibe="x")
    store.claim()
    held = store.do(outbox_control.hold_all)
    assert {each[1] for each in held} == {"inf_002", "inf_003"}
    assert [each.state for each in rows(store)] == ["sending", "held", "held"]
    assert store.claim() is None
    store.do(outbox_control.release_all)
    assert store.claim() == "M2"


# ---- taking out


def test_a_removed_publish_is_a_draft_again(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    store.do(outbox_control.remove, "M1")
    assert store.queue() == []
    shown = store.ask(projections.show, "inf_001")
    assert shown.influencer.personality.tone == "cool"
    assert [(each.old, each.new) for each in shown.changes] == [("warm", "cool")]


def test_a_later_publish_of_the_same_field_goes_back_too_and_the_newest_words_stay(store):
    store.know(store.person(1, tone="warm", vibe="one"))
    store.publish("M1", personality__tone="cool")
    store.claim()
    store.publish("M2", personality__tone="cold")
    store.do(outbox.fail, "M1", store.clock.now(), LATER)
    gone = store.do(outbox_control.remove, "M1")
    assert [each.id for each in gone] == ["M2", "M1"]
    shown = store.ask(projections.show, "inf_001")
    assert [(each.old, each.new) for each in shown.changes] == [("warm", "cold")]


def test_a_later_publish_of_another_field_stays(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    store.claim()
    store.publish("M2", vibe="calm")
    store.do(outbox.fail, "M1", store.clock.now(), LATER)
    store.do(outbox_control.remove, "M1")
    assert store.queue() == ["M2"]


def test_a_removed_creation_takes_along_what_cannot_be_without_it_and_loses_no_text(store):
    store.create("M1", "inf_new", name="Juno", vibe="calm")
    store.claim()
    store.publish("M2", "inf_new", style="workwear")
    store.clone("M3", "inf_copy", "inf_new")
    store.do(outbox.fail, "M1", store.clock.now(), LATER)
    gone = store.do(outbox_control.remove, "M1")
    assert [each.id for each in gone] == ["M3", "M2", "M1"]
    draft = store.ask(drafts.get, "inf_new")
    assert draft.is_new
    assert {path: entry.value for path, entry in draft.fields.items()} == {
        "name": "Juno",
        "vibe": "calm",
        "style": "workwear",
    }
    assert store.ask(projections.show, "inf_copy") is None


def test_a_removed_deletion_leaves_the_influencer_as_it_was(store):
    store.know(store.person(1))
    store.delete("M1", "inf_001")
    store.do(outbox_control.remove, "M1")
    assert not store.ask(projections.show, "inf_001").deleting


def test_images_of_a_removed_bind_are_still_here(store):
    store.know(store.person(1))
    image = Upload("u1", store.project, "inf_001", "a.png", "binding", asset_id="med_1")
    store.do(uploads.put, image)
    store.do(outbox.enqueue, Bind("M1", store.project, "inf_001", ("med_1",)))
    store.do(outbox_control.remove, "M1")
    (left,) = store.ask(uploads.of_influencer, "inf_001")
    assert left.state == "not_found"


def test_what_is_no_longer_there_says_so(store):
    with pytest.raises(ChangeStateFirst, match="no longer"):
        store.do(outbox_control.hold, "M9")


# ---- send now


def test_send_now_hurries_a_row_and_what_it_waits_for(store):
    store.create("M1", "inf_new", name="Juno")
    store.clone("M2", "inf_copy", "inf_new")
    store.claim()
    store.do(outbox.fail, "M1", store.clock.now() + timedelta(hours=1), LATER)
    assert store.claim() is None
    store.do(outbox_control.send_now, "M2")
    assert store.claim() == "M1"


def test_send_now_lets_a_held_row_go_but_not_what_else_is_held(store):
    store.create("M1", "inf_new", name="Juno")
    store.clone("M2", "inf_copy", "inf_new")
    store.do(outbox_control.hold_all)
    with pytest.raises(ChangeStateFirst, match="Juno that you hold back"):
        store.do(outbox_control.send_now, "M2")
    assert [each.state for each in rows(store)] == ["held", "held"]
    store.do(outbox_control.send_now, "M1")
    assert store.claim() == "M1"


def test_a_refused_row_goes_again_as_a_new_request(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    store.claim()
    store.do(outbox.block, "M1", REFUSED)
    found = row(store, "M1")
    assert (found.state, kinds(found), found.reason_field) == ("blocked", ["refused"], "name")
    store.do(outbox_control.send_now, "M1")
    (again,) = store.queue()
    assert again != "M1"
    assert store.claim() == again


def test_a_conflict_is_settled_by_a_choice_not_by_sending_again(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    store.claim()
    store.know(store.person(1, vibe="two"))
    store.do(outbox.block, "M1", ChangeStateFirst("Moved.", code=outbox.CHANGED_ON_SERVER))
    found = row(store, "M1")
    assert found.needs_choice
    assert not found.can_send
    with pytest.raises(ChangeStateFirst, match="two places"):
        store.do(outbox_control.send_now, "M1")


def test_send_all_leaves_held_and_refused_rows_alone(store):
    store.know(*(store.person(number) for number in (1, 2, 3)))
    far = store.clock.now() + timedelta(hours=1)
    for number in (1, 2, 3):
        store.publish(f"M{number}", f"inf_00{number}", vibe="x")
        store.claim()
    store.do(outbox.fail, "M1", far, LATER)
    store.do(outbox.fail, "M2", far, LATER)
    store.do(outbox.block, "M3", REFUSED)
    store.do(outbox_control.hold, "M2")
    store.do(outbox_control.send_all)
    assert store.claim() == "M1"
    assert store.claim() is None


def test_a_time_the_server_asked_for_is_kept(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    store.claim()
    far = store.clock.now() + timedelta(minutes=2)
    store.do(outbox.fail, "M1", far, TryLater("No more calls.", code="RATE_LIMITED"))
    assert not row(store, "M1").can_send
    store.do(outbox_control.send_all)
    store.do(outbox_control.send_now, "M1")
    assert store.claim() is None
    store.clock.forward(120)
    assert store.claim() == "M1"


# ---- changing a clone


def test_a_waiting_clone_takes_another_name_and_other_overrides_in_place(store):
    store.know(store.person(1, tone="warm"))
    store.clone("M1", "inf_copy", "inf_001", vibe="loud")
    store.do(outbox.enqueue, Bind("M2", store.project, "inf_copy", ("med_1",)))
    intent = store.ask(outbox_control.clone_intent, "M1")
    assert (intent.name, intent.overrides) == ("Copy", {"vibe": "loud"})
    fresh = store.do(outbox_control.change_clone, "M1", "Kai", {"personality.tone": "dry"})
    assert store.queue() == [fresh, "M2"]
    shown = store.ask(projections.show, "inf_copy")
    assert (shown.influencer.name, shown.influencer.personality.tone) == ("Kai", "dry")
    assert shown.influencer.vibe is None


def test_a_clone_the_server_may_have_is_not_asked_for_twice(store):
    store.know(store.person(1))
    store.clone("M1", "inf_copy", "inf_001")
    store.claim()
    store.do(outbox.fail, "M1", store.clock.now(), LATER)
    with pytest.raises(ChangeStateFirst, match="may have this clone"):
        store.do(outbox_control.change_clone, "M1", "Kai", {})
    assert store.queue() == ["M1"]


# ---- undoing what was sent


def sent(store, mutation_id, **values):
    store.publish(mutation_id, **values)
    store.claim()
    store.do(outbox.ack, mutation_id)
    now = store.ask(projections.show, "inf_001").influencer
    for path, value in values.items():
        now = now.with_value(path.replace("__", "."), value)
    store.know(now)


def test_an_undone_publish_puts_the_old_values_back_as_one_publish(store):
    store.know(store.person(1, tone="warm", vibe="one"))
    sent(store, "M1", personality__tone="cool", vibe="two")
    undo = store.do(outbox_control.undo_send, "M1", "inf_001")
    assert isinstance(undo, Patch)
    assert {path: (e.base, e.value) for path, e in undo.fields.items()} == {
        "personality.tone": ("cool", "warm"),
        "vibe": ("two", "one"),
    }
    assert store.queue() == [undo.id]
    assert store.ask(drafts.get, "inf_001") is None


def test_edits_typed_since_an_undone_publish_stay_and_stand_on_the_old_value(store):
    store.know(store.person(1, tone="warm"))
    sent(store, "M1", personality__tone="cool")
    store.edit(personality__tone="cold", vibe="calm")
    store.do(outbox_control.undo_send, "M1", "inf_001")
    draft = store.ask(drafts.get, "inf_001")
    assert {path: (e.base, e.value) for path, e in draft.fields.items()} == {
        "personality.tone": ("warm", "cold"),
        "vibe": (None, "calm"),
    }


def test_a_publish_that_still_waits_is_taken_back_instead(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    assert store.do(outbox_control.undo_send, "M1", "inf_001") is None
    assert store.queue() == []
    assert store.ask(projections.show, "inf_001").influencer.personality.tone == "cool"


def test_an_unknown_publish_cannot_be_undone(store):
    store.know(store.person(1, tone="warm"))
    with pytest.raises(ChangeStateFirst, match="nothing left"):
        store.do(outbox_control.undo_send, "M9", "inf_001")


def test_the_making_of_an_influencer_cannot_be_unsent(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    store.do(outbox.publish, "inf_new", "M1")
    store.claim()
    store.do(outbox.ack, "M1")
    with pytest.raises(ChangeStateFirst, match="new influencer"):
        store.do(outbox_control.undo_send, "M1", "inf_new")


def test_a_newer_publish_of_the_same_field_is_not_undone_along(store):
    store.know(store.person(1, tone="warm", vibe="one"))
    sent(store, "M1", personality__tone="cool", vibe="two")
    store.publish("M2", personality__tone="cold")
    store.do(outbox_control.undo_send, "M1", "inf_001")
    (row,) = store.ask(outbox.waiting)
    assert {path: e.value for path, e in row.mutation.fields.items()} == {
        "personality.tone": "cold",
        "vibe": "one",
    }


def test_two_publishes_of_a_field_are_undone_one_after_the_other(store):
    store.know(store.person(1, tone="warm"))
    sent(store, "M1", personality__tone="cool")
    sent(store, "M2", personality__tone="cold")
    store.do(outbox_control.undo_send, "M2", "inf_001")
    store.do(outbox_control.undo_send, "M1", "inf_001")
    (row,) = store.ask(outbox.waiting)
    assert {path: (e.base, e.value) for path, e in row.mutation.fields.items()} == {
        "personality.tone": ("cold", "warm")
    }


# ---- the reasons are the claim's own


def _steps():
    person = st.sampled_from(["inf_001", "inf_002", "inf_a", "inf_b"])
    number = st.integers(0, 8)
    return st.lists(
        st.one_of(
            st.tuples(st.just("patch"), person),
            st.tuples(st.just("bind"), person),
            st.tuples(st.just("delete"), person),
            st.tuples(st.just("clone"), person),
            st.tuples(st.just("create"), st.sampled_from(["inf_a", "inf_b"])),
            st.tuples(st.just("hold"), number),
            st.tuples(st.just("claim"), number),
            st.tuples(st.just("block"), number),
            st.tuples(st.just("fail"), number),
        ),
        max_size=14,
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps())
def test_a_row_without_a_reason_is_exactly_one_that_may_go(store, steps):
    _empty(store)
    for place, (kind, on) in enumerate(steps):
        _play(store, f"M{place}", kind, on)
    free = set()
    while True:
        without = [each.id for each in rows(store) if each.why == () and each.id not in free]
        claimed = store.claim()
        if claimed is None:
            assert without == []
            break
        assert claimed in without
        free.add(claimed)
    listed = [each.id for each in rows(store)]
    for each in rows(store):
        for reason in each.why:
            if reason.row_id:
                assert listed.index(reason.row_id) < listed.index(each.id)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps(), picks=st.lists(st.integers(0, 8), min_size=20, max_size=20))
def test_what_is_left_after_a_removal_still_makes_sense_and_all_can_be_removed(store, steps, picks):
    _empty(store)
    for place, (kind, on) in enumerate(steps):
        _play(store, f"M{place}", kind, on)
    typed = {
        (each.mutation.influencer_id, path, entry.value)
        for each in store.ask(outbox.waiting)
        if isinstance(each.mutation, Patch)
        for path, entry in each.mutation.fields.items()
    }
    for pick in picks:
        free = [each for each in rows(store) if each.can_remove]
        if not free:
            break
        try:
            store.do(outbox_control.remove, free[pick % len(free)].id)
        except ChangeStateFirst:
            # Something that depends on it is on its way.
            continue
        for left in rows(store):
            assert store.ask(projections.show, left.influencer_id) is not None
    kept = set()
    for owner in {owner for owner, _, _ in typed}:
        kept |= {(owner, each.path, each.new) for each in store.ask(history.of_influencer, owner)}
        kept |= {(owner, each.path, each.old) for each in store.ask(history.of_influencer, owner)}
    assert typed <= kept


def _empty(store):
    def wipe(conn):
        for table in ("outbox", "draft", "card", "card_text", "persona", "lineage", "history"):
            conn.run(f"DELETE FROM {table}")

    store.do(wipe)
    store.know(store.person(1), store.person(2))


def _play(store, mutation_id, kind, on):
    project = store.project
    match kind:
        case "patch" | "bind" | "delete" | "clone" | "create":
            if store.ask(projections.show, on) is None and kind != "create":
                return
            made = {
                "bind": lambda: Bind(mutation_id, project, on, ("med",)),
                "delete": lambda: Delete(mutation_id, project, on, ""),
                "clone": lambda: Clone(mutation_id, project, f"inf_{mutation_id}", on, "C", {}),
                "create": lambda: Create(mutation_id, project, on, {"name": "N"}),
            }
            try:
                if kind == "patch":
                    store.publish(mutation_id, on, vibe=mutation_id)
                elif kind != "create" or store.ask(projections.show, on) is None:
                    store.do(outbox.enqueue, made[kind]())
            except ChangeStateFirst:
                return
        case _:
            queue = store.ask(outbox.waiting)
            if not queue:
                return
            chosen = queue[on % len(queue)]
            if kind == "hold" and chosen.state != "sending":
                store.do(outbox_control.hold, chosen.mutation.id)
            elif kind == "claim":
                store.claim()
            elif kind == "block" and chosen.state == "sending":
                store.do(outbox.block, chosen.mutation.id, REFUSED)
            elif kind == "fail" and chosen.state == "sending":
                store.do(outbox.fail, chosen.mutation.id, store.clock.now(), LATER)
