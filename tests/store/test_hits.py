"""Why a search found a card, when the card itself does not tell."""

from __future__ import annotations

from studio.domain.influencer import ReferenceImage
from studio.domain.roster import RosterQuery
from studio.store import drafts, roster


def hits(store, text):
    rows = store.ask(roster.rows, RosterQuery(store.project, text=text), 0, 100)
    return {row.name: row.hit for row in rows}


def test_a_hit_off_the_card_is_named_with_its_field(store):
    store.know(
        store.person(1, "Nova", tone="warm", catchphrases=("Hello.", "Ship it.")),
        store.person(2, "Shipra", tone="calm"),
        store.person(3, "Kai", tone="shipshape"),
    )
    assert hits(store, "ship") == {
        "Nova": "Catchphrases: Ship it.",
        "Shipra": "",
        "Kai": "",
    }
    assert hits(store, "nova ship") == {"Nova": "Catchphrases: Ship it."}
    assert set(hits(store, "").values()) == {""}


def test_a_hit_follows_an_edit_that_is_not_sent(store):
    store.know(store.person(1, "Nova", tone="warm"))
    store.do(drafts.set_fields, "inf_001", {"vibe": "café morning"})
    assert hits(store, "cafe") == {"Nova": "Vibe: café morning"}


def test_a_hit_far_into_a_long_text_is_brought_into_sight(store):
    text = "a voice that takes its time and " * 8 + "smiles at the end"
    store.know(store.person(1, "Nova", voice_description=text))
    found = hits(store, "smiles")["Nova"]
    assert found.startswith("Voice description: …")
    assert len(found.split("smiles")[0]) < 60


def test_a_card_found_by_an_id_says_so(store):
    images = (ReferenceImage("med_77", "https://media.example/77.png"),)
    store.know(store.person(1, "Nova", reference_images=images))
    assert hits(store, "inf_001") == {"Nova": "Id: inf_001"}
    assert hits(store, "med_77") == {"Nova": "Reference image: med_77"}
