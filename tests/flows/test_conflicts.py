"""Two people, one influencer: what can merge does, the rest is asked about, and nothing is lost."""

from __future__ import annotations

import pytest
from fault_proxy import cut, lose_answer
from flow_world import until

from studio.core.errors import ChangeStateFirst
from studio.store import history

PATCH = r"^/v1/influencers/[^/]+$"
TONE = "personality.tone"
HUMOR = "personality.humor"
PHRASES = "personality.catchphrases"
BEGAN = {
    "name": "Maria",
    TONE: "warm",
    HUMOR: "slapstick",
    PHRASES: ("Vamos", "Hola"),
}


@pytest.fixture
async def one(stage):
    """An influencer that is here with its details."""
    influencer_id = await stage.elsewhere.influencer(stage.project_id, BEGAN)
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def _edit(stage, one, mine, theirs):
    """Type here, let a colleague change it there, publish."""
    personas = stage.world.session.personas
    await personas.edit(one, mine)
    await stage.elsewhere.client.patch_influencer(one, theirs)
    await personas.publish(one)


async def _listed(stage, one):
    """Wait until the conflict is told."""

    async def is_told():
        return await stage.world.session.conflicts.conflict(one)

    return await until(is_told)


async def _unlisted(stage, one):
    async def is_over():
        return await stage.world.session.conflicts.conflict(one) is None

    await until(is_over)


# ---- by itself


async def test_entries_of_both_sides_are_put_together_with_a_notice(stage, one):
    await _edit(stage, one, {PHRASES: ("Vamos", "Hola", "Facil")}, {PHRASES: ("Vamos", "Rodeos")})
    await stage.world.sent()
    merged = ("Vamos", "Facil", "Rodeos")
    assert (await stage.elsewhere.truth(one)).personality.catchphrases == merged
    assert (await stage.world.shown(one)).influencer.personality.catchphrases == merged
    (told,) = [each for each in stage.world.notices if "Catchphrases" in each.sentence]
    assert not told.is_problem
    assert "Maria" in told.sentence
    rows = await stage.world.session.db.read(history.of_influencer, one)
    said = {row.kind: (row.old, row.new) for row in rows if row.path == PHRASES}
    assert said["merge"] == (("Vamos", "Hola", "Facil"), merged)
    assert said["pull"] == (("Vamos", "Hola"), ("Vamos", "Rodeos"))


async def test_different_fields_meet_without_a_word(stage, one):
    await _edit(stage, one, {TONE: "playful"}, {HUMOR: "observational"})
    await stage.world.sent()
    truth = await stage.elsewhere.truth(one)
    assert (truth.personality.tone, truth.personality.humor) == ("playful", "observational")
    assert await stage.world.session.conflicts.conflicts() == ()
    assert stage.world.notices == []


async def test_a_merged_list_whose_answer_was_lost_is_not_merged_twice(stage, one):
    stage.proxy.when("PATCH", PATCH, lose_answer, times=6)
    await _edit(stage, one, {PHRASES: ("Vamos", "Hola", "Facil")}, {PHRASES: ("Vamos", "Rodeos")})
    await stage.world.sent()
    truth = await stage.elsewhere.truth(one)
    assert truth.personality.catchphrases == ("Vamos", "Facil", "Rodeos")


# ---- a choice


@pytest.fixture
async def clash(stage, one):
    """Tone moved on both sides; humor here alone; catchphrases in different entries."""
    await _edit(
        stage,
        one,
        {TONE: "playful", HUMOR: "dry", PHRASES: ("Vamos", "Hola", "Facil")},
        {TONE: "stern", PHRASES: ("Vamos", "Hola", "Rodeos")},
    )
    await _listed(stage, one)
    return one


