"""Figures of the workspace file: ``python tests/bench/bench_store.py [rows ...]``.

Prints milliseconds: a keystroke until it is on the disk, pages, sizes, counts, places and search at
several sizes of roster, and opening after an orderly and an unclean end. Judges nothing.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.domain.edit_step import EditStep, StepChanges
from studio.domain.influencer import Influencer, Personality
from studio.domain.roster import RosterQuery
from studio.store import as_of, drafts, edit_steps, outbox, personas, roster
from studio.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.store.connection import Connection

PROJECT = "254a4ce1-0000-4000-8000-000000000001"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
HUMOR = "personality.humor"
WORDS = [
    "earnest",
    "thorough",
    "playful",
    "dry",
    "warm",
    "curious",
    "bold",
    "calm",
    "witty",
    "gentle",
    "sharp",
    "loyal",
]
NAMES = [
    "Nova",
    "Ava",
    "Maria",
    "Theo",
    "Kai",
    "Imani",
    "Sora",
    "Marcus",
    "Lena",
    "Noor",
    "Zoë",
    "Jürgen",
    "Łukasz",
    "نور",
]
STATUSES = ("ready", "ready", "ready", "ready", "training", "pending", "failed")


def make(number: int, dice: random.Random) -> Influencer:
    """One believable record."""
    return Influencer(
        f"inf_01J{number:020d}",
        PROJECT,
        f"{dice.choice(NAMES)} {number}",
        dice.choice(STATUSES),
        "female",
        "25-34",
        style="workwear",
        personality=Personality(
            traits=tuple(dice.sample(WORDS, 3)),
            tone=dice.choice(WORDS),
            humor=dice.choice(WORDS),
            formality="casual",
            values=tuple(dice.sample(WORDS, 2)),
            interests=tuple(dice.sample(WORDS, 2)),
            speaking_style="direct",
            catchphrases=("Ship it.", f"That is {dice.choice(WORDS)}."),
        ),
        created_at=FIRST + timedelta(seconds=number),
        updated_at=FIRST + timedelta(seconds=number),
    )


def timed(label: str, call: Callable[[], object], rounds: int) -> None:
    """Run and print the median, the 99th percentile and the worst, in milliseconds."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    print(
        f"  {label:<44} p50 {statistics.median(took):8.3f}   p99 {p99:8.3f}   max {took[-1]:8.3f}"
    )


def fill(db: Database, count: int) -> None:
    """Store ``count`` records, a thousand per transaction."""
    dice = random.Random(count)
    start = time.perf_counter()
    for first in range(0, count, 1000):
        batch = [make(number, dice) for number in range(first, min(first + 1000, count))]

        def store(conn: Connection, batch: list[Influencer] = batch) -> None:
            personas.put_slim(conn, batch)

        db.submit(store).result()
    took = time.perf_counter() - start
    print(f"  {'filling':<44} {took:.2f} s, {took / count * 1e6:.0f} us each")


def keystrokes(db: Database, count: int) -> None:
    """Typing: one edit each, durable; then publish and the server's answer."""
    influencer_id = f"inf_01J{count // 2:020d}"
    texts = iter(f"wry number {number}" for number in range(10_000_000))

    def type_one() -> None:
        db.submit(drafts.set_fields, influencer_id, {HUMOR: next(texts)}).result()

    timed("keystroke, durable", type_one, 500)

    def type_with_step() -> None:
        text = next(texts)
        before, after = {influencer_id: {HUMOR: None}}, {influencer_id: {HUMOR: text}}
        step = EditStep("burst", "Change humor", before, after)
        db.submit(edit_steps.edit, after, StepChanges((step,))).result()

    timed("keystroke with its step of undo, durable", type_with_step, 500)
    numbers = iter(range(10_000_000))

    def publish_and_ack() -> None:
        db.submit(drafts.set_fields, influencer_id, {"vibe": next(texts)}).result()
        db.submit(outbox.publish, influencer_id, f"M{next(numbers)}").result()
        row = db.submit(outbox.claim_next).result()
        assert row is not None
        db.submit(outbox.ack, row.mutation.id).result()

    timed("edit, publish, claim, ack (four commits)", publish_and_ack, 50)


def reading(db: Database, count: int) -> None:
    """What the gallery asks for."""
    everything = RosterQuery(PROJECT)

    def ask(fn: Callable[..., object], *args: object) -> Callable[[], object]:
        return lambda: db.submit_read(fn, *args).result()

    for sort in ("newest", "name", "updated"):
        query = replace(everything, sort=sort)
        timed(f"page of 100, {sort}, first", ask(roster.rows, query, 0, 100), 100)
        timed(f"page of 100, {sort}, middle", ask(roster.rows, query, count // 2, 100), 30)
    ready = replace(everything, view="ready")
    timed("page of 100, ready, middle", ask(roster.rows, ready, count // 4, 100), 30)
    failed = replace(everything, status="failed")
    timed("page of 100, failed chip, first", ask(roster.rows, failed, 0, 100), 30)
    timed("size, all", ask(roster.size, everything), 50)
    timed("counts", ask(roster.counts, everything), 50)
    middle = f"inf_01J{count // 2:020d}"
    timed("position, newest", ask(roster.position, everything, middle), 50)
    timed("position, name", ask(roster.position, replace(everything, sort="name"), middle), 50)
    for text in ("s", "ship", "nova 1", "earnest playful", "zzz", f"{count - 1}"):
        query = replace(everything, text=text)
        timed(f"search “{text}”, page of 100", ask(roster.rows, query, 0, 100), 30)
        by_name = replace(query, sort="name")
        timed(f"search “{text}”, page of 100 by name", ask(roster.rows, by_name, 0, 100), 10)
        timed(f"search “{text}”, size", ask(roster.size, query), 10)
        timed(f"search “{text}”, counts", ask(roster.counts, query), 10)
    timed("suggestions, traits", ask(roster.suggestions, PROJECT, "personality.traits"), 10)
    timed("roster as of now", ask(as_of.roster, PROJECT, datetime.now(UTC)), 5)
    timed("suggestions, tone", ask(roster.suggestions, PROJECT, "personality.tone"), 10)


def opening(path: Path) -> None:
    """After an orderly end, and with the mark of an unclean one."""

    def reopen() -> None:
        Database.open(path).close()

    timed("open and close", reopen, 20)
    mark = path.with_name(f"{path.name}.open")

    def reopen_unclean() -> None:
        mark.touch()
        Database.open(path).close()

    timed("open after an unclean end (whole check)", reopen_unclean, 5)
    print(f"  {'file':<44} {path.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    """Every size asked for, or 22, 10,000 and 100,000."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [22, 10_000, 100_000]
    for count in sizes:
        print(f"{count} influencers")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "workspace.sqlite3"
            db = Database.open(path)
            fill(db, count)
            keystrokes(db, count)
            reading(db, count)
            db.close()
            opening(path)


if __name__ == "__main__":
    main()
