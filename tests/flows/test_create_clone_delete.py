"""New influencers: one card, one row on the server, whatever the network does."""

from __future__ import annotations

import pytest
from fault_proxy import answer, lose_answer, twice, unreadable
from flow_world import until

CREATE = r"/v1/projects/[^/]+/influencers$"
CLONE = r"/v1/influencers/[^/]+/clone$"


@pytest.fixture
async def source(stage):
    """A ready influencer that is here with its details."""
    influencer_id = await stage.elsewhere.influencer(
        stage.project_id,
        {"name": "Ada", "hair_color": "red", "personality.tone": "warm"},
    )
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def test_a_name_is_enough_and_the_same_card_turns_ready(stage):
    world = await stage.world.open()
    await until(lambda: _known(world, stage.project_id))
    influencer_id = await world.session.personas.create(stage.project_id, {"name": "Juno"})
    assert (await world.shown(influencer_id)).influencer.status == "pending"
    seen = []

    async def is_ready():
        status = (await world.shown(influencer_id)).influencer.status
        if status not in seen:
            seen.append(status)
        return status == "ready"

    await until(is_ready)
    assert seen == ["pending", "training", "ready"]
    shown = await world.ready(influencer_id)
    assert shown.influencer.reference_images
    (job,) = await world.jobs_of(influencer_id)
    assert job.status == "completed"
    assert job.progress == 1.0
    (sent,) = stage.proxy.asked("POST", CREATE)
    assert sent.json == {"name": "Juno", "influencerId": influencer_id}


async def _known(world, project_id):
    rows = await world.session.personas.projects()
    return any(row.project.id == project_id for row in rows)


async def test_a_clone_takes_its_overrides_shows_progress_and_keeps_the_face(stage, source):
    world = stage.world
    await until(lambda: stage.elsewhere.is_ready(source))
    clone_id = await world.session.personas.clone(
        source, "Ada (B)", {"personality.humor": "dry-witty"}
    )
    placeholder = (await world.shown(clone_id)).influencer
    assert placeholder.hair_color == "red"
    assert placeholder.personality.humor == "dry-witty"
    progress = []

    async def is_ready():
        for job in await world.jobs_of(clone_id):
            if job.progress is not None and job.progress not in progress:
                progress.append(job.progress)
        shown = await world.shown(clone_id)
        return shown.influencer.status == "ready" and shown.influencer.reference_images

    await until(is_ready)
    assert progress == sorted(progress)
    assert len(progress) > 1
    (sent,) = stage.proxy.asked("POST", CLONE)
    assert sent.json == {
        "name": "Ada (B)",
        "newInfluencerId": clone_id,
        "overrides": {"personality": {"humor": "dry-witty"}},
    }
    ready = (await world.shown(clone_id)).confirmed
    assert ready.personality.humor == "dry-witty"
    assert ready.personality.tone == "warm"
    faces = stage.server.sql("SELECT face FROM influencers WHERE id IN (?, ?)", source, clone_id)
    assert faces[0] == faces[1]
    (job,) = await world.jobs_of(clone_id)
    assert job.is_clone
    assert job.source_id == source
    assert [each.id for each in await world.session.personas.variants(source)] == [clone_id]


@pytest.mark.parametrize("times", [1, 3])
async def test_lost_answers_of_a_clone_never_make_two(stage, source, times):
    stage.proxy.when("POST", CLONE, lose_answer, times=times)
    clone_id = await stage.world.session.personas.clone(source, "Ada (B)", {})
    await stage.world.ready(clone_id)
    rows = stage.server.sql("SELECT id FROM influencers WHERE project_id = ?", stage.project_id)
    assert {row[0] for row in rows} == {source, clone_id}
    assert len({each.key for each in stage.proxy.asked("POST", CLONE)}) == 1


@pytest.mark.parametrize("times", [1, 3])
async def test_lost_answers_of_a_create_never_make_two(stage, source, times):
    stage.proxy.when("POST", CREATE, lose_answer, times=times)
    influencer_id = await stage.world.session.personas.create(stage.project_id, {"name": "Juno"})
    await stage.world.ready(influencer_id)
    rows = await stage.elsewhere.roster(stage.project_id)
    assert sorted(row.name for row in rows) == ["Ada", "Juno"]


