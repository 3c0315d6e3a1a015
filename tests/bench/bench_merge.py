"""Figures of the merge: ``python tests/bench/bench_merge.py``.

Prints how many whole influencers (every field edited on both sides, lists of several sizes) merge
in a second, and what conflicts cost a keystroke. Judges nothing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.core.errors import ChangeStateFirst
from studio.domain.draft import DraftField
from studio.domain.fields import FIELDS
from studio.domain.influencer import Influencer
from studio.domain.merge import merge_fields
from studio.store import drafts, outbox, personas
from studio.store.database import Database

MOVED = ChangeStateFirst("It changed.", code=outbox.CHANGED_ON_SERVER)


def merges(entries: int) -> float:
    """Merges a second, with lists of so many entries."""
    theirs = Influencer("inf_1", "p", "Ada")
    fields = {}
    for spec in FIELDS:
        base = tuple(f"entry {number}" for number in range(entries))
        if spec.is_list:
            fields[spec.path] = DraftField((*base, "mine"), base)
            theirs = theirs.with_value(spec.path, ("theirs", *base[1:]))
        else:
            fields[spec.path] = DraftField("mine", "base")
            theirs = theirs.with_value(spec.path, "theirs")
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < 1.0:
        merge_fields(fields, theirs)
        number += 1
    return number / (time.perf_counter() - began)


def keystrokes(held: int) -> list[float]:
    """Milliseconds of single edits with so many conflicts open."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        db = Database.open(Path(folder) / "w.sqlite3")
        for number in range(held + 1):
            influencer_id = f"inf_{number}"
            base = Influencer(influencer_id, "p", "Ada", "ready")
            db.submit(personas.put_full, base.with_value("style", "base")).result()
            if number:
                db.submit(drafts.set_fields, influencer_id, {"style": "mine"}).result()
                db.submit(outbox.publish, influencer_id, f"M{number}").result()
                db.submit(personas.put_full, base.with_value("style", "theirs")).result()
                db.submit(outbox.block, f"M{number}", MOVED).result()
        for number in range(400):
            began = time.perf_counter()
            db.submit(drafts.set_fields, "inf_0", {"vibe": "x" * number}).result()
            took.append((time.perf_counter() - began) * 1000)
        db.close()
    return took


if __name__ == "__main__":
    for size in (5, 50, 500):
        sys.stdout.write(f"merges a second, lists of {size}: {merges(size):,.0f}\n")
    for count in (0, 100):
        figures = sorted(keystrokes(count))
        p99 = figures[int(len(figures) * 0.99)]
        sys.stdout.write(
            f"keystroke with {count} conflicts open: "
            f"p50 {statistics.median(figures):.2f} ms, p99 {p99:.2f} ms\n"
        )
