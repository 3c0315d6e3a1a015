"""Any order of edits, publishes, answers, failures and restarts: screen and tables agree.

A small model says what each influencer should show; the store has to show exactly that, its counts
have to be its rows, and every word typed has to be on the screen, on the server or in the history.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.core.clock import SystemClock
from studio.core.errors import ChangeStateFirst, FixInput, TryLater
from studio.domain.influencer import Influencer
from studio.domain.mutation import Clone, Create, Delete, Patch
from studio.domain.roster import VIEWS, RosterQuery
from studio.store import cards, drafts, history, outbox, personas, projections, roster
from studio.store.database import Database

PATHS = ("name", "vibe", "personality.tone")
WORDS = st.sampled_from(("", "warm", "cool", "dry", "calm"))
FIRST = ("inf_1", "inf_2")


class Clock(SystemClock):
    """Seconds that only the machine moves."""

    def __init__(self):
        self.moment = datetime(2026, 4, 18, tzinfo=UTC)

    def now(self):
        return self.moment


class Machine(RuleBasedStateMachine):
    """The server is the model's ``server``: what it holds of each influencer, by path."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "w.sqlite3"
        self.clock = Clock()
        self.db = Database.open(self.path, clock=self.clock)
        self.numbers = itertools.count(1)
        self.server = {}
        self.screen = {}
        self.typed = set()
        for influencer_id in FIRST:
            person = Influencer(influencer_id, "p", influencer_id.upper(), "ready", vibe="calm")
            self.do(personas.put_full, person)
            self.server[influencer_id] = {"name": person.name, "vibe": "calm"}
            self.screen[influencer_id] = dict(self.server[influencer_id])

    def teardown(self):
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()

    def do(self, fn, *args):
        self.clock.moment += timedelta(seconds=1)
        return self.db.submit(fn, *args).result()

    def ask(self, fn, *args):
        return self.db.submit_read(fn, *args).result()

    def pick(self, data):
        return data.draw(st.sampled_from(sorted(self.screen)), label="influencer")

    # ---- what a person does

    @precondition(lambda self: self.screen)
    @rule(data=st.data(), path=st.sampled_from(PATHS), word=WORDS)
    def edit(self, data, path, word):
        influencer_id = self.pick(data)
        text = f"{word} {next(self.numbers)}" if word else ""
        self.do(drafts.set_fields, influencer_id, {path: text})
        self.screen[influencer_id][path] = text
        self.typed.add((influencer_id, text))

    @precondition(lambda self: self.screen)
    @rule(data=st.data())
    def publish(self, data):
        influencer_id = self.pick(data)
        before = self.ask(drafts.get, influencer_id)
        try:
            self.do(outbox.publish, influencer_id, f"M{next(self.numbers)}")
        except ChangeStateFirst:
            assert self.ask(drafts.get, influencer_id) == before

    @precondition(lambda self: len(self.screen) < 6)
    @rule(word=WORDS)
    def create(self, word):
        influencer_id = f"inf_new{next(self.numbers)}"
        values = {"name": influencer_id, "vibe": word}
        self.do(outbox.enqueue, Create(f"M{next(self.numbers)}", "p", influencer_id, values))
        self.screen[influencer_id] = dict(values)

    @precondition(lambda self: len(self.screen) < 6)
    @rule(word=WORDS)
    def start_new(self, word):
        influencer_id = f"inf_draft{next(self.numbers)}"
        values = {"name": influencer_id, "vibe": word}
        self.do(drafts.start_new, "p", influencer_id, values)
        self.screen[influencer_id] = dict(values)

    @precondition(lambda self: 0 < len(self.screen) < 6)
    @rule(data=st.data())
    def clone(self, data):
        source_id = self.pick(data)
        influencer_id = f"inf_copy{next(self.numbers)}"
        asked = Clone(
            f"M{next(self.numbers)}", "p", influencer_id, source_id, influencer_id, {"vibe": "x"}
        )
        try:
            self.do(outbox.enqueue, asked)
        except ChangeStateFirst:
            return
        self.screen[influencer_id] = {"name": influencer_id, "vibe": "x"}

    @precondition(lambda self: self.screen)
    @rule(data=st.data())
    def delete(self, data):
        influencer_id = self.pick(data)
        self.do(outbox.enqueue, Delete(f"M{next(self.numbers)}", "p", influencer_id))
        if self.ask(projections.show, influencer_id) is None:
            assert influencer_id not in self.server
            del self.screen[influencer_id]

    @precondition(lambda self: self.screen)
    @rule(data=st.data())
    def discard(self, data):
        influencer_id = self.pick(data)
        self.do(drafts.discard, influencer_id)
        self.learn(influencer_id)

    @precondition(lambda self: self.screen)
    @rule(data=st.data())
    def take_back(self, data):
        influencer_id = self.pick(data)
        before = self.ask(projections.show, influencer_id)
        self.do(outbox.take_back, influencer_id)
        after = self.ask(projections.show, influencer_id)
        if after is not None and any(isinstance(r.mutation, Patch) for r in before.waiting):
            for path in PATHS:
                was, now = before.influencer.value(path), after.influencer.value(path)
                assert (was or "") == (now or ""), path
        self.learn(influencer_id)

    @precondition(lambda self: self.screen)
    @rule(data=st.data())
    def send_again(self, data):
        self.do(outbox.send_again, self.pick(data))

    def learn(self, influencer_id):
        """After a step back the screen shows what lies below; the model takes it as it is."""
        shown = self.ask(projections.show, influencer_id)
        if shown is None:
            del self.screen[influencer_id]
            return
        own = PATHS
        if influencer_id not in self.server:
            # What a placeholder has of its source follows the source until it is made.
            own = {"name", "vibe", *(change.path for change in shown.changes)}
        self.screen[influencer_id] = {path: shown.influencer.value(path) for path in own}

    # ---- what the server and the disk do

    @rule(outcome=st.sampled_from(("ok", "ok", "ok", "lost", "refused", "put back")))
    def send(self, outcome):
        row = self.do(outbox.claim_next)
        if row is None:
            assert not self.ask(outbox.has_due)
            return
        mutation = row.mutation
        assert self.may_be_sent(mutation)
        if outcome == "lost":
            self.do(outbox.fail, mutation.id, self.clock.moment, TryLater("No network."))
        elif outcome == "refused":
            self.do(outbox.block, mutation.id, FixInput("No."))
        elif outcome == "put back":
            self.do(outbox.put_back, mutation.id)
        else:
            self.confirm(mutation)

    def may_be_sent(self, mutation):
        if isinstance(mutation, Create):
            return mutation.influencer_id not in self.server
        if isinstance(mutation, Clone):
            # A source that was cancelled before it was sent is refused by the server itself.
            source = mutation.source_id
            return source in self.server or source not in self.screen
        return mutation.influencer_id in self.server

    def confirm(self, mutation):
        influencer_id = mutation.influencer_id
        match mutation:
            case Patch():
                for path, entry in mutation.fields.items():
                    self.server[influencer_id][path] = entry.value
            case Create():
                self.server[influencer_id] = dict(mutation.values)
            case Clone():
                self.server[influencer_id] = {"name": mutation.name, **mutation.overrides}
            case Delete():
                del self.server[influencer_id]

        def answer(conn):
            below = projections.without_draft(conn, influencer_id)
            outbox.ack(conn, mutation.id)
            if isinstance(mutation, (Patch, Create, Clone)):
                known = personas.get(conn, influencer_id) or below.influencer
                if isinstance(mutation, Patch):
                    for path, entry in mutation.fields.items():
                        known = known.with_value(path, entry.value)
                personas.put_full(conn, known)

        self.do(answer)
        if isinstance(mutation, Delete):
            del self.screen[influencer_id]

    @rule()
    def restart(self):
        self.db.close()
        self.db = Database.open(self.path, clock=self.clock)
        assert not self.db.report.unclean
        self.do(outbox.recover)

    # ---- what always holds

    @invariant()
    def the_screen_shows_the_model(self):
        if not hasattr(self, "db"):
            return
        for influencer_id, values in self.screen.items():
            shown = self.ask(projections.show, influencer_id)
            assert shown is not None, influencer_id
            for path, value in values.items():
                assert (shown.influencer.value(path) or "") == (value or ""), (influencer_id, path)

    @invariant()
    def counts_are_rows(self):
        if not hasattr(self, "db"):
            return
        query = RosterQuery("p")
        counts = self.ask(roster.counts, query)
        for view in VIEWS:
            listed = self.ask(roster.rows, RosterQuery("p", view=view), 0, 99)
            assert counts.views[view] == len(listed)
        listed = {row.id: row for row in self.ask(roster.rows, query, 0, 99)}
        assert set(listed) == set(self.screen)
        for influencer_id, row in listed.items():
            shown = self.ask(projections.show, influencer_id)
            assert row.name == shown.influencer.name
            assert row.unsent == len(shown.changes)
            assert row.waiting == len(shown.waiting)
            assert row.local_only == (influencer_id not in self.server)

    @invariant()
    def cards_are_what_they_would_be_anew(self):
        if not hasattr(self, "db"):
            return

        class Undo(Exception):
            pass

        def compare(conn):
            columns = "id, shelf, flags, name, tagline, unsent, waiting, blocked, text_hash"
            kept = conn.rows(f"SELECT {columns} FROM card ORDER BY id")
            cards.rebuild(conn)
            assert kept == conn.rows(f"SELECT {columns} FROM card ORDER BY id")
            raise Undo

        with contextlib.suppress(Undo):
            self.db.submit(compare).result()

    @invariant()
    def every_word_typed_is_somewhere(self):
        if not hasattr(self, "db"):
            return
        for influencer_id, text in self.typed:
            if text:
                told = self.ask(history.of_influencer, influencer_id, 10_000)
                assert any(text in str((entry.new, entry.old)) for entry in told)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=int(os.environ.get("STUDIO_MACHINE_RUNS", "20")),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
