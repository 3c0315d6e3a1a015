"""The past, unwound from the present, is what was recorded when it was the present."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import ChangeStateFirst, FixInput
from studio.domain.merge import merge_fields
from studio.store import as_of, conflicts, decisions, drafts, outbox, personas, projections

PATHS = ("name", "gender", "personality.tone", "personality.traits", "style")
TONE = "personality.tone"
ONE = "inf_001"

DEEDS = (
    "edit", "edit", "edit", "pull", "pull", "publish", "publish", "confirm", "meet", "meet",
    "decide", "take_back", "discard", "list", "base", "refused",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.sampled_from(PATHS), st.integers(0, 4)), max_size=25
)


def word(path, number):
    if path == "personality.traits":
        return tuple(f"t{each}" for each in range(number))
    return f"w{number}"


class Course:
    """One influencer here and on the server, and what the screen showed after every step."""

    def __init__(self, store):
        self.store = store
        self.server = store.person(1, "w0", gender="w0", tone="w0", style="w0")
        store.know(self.server)
        self.numbers = itertools.count()
        self.seen = []
        self.look()

    def look(self):
        shown = self.store.ask(projections.show, ONE).influencer
        self.seen.append(
            (
                self.store.clock.now() + timedelta(seconds=1),
                {path: shown.value(path) for path in PATHS},
            )
        )
        self.store.clock.forward(90)

    def step(self, what, path, number):
        getattr(self, what)(path, number)
        self.look()

    def edit(self, path, number):
        self.store.edit(ONE, **{path.replace(".", "__"): word(path, number)})

    def base(self, path, _number):
        draft = self.store.ask(drafts.get, ONE)
        if draft is not None and path in draft.fields:
            self.store.do(drafts.set_fields, ONE, {path: draft.fields[path].base})

    def pull(self, path, number):
        self.server = self.server.with_value(path, word(path, number))
        self.store.know(self.server)

    def list(self, path, number):
        if path in ("name", "gender"):
            self.server = self.server.with_value(path, word(path, number))
            self.store.do(personas.put_slim, (replace(self.server, detailed=False),))

    def publish(self, _path, _number):
        self.store.do(outbox.publish, ONE, f"M{next(self.numbers)}")

    def confirm(self, path, number):
        """The server takes a publish; sometimes it makes something else of a field."""
        row = self.store.do(outbox.claim_next)
        if row is None:
            return
        for each, entry in row.mutation.fields.items():
            self.server = self.server.with_value(each, entry.value)
        if number == 4:
            self.server = self.server.with_value(path, word(path, 3))

        def take(conn):
            outbox.ack(conn, row.mutation.id)
            personas.put_full(conn, self.server)

        self.store.do(take)

    def meet(self, path, number):
        """The server was changed before a publish reaches it: put together, or held."""
        self.server = self.server.with_value(path, word(path, number))
        row = self.store.do(outbox.claim_next)
        if row is None:
            return
        theirs, patch = self.server, row.mutation
        merge = merge_fields(patch.fields, theirs)
        if merge.to_choose:
            moved = ChangeStateFirst("Moved.", code=outbox.CHANGED_ON_SERVER)

            def hold(conn):
                personas.put_full(conn, theirs)
                outbox.block(conn, patch.id, moved)

            self.store.do(hold)
            return
        for each, value in merge.to_send.items():
            self.server = self.server.with_value(each, value)

        def take(conn):
            if merge.put_together:
                personas.put_full(conn, theirs)
                decisions.note_merge(conn, patch, merge.put_together)
            outbox.ack(conn, patch.id)
            personas.put_full(conn, self.server)

        self.store.do(take)

    def decide(self, path, number):
        """A person chooses, or writes something else."""
        found = self.store.ask(conflicts.get, ONE)
        if found is None or found.is_gone:
            return
        values = {
            each.path: (each.mine, each.theirs, word(each.path, 4))[number % 3]
            for each in found.to_choose
        }
        self.store.do(decisions.resolve, ONE, values, f"M{next(self.numbers)}", found)

    def refused(self, _path, _number):
        row = self.store.do(outbox.claim_next)
        if row is not None:
            self.store.do(outbox.block, row.mutation.id, FixInput("No."))

    def take_back(self, _path, _number):
        self.store.do(outbox.take_back, ONE)

    def discard(self, _path, _number):
        self.store.do(drafts.discard, ONE)


def plain(values):
    return {path: value or None for path, value in values.items()}


def test_any_course_of_events_can_be_unwound_to_any_moment(workspace_type):
    @settings(
        max_examples=80,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS)
    def check(steps):
        with tempfile.TemporaryDirectory() as folder:
            store = workspace_type(Path(folder) / "acme.sqlite3")
            try:
                course = Course(store)
                for step in steps:
                    course.step(*step)
                for when, seen in course.seen:
                    person = store.ask(as_of.at, ONE, when)
                    assert plain({path: person.value(path) for path in PATHS}) == plain(seen)
                    (card,) = store.ask(as_of.roster, store.project, when)
                    assert (card.row.name, card.row.gender) == (seen["name"], seen["gender"])
            finally:
                store.db.close()

    check()


def test_a_roster_as_of_a_date_has_its_people_and_their_words(store):
    store.know(store.person(1, "Nova", tone="warm"), store.person(2, "Ava"))
    before = store.clock.now()
    store.clock.forward(3_600)
    store.edit("inf_001", personality__tone="dry", name="Nova Reyes")
    store.do(personas.mark_deleted, "inf_002", store.clock.now(), "retired")
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    now = store.clock.now()
    then = store.ask(as_of.roster, store.project, before)
    assert [(each.row.name, each.on_shelf) for each in then] == [("Ava", False), ("Nova", False)]
    assert next(each for each in then if each.row.name == "Nova").row.tagline == "Warm"
    today = store.ask(as_of.roster, store.project, now)
    assert [(each.row.name, each.on_shelf) for each in today] == [
        ("Juno", False),
        ("Ava", True),
        ("Nova Reyes", False),
    ]


def test_one_that_was_made_here_and_thrown_away_is_in_the_past_alone(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno", "vibe": "calm"})
    store.clock.forward(90)
    then = store.clock.now()
    store.clock.forward(90)
    store.do(drafts.discard, "inf_new")
    (card,) = store.ask(as_of.roster, store.project, then)
    assert (card.row.name, card.row.status) == ("Juno", "draft")
    assert store.ask(as_of.at, "inf_new", then).vibe == "calm"
    assert store.ask(as_of.roster, store.project, store.clock.now()) == ()
    assert store.ask(as_of.at, "inf_new", then - timedelta(hours=1)) is None


def test_one_that_went_and_came_back_is_on_the_shelf_in_between(store):
    store.know(store.person(1, "Nova"))
    store.clock.forward(90)
    store.do(personas.mark_deleted, "inf_001", store.clock.now(), "")
    store.clock.forward(90)
    between = store.clock.now()
    store.clock.forward(90)
    store.know(store.person(1, "Nova"))
    (card,) = store.ask(as_of.roster, store.project, between)
    assert card.on_shelf
    (card,) = store.ask(as_of.roster, store.project, store.clock.now())
    assert not card.on_shelf


def test_the_moments_of_change_and_the_beginning_are_known(store):
    store.know(store.person(1, "Nova"))
    began = store.clock.now()
    store.clock.forward(90)
    store.edit(vibe="calm")
    edited = store.clock.now()
    assert store.ask(as_of.begins, store.project) == began
    assert store.ask(as_of.moments, store.project) == (edited,)
    assert store.ask(as_of.begins, "elsewhere") is None


def test_values_right_after_a_row_can_be_had(store):
    store.know(store.person(1, tone="warm"))
    from studio.store import history

    for text in ("one", "two", "three"):
        store.clock.forward(90)
        store.edit(personality__tone=text, vibe=f"{text}!")
    rows = store.ask(history.of_influencer, ONE)
    first = min(row.seq for row in rows if row.new == "one!")
    past = store.ask(as_of.after, ONE, first)
    assert (past.personality.tone, past.vibe) == ("one", "one!")
