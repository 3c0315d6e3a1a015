"""Publishing: exactly what was changed goes out, once, and never over somebody else's words."""

from __future__ import annotations

import asyncio

import pytest
from fault_proxy import answer, cut, held, late, lose_answer, twice, unreadable
from flow_world import until

from studio.store.outbox import CHANGED_ON_SERVER

PATCH = r"^/v1/influencers/[^/]+$"


@pytest.fixture
async def one(stage):
    """An influencer that is here with its details."""
    influencer_id = await stage.elsewhere.influencer(
        stage.project_id,
        {"name": "Ada", "personality.tone": "warm", "personality.humor": "dry"},
    )
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def test_only_the_changed_fields_are_sent_and_only_on_publish(stage, one):
    personas = stage.world.session.personas
    await personas.edit(one, {"personality.humor": "dry-witty", "style": "workwear"})
    await personas.edit(one, {"personality.traits": ("patient",)})
    assert stage.proxy.asked("PATCH") == []
    await personas.publish(one)
    await stage.world.sent()
    (sent,) = stage.proxy.asked("PATCH")
    assert sent.json == {
        "style": "workwear",
        "personality": {"humor": "dry-witty", "traits": ["patient"]},
    }
    assert sent.key
    truth = await stage.elsewhere.truth(one)
    assert truth.personality.humor == "dry-witty"
    assert truth.personality.tone == "warm"
    shown = await stage.world.shown(one)
    assert shown.changes == ()
    assert shown.confirmed.style == "workwear"
    assert stage.world.status.waiting == 0


async def test_an_overlap_is_held_and_nothing_is_overwritten_until_a_person_says_so(stage, one):
    personas = stage.world.session.personas
    await personas.edit(one, {"personality.tone": "playful"})
    await stage.elsewhere.client.patch_influencer(one, {"personality.tone": "stern"})
    await personas.publish(one)
    row = await stage.world.blocked(one)
    assert row.reason_code == CHANGED_ON_SERVER
    assert row.reason_field == "personality.tone"
    assert "stern" in row.reason
    assert (await stage.elsewhere.truth(one)).personality.tone == "stern"
    assert stage.proxy.asked("PATCH") == []
    shown = await stage.world.shown(one)
    assert shown.influencer.personality.tone == "playful"
    assert shown.confirmed.personality.tone == "stern"
    await until(lambda: stage.world.status.blocked == 1)
    await stage.world.session.conflicts.resolve(one, {"personality.tone": "playful"})
    await stage.world.sent()
    assert (await stage.elsewhere.truth(one)).personality.tone == "playful"


async def test_the_same_edit_made_elsewhere_is_no_conflict_and_not_sent_again(stage, one):
    personas = stage.world.session.personas
    await personas.edit(one, {"personality.tone": "playful"})
    await stage.elsewhere.client.patch_influencer(one, {"personality.tone": "playful"})
    await personas.publish(one)
    await stage.world.sent()
    assert stage.proxy.asked("PATCH") == []
    assert (await stage.world.shown(one)).confirmed.personality.tone == "playful"


async def test_another_field_changed_elsewhere_stays(stage, one):
    personas = stage.world.session.personas
    await personas.edit(one, {"personality.tone": "playful"})
    await stage.elsewhere.client.patch_influencer(one, {"personality.humor": "slapstick"})
    await personas.publish(one)
    await stage.world.sent()
    shown = await stage.world.shown(one)
    assert shown.confirmed.personality.humor == "slapstick"
    assert shown.confirmed.personality.tone == "playful"


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(stage, one):
    stage.proxy.when("PATCH", PATCH, lose_answer)
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    await stage.world.sent()
    keys = {each.key for each in stage.proxy.asked("PATCH")}
    assert len(stage.proxy.asked("PATCH")) == 2
    assert len(keys) == 1
    assert (await stage.world.shown(one)).confirmed.style == "workwear"


