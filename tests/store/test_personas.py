"""Confirmed rows: slim lists never take details away, and what is gone moves to the shelf."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from studio.domain.influencer import Influencer, ReferenceImage
from studio.domain.job import Job
from studio.domain.mutation import Clone
from studio.domain.project import Project
from studio.domain.roster import RosterQuery
from studio.store import jobs, lineage, outbox, persona_rows, personas, projects, roster


def slim(person, **values):
    item = Influencer(
        person.id,
        person.project_id,
        person.name,
        person.status,
        person.gender,
        person.age_range,
        thumbnail_url=person.thumbnail_url,
        created_at=person.created_at,
        detailed=False,
    )
    return replace(item, **values)


def full(store, number=1, **values):
    return store.person(
        number,
        traits=("earnest", "thorough"),
        tone="conversational",
        humor="deadpan",
        formality="casual",
        values=("transparency",),
        interests=("productivity",),
        speaking_style="direct",
        catchphrases=("Ship it.", "If it’s not on the list, it’s not real."),
        gender="nonbinary",
        age_range="25-34",
        ethnicity="e",
        body_type="b",
        hair_color="c",
        hair_style="h",
        style="workwear",
        vibe="calm",
        voice_description="low",
        thumbnail_url="https://media/x.jpg?sig=1",
        reference_images=(
            ReferenceImage("med_1", "https://x/1.jpg", None, store.clock.now()),
            ReferenceImage("med_2", "https://x/2.jpg", "https://x/2t.jpg", None),
        ),
        updated_at=store.clock.now(),
        extra={"archetype": {"deep": [1, None, "ü"]}},
        **values,
    )


def test_every_field_comes_back_as_it_was(store):
    person = full(store)
    person = replace(person, personality=replace(person.personality, extra={"pace": "slow"}))
    store.know(person)
    store.reopen()
    assert store.ask(personas.get, "inf_001") == person
    assert store.ask(personas.get_many, ["inf_001", "inf_404"]) == {"inf_001": person}
    assert store.ask(personas.of_project, store.project) == (person,)
    assert store.ask(personas.get, "inf_404") is None


def test_a_list_never_takes_details_away_but_asks_for_them_again(store):
    person = full(store)
    store.know(person)
    assert store.ask(personas.wanting_details, store.project) == ()
    changed = store.do(personas.put_slim, [slim(person, status="training", name="Nova 2")])
    assert changed == {"inf_001"}
    known = store.ask(personas.get, "inf_001")
    assert known.detailed
    assert known.personality == person.personality
    assert (known.name, known.status) == ("Nova 2", "training")
    assert store.ask(personas.wanting_details, store.project) == ("inf_001",)
    store.know(replace(person, status="training", name="Nova 2"))
    assert store.ask(personas.wanting_details, store.project) == ()


def test_the_same_list_again_changes_nothing(store):
    person = full(store)
    store.know(person)
    assert store.do(personas.put_slim, [slim(person)]) == frozenset()
    assert not store.do(personas.put_full, person)
    assert store.do(personas.put_full, replace(person, vibe="loud"))


def test_a_picture_that_was_only_signed_anew_is_no_reason_to_read_again(store):
    person = full(store)
    store.know(person)
    link = "https://media/x.jpg?sig=2"
    assert store.do(personas.put_slim, [slim(person, thumbnail_url=link)]) == {"inf_001"}
    assert store.ask(personas.get, "inf_001").thumbnail_url == link
    assert store.ask(personas.wanting_details, store.project) == ()


def test_new_rows_want_details_the_newest_first(store):
    store.do(personas.put_slim, [slim(store.person(number)) for number in range(5)])
    wanting = store.ask(personas.wanting_details, store.project, None, 3)
    assert wanting == ("inf_004", "inf_003", "inf_002")
    store.do(personas.mark_read, "inf_004")
    assert "inf_004" not in store.ask(personas.wanting_details, store.project)


def test_details_grow_stale_after_the_unknown_ones(store):
    store.know(store.person(1))
    read_at = store.clock.now()
    store.clock.forward(100)
    store.do(personas.put_slim, [slim(store.person(2))])

    def wanting(stale):
        return store.ask(personas.wanting_details, store.project, stale)

    assert wanting(read_at - timedelta(seconds=5)) == ("inf_002",)
    assert wanting(read_at + timedelta(seconds=5)) == ("inf_002", "inf_001")
    store.do(personas.mark_stale, ["inf_001"])
    assert set(wanting(None)) == {"inf_001", "inf_002"}


def test_what_a_complete_list_no_longer_names_moves_to_the_shelf(store):
    store.know(store.person(1), store.person(2), store.person(3, project_id="other"))
    gone = store.do(personas.forget_missing, store.project, {"inf_001"})
    assert gone == {"inf_002"}
    query = RosterQuery(store.project)
    assert [row.id for row in store.ask(roster.rows, query, 0, 9)] == ["inf_001"]
    shelf = replace(query, view="deleted")
    assert [row.id for row in store.ask(roster.rows, shelf, 0, 9)] == ["inf_002"]
    assert store.ask(personas.deletion, "inf_003") is None
    store.do(personas.put_slim, [slim(store.person(2))])
    assert store.ask(personas.deletion, "inf_002") is None
    assert store.ask(roster.size, query) == 2


def test_what_was_confirmed_while_the_list_was_read_is_left_alone(store):
    old = store.person(1, "Old name")
    store.know(old)
    started_at = store.clock.now()
    store.clock.forward(5)
    store.know(replace(old, name="New name"), store.person(2))
    store.do(personas.put_slim, [slim(old)], as_of=started_at)
    assert store.ask(personas.get, "inf_001").name == "New name"
    gone = store.do(personas.forget_missing, store.project, {"inf_001"}, started_at=started_at)
    assert gone == frozenset()
    assert store.ask(roster.size, RosterQuery(store.project)) == 2


def test_a_stale_answer_does_not_bring_a_deleted_one_back(store):
    person = store.person(1)
    store.know(person)
    started_at = store.clock.now()
    store.clock.forward(5)
    store.do(personas.mark_deleted, "inf_001", None, "why")
    store.do(personas.put_slim, [slim(person)], as_of=started_at)
    assert store.ask(personas.deletion, "inf_001") is not None


def test_references_are_replaced_by_what_the_server_lists(store):
    store.know(full(store))
    images = (ReferenceImage("med_9", "https://x/9.jpg"),)
    store.do(personas.put_references, "inf_001", images)
    assert store.ask(personas.get, "inf_001").reference_images == images
    query = RosterQuery(store.project, text="med_9")
    assert store.ask(roster.size, query) == 1


def test_variants_are_remembered_with_what_they_override(store):
    store.know(store.person(1, "Nova", tone="warm"))
    for letter in "ab":
        asked = Clone(
            f"K{letter}",
            store.project,
            f"inf_{letter}",
            "inf_001",
            f"Nova ({letter})",
            {"gender": "male", "personality.traits": ("x",)},
        )
        store.do(outbox.enqueue, asked)
    assert [one.name for one in store.ask(personas.variants, "inf_001")] == ["Nova (a)", "Nova (b)"]
    assert store.ask(lineage.of, "inf_a").source_id == "inf_001"
    assert store.ask(lineage.of, "inf_a").overrides == {
        "gender": "male",
        "personality.traits": ("x",),
    }
    store.do(outbox.claim_next)
    store.do(outbox.ack, "Ka")
    store.do(personas.mark_deleted, "inf_a")
    assert [one.name for one in store.ask(personas.variants, "inf_001")] == ["Nova (b)"]


def test_names_and_projects_of_everything_shown(store):
    store.know(store.person(1, "Nova"))
    asked = Clone("K1", store.project, "inf_copy", "inf_001", "Nova (B)", {})
    store.do(outbox.enqueue, asked)
    assert set(store.ask(personas.names, store.project)) == {"Nova", "Nova (B)"}
    assert store.ask(personas.project_of, "inf_copy") == store.project
    assert store.ask(personas.project_of, "inf_404") == ""


def test_working_ones_without_a_followed_job(store):
    store.know(
        store.person(1, status="training"),
        store.person(2, status="rehearsing"),
        store.person(3, status="pending"),
        store.person(4),
    )
    store.do(jobs.put, Job("job_1", "influencer_create", store.project, "inf_003"))
    working = store.ask(personas.working_without_job, store.project)
    assert set(working) == {"inf_001", "inf_002"}


def test_broken_text_from_a_server_is_stored_readable(store):
    store.know(store.person(1, "half \ud83d pair", tone="x\ud83dy"))
    known = store.ask(personas.get, "inf_001")
    assert known.name.startswith("half ")
    assert known.name.endswith(" pair")
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    card.name.encode()
    card.tagline.encode()


def test_a_picture_leads_to_its_owner_as_long_as_that_is_shown(store):
    face = 'https://pictures.example/a "face".png'
    image = ReferenceImage("med_1", "https://pictures.example/full.png", face)
    store.do(projects.replace_all, (Project(store.project, "Spring"),))
    store.know(store.person(1), store.person(2, reference_images=(image,)))
    store.know(store.person(3, thumbnail_url="https://pictures.example/3.png"))
    for url, owner in (
        (face, "inf_002"),
        ("https://pictures.example/full.png", "inf_002"),
        ("https://pictures.example/3.png", "inf_003"),
        ("https://pictures.example/full", ""),
        ("", ""),
    ):
        assert store.ask(persona_rows.owner_of_picture, url) == owner
    store.do(personas.mark_deleted, "inf_003")
    assert store.ask(persona_rows.owner_of_picture, "https://pictures.example/3.png") == ""
