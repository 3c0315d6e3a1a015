"""A server forgets an idempotency key after a day: it is asked before anything is sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fault_proxy import cut, lose_answer
from flow_world import until

LONG = timedelta(hours=30)


@pytest.fixture
async def one(stage):
    """An influencer that is here with its details."""
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def _in_doubt(stage):
    """Wait until a try may have arrived; then the program is shut, and a day goes by."""

    async def is_doubtful():
        return any(row.maybe_sent for row in await stage.world.outbox())

    await until(is_doubtful)
    await stage.world.close()
    passed = len(stage.proxy.passed)
    stage.world.clock._moment += LONG
    await stage.world.open()
    return passed


def _writes(stage, since):
    return [each for each in stage.proxy.passed[since:] if each.method != "GET"]


async def test_what_was_made_is_found_and_not_asked_for_again(stage, one):
    stage.proxy.when("POST", "/influencers$", lose_answer, times=99)
    made = await stage.world.session.personas.create(stage.project_id, {"name": "Juno"})
    since = await _in_doubt(stage)
    await stage.world.sent()
    assert _writes(stage, since) == []
    assert (await stage.world.shown(made)).confirmed.name == "Juno"


async def test_a_clone_that_was_made_is_found(stage, one):
    stage.proxy.when("POST", "/clone$", lose_answer, times=99)
    made = await stage.world.session.personas.clone(one, "Ada (B)", {"style": "workwear"})
    since = await _in_doubt(stage)
    await stage.world.sent()
    assert _writes(stage, since) == []
    assert (await stage.world.shown(made)).confirmed.style == "workwear"


async def test_what_never_arrived_goes_under_a_fresh_key(stage, one):
    stage.proxy.when("POST", "/influencers$", cut, times=99)
    made = await stage.world.session.personas.create(stage.project_id, {"name": "Juno"})
    since = await _in_doubt(stage)
    old = {each.key for each in stage.proxy.passed[:since] if each.method == "POST"}
    stage.proxy.behave()
    await stage.world.sent()
    (sent,) = _writes(stage, since)[-1:]
    assert sent.key not in old
    assert (await stage.elsewhere.truth(made)).name == "Juno"


async def test_an_edit_goes_under_a_fresh_key_after_a_look(stage, one):
    stage.proxy.when("PATCH", f"{one}$", cut, times=99)
    await stage.world.session.personas.edit(one, {"style": "workwear"})
    await stage.world.session.personas.publish(one)
    since = await _in_doubt(stage)
    old = {each.key for each in stage.proxy.passed[:since] if each.method == "PATCH"}
    stage.proxy.behave()
    await stage.world.sent()
    assert _writes(stage, since)[-1].key not in old
    assert (await stage.elsewhere.truth(one)).style == "workwear"


async def test_a_deletion_that_was_done_is_not_repeated(stage, one):
    stage.proxy.when("DELETE", f"{one}$", lose_answer, times=99)
    await stage.world.session.personas.delete(one, "done")
    since = await _in_doubt(stage)
    await stage.world.sent()
    assert _writes(stage, since) == []


async def test_images_that_are_bound_are_not_bound_again(stage, one, picture):
    stage.proxy.when("POST", "/reference-images$", lose_answer, times=99)
    await stage.world.session.uploads.add_bytes(one, picture(), "pasted.png")
    since = await _in_doubt(stage)
    await stage.world.sent()
    assert [each for each in _writes(stage, since) if "reference" in each.path] == []
    assert len((await stage.world.shown(one)).confirmed.reference_images) > 0

    async def is_empty():
        return await stage.world.uploads_of(one) == ()

    await until(is_empty)
