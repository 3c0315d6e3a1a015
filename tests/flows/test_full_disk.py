"""The disk fills up in the middle of the work: told once, nothing lost, healed by itself."""

from __future__ import annotations

import asyncio

from fault_proxy import held
from flow_world import until


def _limit(conn, pages):
    """As many pages as the file may have; the real error of SQLite comes after that."""
    pages = pages or conn.value("PRAGMA page_count")
    conn.rows(f"PRAGMA max_page_count = {pages}")


async def test_an_answer_that_cannot_be_stored_is_fetched_again_when_there_is_room(stage):
    one = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    world = await stage.world.open()
    await world.read_in_full(one)
    gate = asyncio.Event()
    stage.proxy.when("PATCH", one, held(gate))
    await world.session.personas.edit(one, {"style": "workwear"})
    await world.session.personas.publish(one)
    await until(lambda: stage.proxy.asked("PATCH"))
    # The answer brings more than fits.
    many = tuple(f"interest number {number}" for number in range(3_000))
    await stage.elsewhere.client.patch_influencer(one, {"personality.interests": many})
    await world.session.db.write(_limit, 0)
    last = world.status.last_contact
    gate.set()
    await until(lambda: any("disk is full" in each.sentence for each in world.notices))
    assert world.status.contact == "online"
    assert world.status.last_contact >= last
    asked = len(stage.proxy.asked("GET", f"{one}$"))
    await until(lambda: len(stage.proxy.asked("GET", f"{one}$")) > asked + 1)
    assert len([each for each in world.notices if "disk" in each.sentence]) == 1
    await world.session.db.write(_limit, 1_000_000)
    await world.sent()
    shown = await world.shown(one)
    assert shown.confirmed.style == "workwear"
    assert shown.confirmed.personality.interests == many
    assert len({each.key for each in stage.proxy.asked("PATCH")}) == 1
