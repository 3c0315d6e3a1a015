"""The gallery: what is listed, how it is sorted, what is counted and what is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core.errors import FixInput
from studio.domain.influencer import Influencer, ReferenceImage
from studio.domain.mutation import Bind, Clone, Create
from studio.domain.roster import SORTS, VIEWS, RosterQuery
from studio.store import drafts, outbox, personas, projects, roster

CHIPS = ("", "ready", "rendering", "drafts", "failed")


def ids(store, **query):
    return [row.id for row in store.ask(roster.rows, RosterQuery(store.project, **query), 0, 1000)]


def names(store, **query):
    return [
        row.name for row in store.ask(roster.rows, RosterQuery(store.project, **query), 0, 1000)
    ]


def card(store, influencer_id):
    rows = store.ask(roster.rows, RosterQuery(store.project), 0, 1000)
    return next(row for row in rows if row.id == influencer_id)


@pytest.fixture
def crowd(store):
    """One of everything a roster can hold."""
    store.know(
        store.person(1, "Nova", tone="conversational", humor="deadpan"),
        store.person(2, "Ava Chen", tone="warm", humor="observational"),
        store.person(3, "Imani", status="failed", tone="calm"),
        store.person(4, "Sora", status="training", tone="minimal", humor="deadpan"),
        store.person(5, "Marcus", status="pending"),
        store.person(6, "Lena", status="rehearsing_lines"),
        store.person(7, "Noor", status="draft"),
        store.person(8, "Gone"),
        store.person(9, "Elsewhere", project_id="other"),
    )
    store.do(personas.mark_deleted, "inf_008", None, "contract ended")
    store.do(drafts.set_fields, "inf_001", {"personality.humor": "dry-witty", "vibe": "calm"})
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    store.do(outbox.enqueue, Create("C1", store.project, "inf_wait", {"name": "Kai"}))
    store.do(outbox.enqueue, Clone("K1", store.project, "inf_copy", "inf_001", "Nova (B)", {}))
    store.do(drafts.set_fields, "inf_002", {"name": "x" * 200})
    store.do(outbox.publish, "inf_002", "M1")
    store.do(outbox.block, "M1", FixInput("Too long."))
    return store


def test_each_view_lists_what_it_says(crowd):
    assert set(ids(crowd)) == {
        "inf_001",
        "inf_002",
        "inf_003",
        "inf_004",
        "inf_005",
        "inf_006",
        "inf_007",
        "inf_new",
        "inf_wait",
        "inf_copy",
    }
    assert set(ids(crowd, view="ready")) == {"inf_001", "inf_002"}
    assert set(ids(crowd, view="in_progress")) == {
        "inf_004",
        "inf_005",
        "inf_006",
        "inf_wait",
        "inf_copy",
    }
    assert set(ids(crowd, view="drafts")) == {"inf_001", "inf_new"}
    assert set(ids(crowd, view="attention")) == {"inf_002", "inf_003"}
    assert set(ids(crowd, view="deleted")) == {"inf_008"}


def test_chips_narrow_a_view(crowd):
    assert set(ids(crowd, status="ready")) == {"inf_001", "inf_002"}
    assert set(ids(crowd, status="failed")) == {"inf_003"}
    assert set(ids(crowd, status="rendering")) == set(ids(crowd, view="in_progress"))
    assert ids(crowd, view="ready", status="drafts") == ["inf_001"]
    assert ids(crowd, view="attention", status="failed", text="ima") == ["inf_003"]


@pytest.mark.parametrize("text", ["", "nova", "deadpan", "zzz"])
def test_counts_say_exactly_what_is_listed(crowd, text):
    for view in VIEWS:
        query = RosterQuery(crowd.project, view=view, text=text)
        counts = crowd.ask(roster.counts, query)
        for other in VIEWS:
            assert counts.views[other] == len(ids(crowd, view=other))
        for chip in CHIPS:
            chosen = replace(query, status=chip)
            listed = crowd.ask(roster.rows, chosen, 0, 1000)
            assert counts.chips[chip] == len(listed) == crowd.ask(roster.size, chosen)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "inf"])
def test_a_place_is_the_index_in_the_list_and_pages_fit_together(crowd, sort, text):
    query = RosterQuery(crowd.project, sort=sort, text=text)
    listed = [row.id for row in crowd.ask(roster.rows, query, 0, 1000)]
    assert len(listed) > 4
    assert [crowd.ask(roster.position, query, one) for one in listed] == list(range(len(listed)))
    paged = [
        row.id
        for offset in range(0, len(listed), 3)
        for row in crowd.ask(roster.rows, query, offset, 3)
    ]
    assert paged == listed
    assert crowd.ask(roster.position, query, "inf_404") is None
    assert crowd.ask(roster.position, query, "inf_008") is None


def test_newest_first_is_the_order_of_the_server(store):
    same = store.person(1).created_at
    store.do(
        personas.put_slim,
        [Influencer(f"inf_{letter}", store.project, letter, created_at=same) for letter in "cab"],
    )
    store.know(store.person(500, "newest"))
    assert names(store, sort="newest") == ["newest", "c", "a", "b"]
    assert names(store, sort="oldest") == ["b", "a", "c", "newest"]


def test_names_are_sorted_without_case_and_accents_and_numbers_by_size(store):
    people = ["nova (10)", "Nova (2)", "Émile", "eve", "Zoë", "étude"]
    store.know(*(store.person(number, name) for number, name in enumerate(people)))
    assert names(store, sort="name") == ["Émile", "étude", "eve", "Nova (2)", "nova (10)", "Zoë"]


def test_typing_does_not_move_the_card_in_any_order_but_by_name(crowd):
    before = {sort: ids(crowd, sort=sort) for sort in ("newest", "oldest", "updated")}
    crowd.do(drafts.set_fields, "inf_003", {"personality.tone": "loud"})
    assert before == {sort: ids(crowd, sort=sort) for sort in ("newest", "oldest", "updated")}


def test_a_placeholder_keeps_its_place_when_it_becomes_real(crowd):
    before = ids(crowd)
    crowd.do(outbox.claim_next)
    crowd.do(outbox.ack, "C1")
    assert set(ids(crowd)) == set(before)
    made = replace(crowd.ask(personas.get, "inf_wait"), status="ready")
    crowd.know(made)
    assert card(crowd, "inf_wait").status == "ready"
    assert len(ids(crowd)) == len(before)


# ---- what a card says


@pytest.mark.parametrize(
    ("influencer_id", "line"),
    [
        ("inf_001", "Conversational · dry-witty"),
        ("inf_002", "Could not be sent"),
        ("inf_003", "Render failed"),
        ("inf_004", "Minimal · deadpan"),
        ("inf_005", "Waiting to be rendered"),
        ("inf_006", "Rehearsing lines"),
        ("inf_007", ""),
        ("inf_new", "Draft on this computer"),
        ("inf_wait", "Waiting to be sent"),
        ("inf_copy", "Waiting to be sent"),
    ],
)
def test_the_line_under_the_name(crowd, influencer_id, line):
    assert card(crowd, influencer_id).tagline == line


def test_a_card_shows_the_edit_and_counts_unsent_fields(crowd):
    crowd.do(drafts.set_fields, "inf_001", {"name": "Nova Prime"})
    shown = card(crowd, "inf_001")
    assert (shown.name, shown.unsent, shown.local_only) == ("Nova Prime", 3, False)
    crowd.do(drafts.discard, "inf_001")
    assert (card(crowd, "inf_001").name, card(crowd, "inf_001").unsent) == ("Nova", 0)


def test_a_waiting_clone_shows_its_source_as_it_will_be_at_its_turn(crowd):
    crowd.do(drafts.set_fields, "inf_001", {"gender": "nonbinary"})
    crowd.do(outbox.publish, "inf_001")
    # The clone was asked for before; what is published after it is not part of it,
    assert card(crowd, "inf_copy").gender is None
    # one asked for now will have it, and so has the first once the source was changed before it.
    crowd.clone("K2", "inf_late", "inf_001")
    assert card(crowd, "inf_late").gender == "nonbinary"
    crowd.know(replace(crowd.ask(personas.get, "inf_001"), gender="female"))
    assert card(crowd, "inf_copy").gender == "female"


def test_the_shelf_says_why(crowd):
    (gone,) = crowd.ask(roster.rows, RosterQuery(crowd.project, view="deleted"), 0, 9)
    assert (gone.name, gone.tagline) == ("Gone", "contract ended")


def test_project_rows_count_what_the_gallery_lists(crowd):
    from studio.domain.project import Project

    crowd.do(
        projects.replace_all,
        [Project(crowd.project, "Acme"), Project("other", "Beta"), Project("empty", "New")],
    )
    rows = {row.project.id: (row.influencers, row.drafts) for row in crowd.ask(projects.rows)}
    assert rows == {crowd.project: (10, 2), "other": (1, 0), "empty": (0, 0)}


# ---- search


def test_search_finds_every_kind_of_word(store):
    store.know(
        store.person(
            1,
            "Nova",
            traits=("earnest",),
            values=("transparency",),
            interests=("tools-I-use",),
            catchphrases=("Ship it.",),
            tone="conversational",
            humor="deadpan",
            style="workwear",
            reference_images=(ReferenceImage("med_01J0AA", "https://x/1.jpg"),),
        ),
        store.person(2, "Somebody else"),
    )
    for text in (
        "nova",
        "earn",
        "TRANSPAR",
        "tools-i",
        "ship",
        "ship it",
        "it ship",
        "convers",
        "dead",
        "work",
        "inf_001",
        "med_01j0",
        "nova deadpan",
    ):
        assert ids(store, text=text) == ["inf_001"], text
    assert ids(store, text="nova else") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zoë Brontë", "zoe bronte"),
        ("Zoe", "zoë"),
        ("Crème brûlée", "creme brul"),
        ("Straße", "strasse"),
        ("ŁUKASZ Żak", "zak"),
        ("نور محمد", "محم"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("Χρήστος", "χρηστ"),
        ("Ёлка", "елка"),
        ("さくら花子", "花"),
        ("さくら花子", "子"),
        ("한지민", "하"),
        ("Party 🎉🎊 time", "🎊"),
        ("Love ❤️", "❤"),
        ("👨‍👩‍👧 family", "👨‍👩‍👧"),
        ("O'Brien", "o'br"),
        ("दीपिका", "दीप"),
    ],
)
def test_search_knows_the_worlds_scripts(store, name, text):
    store.know(store.person(1, name), store.person(2, "Nobody"))
    assert ids(store, text=text) == ["inf_001"]


@pytest.mark.parametrize(
    "text",
    [
        '"', '""', "'", "*", "-", "nova AND", "NOT nova", "nova OR", "NEAR(", "(", ")", "^nova",
        "name:nova", "{name}:x", "a*b", "+", ":", "\\", "nova\x00", "\ud83d", ";--", "%", "_",
        "AND", "NEAR", "“nova”", "n" * 5000, "n " * 500, "🎉🎉🎉", "\u202e", "\n\t",
    ],
)  # fmt: skip
def test_no_input_is_an_error(store, text):
    store.know(store.person(1, "Nova"))
    query = RosterQuery(store.project, text=text)
    rows = store.ask(roster.rows, query, 0, 10)
    assert store.ask(roster.size, query) == len(rows)
    assert store.ask(roster.counts, query).chips[""] == len(rows)
    store.ask(roster.position, query, "inf_001")


def test_operators_are_plain_words(store):
    store.know(store.person(1, "Rock AND Roll"), store.person(2, "Rock"))
    assert ids(store, text="rock and") == ["inf_001"]
    assert ids(store, text="rock not") == []


def test_search_follows_edits_publishes_and_deletions(store):
    store.know(store.person(1, "Nova", catchphrases=("Ship it.",)))
    store.do(drafts.set_fields, "inf_001", {"personality.catchphrases": ("Sail on.",)})
    assert ids(store, text="ship") == []
    assert ids(store, text="sail") == ["inf_001"]
    store.do(drafts.discard, "inf_001")
    assert ids(store, text="ship") == ["inf_001"]
    store.do(personas.mark_deleted, "inf_001")
    assert ids(store, text="ship") == []
    assert ids(store, text="ship", view="deleted") == ["inf_001"]


def test_search_stays_within_the_project(crowd):
    assert ids(crowd, text="elsewhere") == []
    query = RosterQuery("other", text="elsewhere")
    assert [row.id for row in crowd.ask(roster.rows, query, 0, 9)] == ["inf_009"]


# ---- suggestions


def test_suggestions_are_the_values_in_use_most_used_first(store):
    store.know(
        store.person(1, traits=("earnest", "calm"), tone="warm", gender="female"),
        store.person(2, traits=("earnest",), tone="warm", gender="male"),
        store.person(3, traits=("bold",), tone="dry", gender="female"),
        store.person(4, traits=("hidden",), tone="hidden"),
        store.person(5, traits=("foreign",), project_id="other"),
    )
    store.do(personas.mark_deleted, "inf_004")
    store.do(drafts.set_fields, "inf_003", {"personality.traits": ("bold", "typed")})

    def suggest(path):
        return store.ask(roster.suggestions, store.project, path)

    assert suggest("personality.traits") == ("bold", "earnest", "calm", "typed")
    assert suggest("personality.tone") == ("warm", "dry")
    assert suggest("gender") == ("female", "male")
    assert suggest("vibe") == ()
    assert suggest("no.such") == ()


def test_a_bind_that_waits_for_its_influencer_keeps_the_draft_a_draft(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    store.do(outbox.enqueue, Bind("B1", store.project, "inf_new", ("med_1",)))
    assert ids(store, view="drafts") == ["inf_new"]
    assert card(store, "inf_new").tagline == "Draft on this computer"


def test_a_clone_in_the_making_wears_its_sources_face_until_it_has_its_own(store):
    face = "https://media.test/nova.png"
    store.know(store.person(1, "Nova", thumbnail_url=face))
    store.clone("K1", "inf_copy", "inf_001")
    store.claim()
    store.do(outbox.ack, "K1")
    made = store.person(2, "Copy", status="training")
    store.know(replace(made, id="inf_copy", thumbnail_url=None))
    assert card(store, "inf_copy").thumbnail_url == face
    store.know(replace(made, id="inf_copy", status="ready", thumbnail_url="https://media.test/own"))
    assert card(store, "inf_copy").thumbnail_url == "https://media.test/own"
