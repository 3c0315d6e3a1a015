"""The history: every change a row, typing folded, the server's changes told, old rows let go."""

from __future__ import annotations

from datetime import timedelta

from studio.domain.influencer import ReferenceImage
from studio.store import drafts, history, outbox, personas

TONE = "personality.tone"


def rows(store, influencer_id="inf_001", *kinds):
    told = store.ask(history.of_influencer, influencer_id, 1_000)
    return [each for each in reversed(told) if not kinds or each.kind in kinds]


def changes(store, *kinds):
    return [(each.kind, each.path, each.old, each.new) for each in rows(store, "inf_001", *kinds)]


def test_a_burst_of_typing_is_one_row(store):
    store.know(store.person(1, tone="warm"))
    for end in range(1, 10):
        store.edit(personality__tone="dry-witty"[:end])
    assert changes(store) == [("edit", TONE, "warm", "dry-witty")]
    assert store.ask(drafts.get, "inf_001").fields[TONE].value == "dry-witty"


def test_a_word_typed_and_replaced_stays_in_the_history(store):
    store.know(store.person(1, tone="warm"))
    for text in ("f", "fo", "form", "formal", "forma", "for", "c", "ca", "calm"):
        store.edit(personality__tone=text)
    told = str([(each.old, each.new) for each in rows(store)])
    assert "'formal'" in told
    assert "'calm'" in told
    assert len(rows(store)) <= 3


def test_a_minute_or_another_field_begins_another_row(store):
    store.know(store.person(1, tone="warm"))
    store.edit(personality__tone="warm, a")
    store.edit(vibe="calm")
    store.edit(personality__tone="warm, a little")
    store.clock.forward(61)
    store.edit(personality__tone="warm, a little dry")
    assert changes(store) == [
        ("edit", TONE, "warm", "warm, a"),
        ("edit", "vibe", None, "calm"),
        ("edit", TONE, "warm, a", "warm, a little"),
        ("edit", TONE, "warm, a little", "warm, a little dry"),
    ]


def test_entries_added_one_after_the_other_are_one_row(store):
    store.know(store.person(1, traits=("earnest",)))
    store.edit(personality__traits=("earnest", "bold"))
    store.edit(personality__traits=("earnest", "bold", "calm"))
    store.edit(personality__traits=("bold", "calm"))
    assert [(each.old, each.new) for each in rows(store)] == [
        (("earnest",), ("earnest", "bold", "calm")),
        (("earnest", "bold", "calm"), ("bold", "calm")),
    ]


def test_what_the_server_moved_is_a_row_for_each_field(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    store.know(store.person(1, tone="cool", humor="dry", style="linen"))
    assert changes(store) == [("pull", TONE, "warm", "cool"), ("pull", "style", None, "linen")]
    assert {each.who for each in rows(store)} == {history.SERVER}


def test_the_first_full_read_is_no_news(store):
    slim = store.person(1, detailed=False)
    store.do(personas.put_slim, (slim,))
    store.know(store.person(1, tone="warm", traits=("bold",)))
    assert changes(store) == []


def test_our_own_echo_is_no_news(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="dry")
    store.claim()

    def confirm(conn, record):
        outbox.ack(conn, "M1")
        personas.put_full(conn, record)

    store.do(confirm, store.person(1, tone="dry"))
    store.know(store.person(1, tone="dry"))
    assert changes(store, "pull") == []
    store.know(store.person(1, tone="warm"))
    store.know(store.person(1, tone="dry"))
    assert changes(store, "pull") == [("pull", TONE, "dry", "warm"), ("pull", TONE, "warm", "dry")]


def test_what_the_server_made_of_a_publish_is_told_against_what_was_sent(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone=" dry ")
    store.claim()

    def confirm(conn, record):
        outbox.ack(conn, "M1")
        personas.put_full(conn, record)

    store.do(confirm, store.person(1, tone="dry"))
    assert changes(store, "pull") == [("pull", TONE, " dry ", "dry")]


def test_a_change_there_under_a_draft_is_told_but_not_shown(store):
    store.know(store.person(1, tone="warm"))
    store.edit(personality__tone="mine")
    store.know(store.person(1, tone="theirs"))
    (pull,) = rows(store, "inf_001", "pull")
    assert (pull.old, pull.new, pull.is_shown) == ("warm", "theirs", False)
    store.do(drafts.discard, "inf_001")
    (gone,) = rows(store, "inf_001", "discard")
    assert (gone.old, gone.new) == ("mine", "theirs")


def test_a_name_changed_in_the_list_and_status_are_told(store):
    store.know(store.person(1, "Nova", status="training"))
    store.do(personas.put_slim, (store.person(1, "Nova Reyes", status="ready", detailed=False),))
    assert changes(store) == [
        ("pull", "name", "Nova", "Nova Reyes"),
        ("pull", "status", "training", "ready"),
    ]


def test_images_bound_here_and_there_are_told(store):
    store.know(store.person(1))
    images = (ReferenceImage("med_1", "https://media.example/1.png"),)
    store.do(personas.put_references, "inf_001", images)
    two = (*images, ReferenceImage("med_2", "https://media.example/2.png"))
    store.know(store.person(1, reference_images=two))
    assert changes(store) == [
        ("images", "reference_images", (), ("med_1",)),
        ("pull", "reference_images", ("med_1",), ("med_1", "med_2")),
    ]


def test_beginnings_and_ends_are_told(store):
    store.know(store.person(1))
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    store.create("C1", "inf_made", name="Ines")
    store.clone("C2", "inf_copy", "inf_001", vibe="calm")
    store.do(personas.mark_deleted, "inf_001", store.clock.now(), "retired")
    store.do(personas.put_slim, (store.person(1, detailed=False),))
    assert rows(store, "inf_new")[0].kind == "create"
    assert rows(store, "inf_made")[0].kind == "create"
    assert (rows(store, "inf_copy")[0].kind, rows(store, "inf_copy")[0].new) == ("clone", "inf_001")
    assert [(each.kind, each.who, each.new) for each in rows(store)] == [
        ("delete", "server", "retired"),
        ("return", "server", None),
    ]


def test_a_draft_published_for_the_first_time_has_one_beginning(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    store.do(outbox.publish, "inf_new", "M1")
    assert [each.kind for each in rows(store, "inf_new")].count("create") == 1


def test_old_rows_go_but_never_the_last_two_hundred(store):
    store.know(store.person(1), store.person(2))
    for number in range(230):
        store.clock.forward(61)
        store.edit(vibe=f"word {number:03}")
    store.edit("inf_002", vibe="one")
    store.clock.forward(timedelta(days=91).total_seconds())
    for number in range(5):
        store.clock.forward(61)
        store.edit(vibe=f"late {number}")
    assert store.do(history.prune) == 35
    assert len(rows(store)) == 200
    assert rows(store)[-1].new == "late 4"
    assert len(rows(store, "inf_002")) == 1
    assert store.do(history.prune) == 0


def test_rows_younger_than_ninety_days_stay_however_many(store):
    store.know(store.person(1))
    for number in range(230):
        store.clock.forward(61)
        store.edit(vibe=f"word {number:03}")
    assert store.do(history.prune) == 0
    assert len(rows(store)) == 230


def test_pages_go_back_without_a_gap(store):
    store.know(store.person(1))
    for number in range(7):
        store.clock.forward(61)
        store.edit(vibe=f"word {number}")
    first = store.ask(history.before, "inf_001", None, 4)
    rest = store.ask(history.before, "inf_001", first[-1].seq, 4)
    assert [each.new for each in (*first, *rest)] == [f"word {n}" for n in range(6, -1, -1)]
