"""Publish all, over a real socket: ``python tests/bench/bench_publish.py [--drafts 100]``.

Starts the real local server with its seed personas filled up, edits three fields of each of many
influencers, publishes them, and prints the seconds until the last was confirmed. Judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "flows"))

from flow_world import FastClock, World, until
from partner_process import PartnerServer

from studio.domain.roster import RosterQuery

PATIENCE = 600.0


async def measure(world: World, drafts: int) -> None:
    """Print what each step takes."""
    personas = world.session.personas
    began = time.perf_counter()
    await until(lambda: _is_read(world, drafts), PATIENCE, every=0.1)
    print(f"{drafts} influencers read in full           {time.perf_counter() - began:7.2f} s")
    project_id = await _largest(world)
    rows = await personas.roster(RosterQuery(project_id), 0, drafts)
    began = time.perf_counter()
    for row in rows:
        values = {"personality.tone": "dry", "hair_color": "teal", "vibe": f"calm {row.id}"}
        await personas.edit(row.id, values)
    print(f"{len(rows)} drafts of three fields            {time.perf_counter() - began:7.2f} s")
    began = time.perf_counter()
    for row in rows:
        await personas.publish(row.id)
    print(f"{len(rows)} publishes asked for               {time.perf_counter() - began:7.2f} s")
    await until(lambda: _is_sent(world), PATIENCE, every=0.05)
    took = time.perf_counter() - began
    print(f"{len(rows)} publishes confirmed               {took:7.2f} s, {len(rows) / took:.1f}/s")


async def _largest(world: World) -> str:
    rows = await world.session.personas.projects()
    return max(rows, key=lambda row: row.influencers).project.id


async def _is_read(world: World, drafts: int) -> bool:
    if not await world.session.personas.projects():
        return False
    project_id = await _largest(world)
    await world.session.personas.use_project(project_id)
    rows = await world.session.personas.roster(RosterQuery(project_id), 0, drafts)
    shown = [await world.session.personas.show(row.id) for row in rows]
    return len(rows) >= drafts and all(each and each.influencer.detailed for each in shown)


async def _is_sent(world: World) -> bool:
    return not await world.outbox()


async def run(drafts: int) -> None:
    """A server, a program, and the figures."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("--roster", str(drafts + 20), "--tier", "partner")
        server = PartnerServer(Path(folder) / "server", options).start()
        world = World(Path(folder) / "work", server.url, server.key, FastClock(1.0))
        try:
            await world.open()
            await measure(world, drafts)
        finally:
            await world.close()
            server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=100)
    asyncio.run(run(parser.parse_args().drafts))
