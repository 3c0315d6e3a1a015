"""The first minutes with a server: the roster arrives, stays, and costs little."""

from __future__ import annotations

from flow_world import until

from studio.domain.roster import RosterQuery


async def test_the_first_pull_fills_the_store_with_names_and_details(stage):
    ids = [
        await stage.elsewhere.influencer(
            stage.project_id, {"name": name, "personality.tone": "warm"}
        )
        for name in ("Ada", "Bo", "Cy")
    ]
    world = await stage.world.open()
    for influencer_id in ids:
        shown = await world.read_in_full(influencer_id)
        assert shown.influencer.personality.tone == "warm"
    rows = await world.session.personas.roster(RosterQuery(stage.project_id), 0, 10)
    assert {row.name for row in rows} == {"Ada", "Bo", "Cy"}
    assert world.status.contact == "online"
    assert world.status.credits is not None
    assert world.status.organization


async def test_what_was_read_is_there_without_a_network(stage):
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    world = await stage.world.open()
    await world.read_in_full(influencer_id)
    last = world.status.last_contact
    await world.close()
    ended = world.clock.now()
    await stage.proxy.offline()
    await world.open()
    assert (await world.shown(influencer_id)).influencer.name == "Ada"
    await until(lambda: world.status.contact == "offline")
    assert world.status.reason
    assert world.status.next_try is not None
    assert world.status.organization
    assert last is not None
    assert last <= world.status.last_contact <= ended


async def test_what_waits_here_is_told_before_any_server_has_answered(stage):
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    world = await stage.world.open()
    await world.read_in_full(influencer_id)
    await stage.proxy.offline()
    await world.session.personas.edit(influencer_id, {"style": "workwear"})
    await world.session.personas.publish(influencer_id)
    await world.session.personas.edit(influencer_id, {"vibe": "calm"})
    organization = world.status.organization
    await world.close()
    await world.open(connect=False)
    await world.session.engine.remember()
    assert world.status.contact == "connecting"
    assert world.status.waiting == 1
    assert world.status.drafts == 1
    assert world.status.organization == organization
    assert world.status.last_contact is not None