async def test_what_needs_a_choice_is_told_and_nothing_at_all_is_sent(stage, clash):
    found = await _listed(stage, clash)
    assert found.name == "Maria"
    assert [(each.path, each.mine, each.theirs) for each in found.to_choose] == [
        (TONE, "playful", "stern")
    ]
    assert {each.path: each.merged for each in found.fields[1:]} == {
        HUMOR: "dry",
        PHRASES: ("Vamos", "Hola", "Facil", "Rodeos"),
    }
    assert found.theirs_at == (await stage.elsewhere.truth(clash)).updated_at
    assert stage.proxy.asked("PATCH") == []
    await until(lambda: stage.world.status.conflicts == 1)
    (told,) = [each for each in stage.world.notices if each.is_problem]
    assert "Tone" in told.sentence
    assert "Choose" in told.next_step


async def test_a_choice_goes_out_with_all_that_merged_as_one_request(stage, clash):
    await stage.world.session.conflicts.resolve(clash, {TONE: "playful"})
    await stage.world.sent()
    (sent,) = stage.proxy.asked("PATCH")
    assert sent.json == {
        "personality": {
            "tone": "playful",
            "humor": "dry",
            "catchphrases": ["Vamos", "Hola", "Facil", "Rodeos"],
        }
    }
    truth = await stage.elsewhere.truth(clash)
    assert truth.personality.tone == "playful"
    assert await stage.world.session.conflicts.conflict(clash) is None
    await until(lambda: stage.world.status.conflicts == 0)


async def test_theirs_is_not_sent_and_mine_stays_in_the_history(stage, clash):
    await stage.world.session.conflicts.resolve(clash, {TONE: "stern"})
    await stage.world.sent()
    (sent,) = stage.proxy.asked("PATCH")
    assert "tone" not in sent.json["personality"]
    assert (await stage.world.shown(clash)).influencer.personality.tone == "stern"
    rows = await stage.world.session.db.read(history.of_influencer, clash)
    assert any(row.kind == "resolve" and row.old == "playful" for row in rows)


async def test_words_of_ones_own_can_stand_for_both(stage, clash):
    values = {TONE: "playfully stern", PHRASES: ("Vamos",)}
    await stage.world.session.conflicts.resolve(clash, values)
    await stage.world.sent()
    truth = await stage.elsewhere.truth(clash)
    assert truth.personality.tone == "playfully stern"
    assert truth.personality.catchphrases == ("Vamos",)


async def test_it_is_decided_offline_and_sent_when_the_network_is_back(stage, clash):
    await stage.proxy.offline()
    await stage.world.session.conflicts.resolve(clash, {TONE: "playful"})
    assert await stage.world.session.conflicts.conflict(clash) is None
    assert (await stage.world.shown(clash)).influencer.personality.tone == "playful"
    await stage.proxy.online()
    stage.world.session.engine.sync_now()
    await stage.world.sent()
    assert (await stage.elsewhere.truth(clash)).personality.tone == "playful"


async def test_a_restart_keeps_it_and_others_are_sent_meanwhile(stage, clash):
    before = await _listed(stage, clash)
    other = await stage.elsewhere.influencer(stage.project_id, {"name": "Bo"})
    await stage.world.crash()
    await stage.world.open()
    await stage.world.read_in_full(other)
    await stage.world.session.personas.edit(other, {"style": "workwear"})
    await stage.world.session.personas.publish(other)

    async def is_there():
        return (await stage.elsewhere.truth(other)).style == "workwear"

    await until(is_there)
    found = await _listed(stage, clash)
    assert (found.fields, found.found_at) == (before.fields, before.found_at)
    assert len(await stage.world.session.conflicts.conflicts()) == 1


async def test_it_goes_by_itself_when_the_colleague_comes_round(stage, clash):
    await stage.elsewhere.client.patch_influencer(clash, {TONE: "playful"})
    stage.world.session.engine.want(clash)
    await stage.world.sent()
    await _unlisted(stage, clash)
    truth = await stage.elsewhere.truth(clash)
    assert (truth.personality.tone, truth.personality.humor) == ("playful", "dry")