async def test_answers_that_stay_lost_end_as_one_change(stage, one):
    stage.proxy.when("PATCH", PATCH, lose_answer, times=3)
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    await stage.world.sent()
    assert len({each.key for each in stage.proxy.asked("PATCH")}) == 1
    assert (await stage.elsewhere.truth(one)).style == "workwear"
    assert (await stage.world.shown(one)).confirmed.style == "workwear"


async def test_a_request_that_arrives_twice_counts_once(stage, one):
    stage.proxy.when("PATCH", PATCH, twice)
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    await stage.world.sent()
    assert (await stage.elsewhere.truth(one)).style == "workwear"


async def test_a_refusal_blocks_that_row_alone_and_names_the_field(stage, one):
    other = await stage.elsewhere.influencer(stage.project_id, {"name": "Bo"})
    stage.world.session.engine.sync_now()
    await until(lambda: stage.world.session.personas.show(other))
    await stage.world.read_in_full(other)
    stage.proxy.when(
        "PATCH",
        f"/v1/influencers/{one}$",
        answer(422, "VALIDATION", issues=[{"path": "personality.tone", "message": "too odd"}]),
    )
    personas = stage.world.session.personas
    await personas.edit(one, {"personality.tone": "odd"})
    await personas.edit(other, {"style": "workwear"})
    await personas.publish(one)
    await personas.publish(other)
    row = await stage.world.blocked(one)
    assert row.reason_code == "VALIDATION"
    assert row.reason_field == "personality.tone"
    assert row.request_id == "req_PLANNED"
    assert "too odd" in row.reason
    await until(lambda: _has_style(stage, other))
    await until(lambda: any(each.influencer_id == one for each in stage.world.notices))
    assert stage.world.status.contact == "online"
    refused_key = stage.proxy.asked("PATCH", one)[0].key
    await personas.send_again(one)
    await stage.world.sent()
    assert stage.proxy.asked("PATCH", one)[-1].key != refused_key
    assert (await stage.elsewhere.truth(one)).personality.tone == "odd"


async def _has_style(stage, influencer_id):
    return (await stage.elsewhere.truth(influencer_id)).style == "workwear"


async def test_a_state_conflict_is_tried_a_few_times_and_then_told(stage, one):
    stage.proxy.when("PATCH", PATCH, answer(409, "CONFLICT"), times=50)
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    row = await stage.world.blocked(one)
    assert row.reason_code == "CONFLICT"
    assert len(stage.proxy.asked("PATCH")) == 3


async def test_edits_of_what_was_deleted_elsewhere_become_a_draft_again(stage, one):
    personas = stage.world.session.personas
    await personas.edit(one, {"personality.tone": "playful"})
    await stage.elsewhere.client.delete_influencer(one)
    await personas.publish(one)

    async def is_draft():
        shown = await personas.show(one)
        return shown if not shown.waiting and shown.changes else None

    shown = await until(is_draft)
    assert shown.influencer.personality.tone == "playful"
    await until(lambda: stage.world.status.blocked == 0 and stage.world.status.waiting == 0)
    assert any("deleted" in each.sentence for each in stage.world.notices)


async def test_a_limit_is_waited_out_as_told_while_reads_go_on(stage, one):
    world = stage.world
    other = await stage.elsewhere.influencer(stage.project_id, {"name": "Bo"})
    world.session.engine.sync_now()
    await until(lambda: world.session.personas.show(other))
    await world.read_in_full(other)
    stage.proxy.when("PATCH", PATCH, answer(429, "RATE_LIMITED", {"Retry-After": "25"}))
    for each in (one, other):
        await world.session.personas.edit(each, {"style": "workwear"})
    for each in (one, other):
        await world.session.personas.publish(each)
    await until(lambda: world.status.next_try)
    assert world.status.contact == "online"
    row, _ = await world.outbox()
    assert row.state == "waiting"
    assert row.next_try is not None
    reads = len(stage.proxy.asked("GET", f"{one}$"))
    world.session.engine.want(one)
    await until(lambda: len(stage.proxy.asked("GET", f"{one}$")) > reads)
    assert len(stage.proxy.asked("PATCH")) == 1
    await world.sent()
    first, *later = stage.proxy.asked("PATCH")
    assert len(later) == 2
    assert min(each.at - first.at for each in later) * world.clock.factor >= 25
    assert first.key in {each.key for each in later}