async def test_a_create_whose_key_the_server_has_forgotten_is_found_by_its_id(stage, source):
    stage.proxy.when("POST", CREATE, lose_answer, times=3)
    personas = stage.world.session.personas
    influencer_id = await personas.create(stage.project_id, {"name": "Juno", "style": "workwear"})
    await until(lambda: len(stage.proxy.asked("POST", CREATE)) == 3)
    # As after 24 hours without a network.
    stage.server.sql("DELETE FROM idempotency")
    await stage.world.ready(influencer_id)
    assert stage.proxy.asked("POST", CREATE)[-1].status == 409
    assert len(await stage.elsewhere.roster(stage.project_id)) == 2
    assert (await stage.world.shown(influencer_id)).waiting == ()


async def test_an_unreadable_answer_to_a_create_is_asked_for_again(stage, source):
    stage.proxy.when("POST", CREATE, unreadable())
    influencer_id = await stage.world.session.personas.create(stage.project_id, {"name": "Juno"})
    await stage.world.ready(influencer_id)
    assert len(await stage.elsewhere.roster(stage.project_id)) == 2


async def test_a_create_that_arrives_twice_makes_one(stage, source):
    stage.proxy.when("POST", CREATE, twice)
    influencer_id = await stage.world.session.personas.create(stage.project_id, {"name": "Juno"})
    await stage.world.ready(influencer_id)
    assert len(await stage.elsewhere.roster(stage.project_id)) == 2


async def test_a_key_that_met_another_body_is_replaced(stage, source):
    stage.proxy.when("POST", CREATE, answer(409, "IDEMPOTENCY_CONFLICT"))
    influencer_id = await stage.world.session.personas.create(stage.project_id, {"name": "Juno"})
    await stage.world.ready(influencer_id)
    keys = [each.key for each in stage.proxy.asked("POST", CREATE)]
    assert len(set(keys)) == 2


async def test_a_clone_of_what_is_gone_says_so(stage, source):
    stage.proxy.when("GET", ".*", answer(503, "BUSY"), times=1e9)
    await stage.elsewhere.client.delete_influencer(source)
    clone_id = await stage.world.session.personas.clone(source, "Ada (B)", {})
    row = await stage.world.blocked(clone_id)
    assert "clone" in row.reason
    assert row.reason_code == "NOT_FOUND"
    stage.proxy.behave()


async def test_a_deletion_reaches_the_server_with_its_reason(stage, source):
    world = stage.world
    await world.session.personas.delete(source, "not needed")
    await world.sent()
    (sent,) = stage.proxy.asked("DELETE")
    assert sent.json == {"reason": "not needed"}
    assert await stage.elsewhere.roster(stage.project_id) == ()


async def test_a_deletion_whose_answer_is_lost_is_done(stage, source):
    stage.proxy.when("DELETE", source, lose_answer, times=3)
    await stage.world.session.personas.delete(source, "")
    await stage.world.sent()
    assert await stage.elsewhere.roster(stage.project_id) == ()
    assert stage.world.notices == []


async def test_an_edit_and_a_clone_of_a_new_one_wait_for_it(stage, source):
    """Everything about something the server has not heard of yet goes out after it, in order."""
    await stage.proxy.offline()
    personas = stage.world.session.personas
    new_id = await personas.create(stage.project_id, {"name": "Juno"})
    await personas.edit(new_id, {"style": "workwear"})
    await personas.publish(new_id)
    clone_id = await personas.clone(new_id, "Juno (B)", {})
    await stage.proxy.online()
    stage.world.session.engine.sync_now()
    await stage.world.ready(new_id)
    await stage.world.ready(clone_id)
    truth = await stage.elsewhere.truth(clone_id)
    assert truth.style == "workwear"
    assert (await stage.elsewhere.truth(new_id)).style == "workwear"