async def test_what_moved_since_it_was_looked_at_is_asked_about_again(stage, clash):
    await _listed(stage, clash)
    stage.proxy.when("GET", f"{clash}$", cut, times=2)
    await stage.elsewhere.client.patch_influencer(clash, {TONE: "icy"})
    await stage.world.session.conflicts.resolve(clash, {TONE: "playful"})

    async def is_asked_again():
        found = await stage.world.session.conflicts.conflict(clash)
        return found is not None and found.to_choose[0].theirs == "icy"

    await until(is_asked_again)
    assert (await stage.elsewhere.truth(clash)).personality.tone == "icy"
    await stage.world.session.conflicts.resolve(clash, {TONE: "playful"})
    await stage.world.sent()
    assert (await stage.elsewhere.truth(clash)).personality.tone == "playful"


async def test_taken_back_it_is_a_draft_and_met_again_when_published(stage, clash):
    await stage.world.session.personas.take_back(clash)
    assert await stage.world.session.conflicts.conflicts() == ()
    shown = await stage.world.shown(clash)
    assert shown.influencer.personality.tone == "playful"
    await stage.world.session.personas.publish(clash)
    assert [each.path for each in (await _listed(stage, clash)).to_choose] == [TONE]


# ---- gone, and gone back in time


async def test_edits_of_what_was_deleted_there_are_listed_and_made_anew(stage, one):
    await stage.world.session.personas.edit(one, {TONE: "playful"})
    await stage.elsewhere.client.delete_influencer(one)
    await stage.world.session.personas.publish(one)
    found = await _listed(stage, one)
    assert found.is_gone
    await until(lambda: stage.world.status.conflicts == 1)
    made = await stage.world.session.conflicts.recreate(one)
    shown = await stage.world.shown(made)
    assert shown.is_local_only
    assert shown.influencer.name == "Maria"
    assert shown.influencer.personality.tone == "playful"
    assert shown.influencer.personality.catchphrases == BEGAN[PHRASES]
    assert await stage.world.session.conflicts.conflicts() == ()
    await stage.world.session.personas.publish(made)
    await stage.world.sent()
    truth = await stage.elsewhere.truth(made)
    assert (truth.name, truth.personality.tone) == ("Maria", "playful")
    assert truth.personality.catchphrases == BEGAN[PHRASES]


async def test_a_draft_of_what_the_list_no_longer_names_is_kept_until_let_go(stage, one):
    await stage.world.session.personas.edit(one, {TONE: "playful"})
    await stage.elsewhere.client.delete_influencer(one)
    stage.world.session.engine.sync_now()
    assert (await _listed(stage, one)).is_gone
    await stage.world.reopen()
    assert (await _listed(stage, one)).fields[0].mine == "playful"
    await stage.world.session.conflicts.let_go(one)
    assert await stage.world.session.conflicts.conflict(one) is None
    rows = await stage.world.session.db.read(history.of_influencer, one)
    assert any(row.old == "playful" for row in rows)
    with pytest.raises(ChangeStateFirst):
        await stage.world.session.conflicts.resolve(one, {TONE: "playful"})


async def test_a_server_from_an_old_backup_is_asked_about_not_overwritten(stage, one):
    """The record is older than the one known here, ``updatedAt`` and all."""
    client = stage.elsewhere.client
    old = await client.get_influencer(one)
    await client.patch_influencer(one, {TONE: "newer", HUMOR: "newer"})
    stage.world.session.engine.want(one)

    async def is_known():
        return (await stage.world.shown(one)).influencer.personality.tone == "newer"

    await until(is_known)
    await stage.world.session.personas.edit(one, {TONE: "playful"})
    await client.patch_influencer(one, {TONE: "warm", HUMOR: "slapstick"})
    stage.server.sql(
        "UPDATE influencers SET updated_at = ? WHERE id = ?",
        old.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        one,
    )
    await stage.world.session.personas.publish(one)
    found = await _listed(stage, one)
    assert found.theirs_at == old.updated_at
    assert [(each.path, each.theirs) for each in found.to_choose] == [(TONE, "warm")]
    assert stage.proxy.asked("PATCH") == []
    await stage.world.session.conflicts.resolve(one, {TONE: "playful"})
    await stage.world.sent()
    truth = await stage.elsewhere.truth(one)
    assert (truth.personality.tone, truth.personality.humor) == ("playful", "slapstick")