async def test_a_row_the_server_stumbles_over_does_not_hold_up_the_others(stage, one):
    other = await stage.elsewhere.influencer(stage.project_id, {"name": "Bo"})
    world = stage.world
    world.session.engine.sync_now()
    await until(lambda: world.session.personas.show(other))
    await world.read_in_full(other)
    stage.proxy.when("PATCH", f"{one}$", answer(500, "INTERNAL"), times=9)
    personas = world.session.personas
    await personas.edit(one, {"style": "workwear"})
    await personas.edit(other, {"style": "workwear"})
    await personas.publish(one)
    await personas.publish(other)
    await until(lambda: _has_style(stage, other))
    assert any(row.mutation.influencer_id == one for row in await world.outbox())
    await world.sent()
    assert (await stage.elsewhere.truth(one)).style == "workwear"
    assert len({each.key for each in stage.proxy.asked("PATCH", one)}) == 1


async def test_an_answer_nobody_can_read_is_asked_for_again(stage, one):
    stage.proxy.when("PATCH", PATCH, unreadable())
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    await stage.world.sent()
    assert (await stage.world.shown(one)).confirmed.style == "workwear"
    assert await stage.world.outbox() == ()


async def test_a_cut_connection_is_tried_again(stage, one):
    stage.proxy.when("PATCH", PATCH, cut, times=4)
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    await stage.world.sent()
    assert (await stage.elsewhere.truth(one)).style == "workwear"


async def test_what_is_typed_while_a_publish_is_under_way_stays_a_draft(stage, one):
    personas = stage.world.session.personas
    stage.proxy.when("PATCH", PATCH, late(0.3))
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)
    await until(lambda: stage.proxy.asked("PATCH"))
    await personas.edit(one, {"style": "streetwear"})
    await stage.world.sent()
    shown = await stage.world.shown(one)
    assert shown.confirmed.style == "workwear"
    assert shown.influencer.style == "streetwear"
    assert [change.path for change in shown.changes] == ["style"]


async def test_a_list_read_before_a_publish_does_not_bring_the_old_name_back(stage, one):
    world = stage.world
    gate = asyncio.Event()
    stage.proxy.when("GET", f"/v1/projects/{stage.project_id}/influencers", held(gate))
    world.session.engine.sync_now()
    await until(
        lambda: any(
            "influencers" in each.path and not each.status
            for each in stage.proxy.asked("GET", stage.project_id)
        )
    )
    await world.session.personas.edit(one, {"name": "Adele"})
    await world.session.personas.publish(one)
    gate.set()
    await world.sent()
    assert (await world.shown(one)).influencer.name == "Adele"
    assert (await stage.elsewhere.truth(one)).name == "Adele"


async def test_the_replay_of_an_old_answer_is_not_what_the_screen_ends_with(stage, one):
    """The try arrived, its answer was lost, and a colleague undid it before the next try."""
    await stage.world.ready(one)
    personas = stage.world.session.personas
    stage.proxy.when("PATCH", PATCH, lose_answer, times=50)
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)

    async def is_in_doubt():
        return any(row.maybe_sent for row in await stage.world.outbox())

    await until(is_in_doubt)
    await stage.world.close()
    await stage.elsewhere.client.patch_influencer(one, {"style": None})
    stage.proxy.behave()
    await stage.world.open()
    await stage.world.sent()

    async def says_the_truth():
        truth = await stage.elsewhere.truth(one)
        return (await stage.world.shown(one)).influencer.style == truth.style

    await until(says_the_truth)
