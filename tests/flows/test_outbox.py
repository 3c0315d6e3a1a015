"""The outbox over a real network: what the dry run shows is what goes out, nothing else does."""

from __future__ import annotations

import pytest
from fault_proxy import answer
from flow_world import until

from studio.api.preview import LATER, MASK
from studio.domain.outbox import PublishSent
from studio.viewmodels.outbox_words import OutboxLine, line_of

PATCH = r"^/v1/influencers/[^/]+$"


@pytest.fixture
async def one(stage):
    """An influencer that is here with its details."""
    influencer_id = await stage.elsewhere.influencer(
        stage.project_id,
        {"name": "Ada", "personality.tone": "warm", "personality.humor": "dry"},
        wait=True,
    )
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def offline(stage) -> None:
    """The network goes, and the program knows."""

    async def knows() -> bool:
        # Again, for a connection that was being made the first time.
        await stage.proxy.offline()
        if stage.world.status.contact == "online":
            stage.world.session.engine.sync_now()
        return stage.world.status.contact == "offline"

    await until(knows, every=0.2)


async def online(stage) -> None:
    """The network is back, and a person asks to send."""
    await stage.proxy.online()
    await stage.world.session.outbox.send_all()


def by_key(passed, key):
    return next(each for each in passed if each.key == key)


async def test_the_dry_run_is_byte_for_byte_what_goes_out_and_in_that_order(stage, one, picture):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    await offline(stage)
    await personas.edit(one, {"personality.humor": "dry “witty”", "style": "", "gender": "female"})
    await personas.publish(one)
    made = await personas.create(stage.project_id, {"name": "Juno", "vibe": "calm"})
    await personas.clone(made, "Juno (B)", {"personality.traits": ("bold",)})
    small = picture("teal")
    await world.session.uploads.add_bytes(one, small, "small.png")
    await world.session.uploads.add_bytes(one, picture(noisy=True), "large.png")
    rows = await box.rows()
    assert [row.kind for row in rows] == ["upload", "upload", "bind", "patch", "create", "clone"]
    runs = await box.dry_run()
    assert [run.row_id for run in runs] == [row.id for row in rows]
    assert all(not run.problem for run in runs)
    before = len(stage.proxy.passed)

    await online(stage)
    await world.sent()
    await until(lambda: stage.proxy.asked("POST", "/reference-images$"))
    passed = [each for each in stage.proxy.passed[before:] if each.method != "GET"]
    planned = [(row, request) for row, run in zip(rows, runs, strict=True)
               for request in run.requests]  # fmt: skip
    for row, request in planned:
        headers = dict(request.headers)
        if request.method == "GET" or LATER in (request.path, headers.get("Idempotency-Key")):
            continue
        real = by_key(passed, row.id)
        assert (real.method, real.path, real.body) == (request.method, request.path, request.body)
        assert headers["X-Api-Key"] == MASK
        for name, value in headers.items():
            if name not in ("X-Api-Key", "Authorization"):
                assert real.headers[name.lower()] == value
    sent = [each.key for each in passed if each.key in {row.id for row in rows}]
    changes = [row.id for row in rows if row.kind in ("patch", "create", "clone")]
    assert [key for key in sent if key in changes] == changes


async def test_a_large_image_is_shown_as_its_three_steps(stage, one, picture):
    await offline(stage)
    await stage.world.session.uploads.add_bytes(one, picture(noisy=True), "large.png")
    (run, bind) = await stage.world.session.outbox.dry_run()
    assert [each.method for each in run.requests] == ["POST", "PUT", "POST"]
    presign, put, finalize = run.requests
    assert presign.path == f"/v1/projects/{stage.project_id}/media/presign"
    assert b"large.png" in presign.body
    assert put.path == LATER
    assert not any(MASK in value for _, value in put.headers)
    assert finalize.path.endswith("/media/finalize")
    (last,) = bind.requests
    assert last.path == f"/v1/influencers/{one}/reference-images"
    assert LATER.encode() in last.body


async def test_the_dry_run_sends_nothing_and_names_no_secret(stage, one):
    await offline(stage)
    personas, box = stage.world.session.personas, stage.world.session.outbox
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)
    await stage.proxy.online()
    before = [each for each in stage.proxy.passed if each.method != "GET"]
    (run,) = await box.dry_run()
    read, write = run.requests
    assert (read.method, write.method) == ("GET", "PATCH")
    assert "merged" in read.note
    assert write.body == b'{"style":"workwear"}'
    assert stage.server.key not in repr(run)
    assert [each for each in stage.proxy.passed if each.method != "GET"] == before


async def test_five_offline_edits_are_five_rows_one_is_removed_four_go_in_order(stage, one):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    await offline(stage)
    made = [await personas.create(stage.project_id, {"name": f"N{n}"}) for n in range(3)]
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)
    await personas.clone(one, "Ada (B)", {})
    rows = await box.rows()
    assert [row.kind for row in rows] == ["create", "create", "create", "patch", "clone"]
    await box.remove(rows[1].id)
    assert made[1] not in {row.influencer_id for row in await box.rows()}
    before = len(stage.proxy.passed)
    await online(stage)
    await world.sent()
    writes = [each for each in stage.proxy.passed[before:] if each.method != "GET"]
    assert [each.key for each in writes] == [rows[n].id for n in (0, 2, 3, 4)]
    kept = await world.shown(made[1])
    assert kept.is_local_only
    assert kept.influencer.name == "N1"


async def test_editing_a_creation_that_clones_wait_for_takes_nothing_away(stage, one):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    await offline(stage)
    made = await personas.create(stage.project_id, {"name": "Juno"})
    await personas.clone(made, "Juno (B)", {})
    create, clone = await box.rows()
    assert await box.edit(create.id) == made
    assert [row.kind for row in await box.rows()] == ["create", "clone"]
    await personas.edit(made, {"vibe": "calm"})
    await personas.publish(made)
    joined, still = await box.rows()
    assert joined.kind == "create"
    assert "vibe" in joined.paths
    assert still.id == clone.id
    assert await box.remove(joined.id) == 2


async def test_a_held_change_stays_here_until_it_is_released(stage, one):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    await offline(stage)
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)
    await personas.create(stage.project_id, {"name": "Juno"})
    held, _ = await box.rows()
    await box.hold(held.id)
    await online(stage)
    await until(lambda: stage.proxy.asked("POST", "/influencers$"))

    async def only_the_held() -> bool:
        return [row.id for row in await box.rows()] == [held.id]

    await until(only_the_held)
    assert stage.proxy.asked("PATCH") == []
    await box.release(held.id)
    await world.sent()
    assert stage.proxy.asked("PATCH")[0].key == held.id


async def test_a_held_image_stays_here_until_it_is_released(stage, one, picture):
    world = stage.world
    box = world.session.outbox
    await offline(stage)
    await world.session.uploads.add_bytes(one, picture("teal"), "first.png")
    await world.session.uploads.add_bytes(one, picture("navy"), "second.png")
    first, second, _ = await box.rows()
    await box.hold(first.id)
    await online(stage)
    await until(lambda: stage.proxy.asked("POST", "/reference-images$"))
    await world.sent()
    assert [each.key for each in stage.proxy.asked("POST", "/media$")] == [second.id]
    (held,) = await box.rows()
    assert (held.id, held.state) == (first.id, "held")
    await world.reopen()
    await world.online()
    box = world.session.outbox
    assert [row.state for row in await box.rows()] == ["held"]
    await box.release(first.id)
    await until(lambda: len(stage.proxy.asked("POST", "/reference-images$")) == 2)
    assert stage.proxy.asked("POST", "/media$")[-1].key == first.id


async def test_a_refusal_waits_for_a_person_and_is_fixed_by_editing(stage, one):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    issue = {"path": ["style"], "message": "is not allowed"}
    stage.proxy.when("PATCH", PATCH, answer(422, "VALIDATION", issues=[issue]))
    await personas.edit(one, {"style": "nothing"})
    await personas.publish(one)
    await world.blocked(one)
    (row,) = await box.rows()
    assert row.state == "blocked"
    assert row.request_id == "req_PLANNED"
    assert await box.edit(row.id) == one
    shown = await world.shown(one)
    assert [change.new for change in shown.changes] == ["nothing"]
    assert await box.rows() == ()


async def test_errors_by_class_as_the_window_says_them(stage, one):
    """A busy server: a countdown; a refusal: a person; too many calls: the time given."""
    world = stage.world
    personas, box = world.session.personas, world.session.outbox

    async def line(state: str) -> OutboxLine | None:
        for row in await box.rows():
            found = line_of(row, world.status, world.clock.now())
            if found.state == state:
                return found
        return None

    stage.proxy.when("PATCH", PATCH, answer(503, "INTERNAL"), times=99)
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)
    busy = await until(lambda: line("Trying again"))
    assert busy.reason.startswith("The server cannot answer at the moment.")
    assert busy.row.can_send
    assert "tried" in busy.facts

    stage.proxy.behave()
    issue = {"path": ["style"], "message": "is not allowed"}
    stage.proxy.when("PATCH", PATCH, answer(422, "VALIDATION", issues=[issue]), times=99)
    await box.send_now(busy.row.id)
    refused = await until(lambda: line("Needs you"), patience=20)
    assert refused.countdown == ""
    assert refused.fix in ("field", "again")

    stage.proxy.when("POST", r"/influencers$", answer(429, "RATE_LIMITED", {"Retry-After": "400"}))
    await personas.create(stage.project_id, {"name": "Juno"})
    limited = await until(lambda: line("Trying again"))
    assert limited.reason.startswith("The server asked to wait until ")
    assert limited.countdown.startswith(("6:", "5:"))
    assert not limited.row.can_send


async def test_a_sent_publish_is_put_back_as_one_request(stage, one):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    sent = []
    world.hub.subscribe(PublishSent, sent.append)
    await personas.edit(one, {"personality.tone": "cool", "style": "workwear"})
    await personas.publish(one)
    await world.sent()
    await until(lambda: sent)
    (event,) = sent
    assert event.name == "Ada"
    assert set(event.paths) == {"personality.tone", "style"}
    assert await box.undo_send(event) is True
    await world.sent()
    await until(lambda: len(stage.proxy.asked("PATCH")) == 2)
    assert stage.proxy.asked("PATCH")[1].json == {"personality": {"tone": "warm"}, "style": None}
    truth = await stage.elsewhere.truth(one)
    assert (truth.personality.tone, truth.style) == ("warm", None)


async def test_undoing_takes_back_only_what_was_ours(stage, one):
    """A colleague adds to the same list meanwhile: their entry stays when ours is undone."""
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    sent = []
    world.hub.subscribe(PublishSent, sent.append)
    await personas.edit(one, {"personality.traits": ("mine",), "style": "workwear"})
    await stage.elsewhere.client.patch_influencer(one, {"personality.traits": ("theirs",)})
    await personas.publish(one)
    await world.sent()
    assert set((await stage.elsewhere.truth(one)).personality.traits) == {"mine", "theirs"}
    await until(lambda: sent)
    await box.undo_send(sent[0])
    await world.sent()
    truth = await stage.elsewhere.truth(one)
    assert truth.personality.traits == ("theirs",)
    assert truth.style is None


async def test_a_publish_taken_back_before_it_went_is_not_called_sent(stage, one):
    world = stage.world
    sent = []
    world.hub.subscribe(PublishSent, sent.append)
    await offline(stage)
    await world.session.personas.edit(one, {"style": "workwear"})
    await world.session.personas.publish(one)
    (row,) = await world.session.outbox.rows()
    await world.session.outbox.remove(row.id)
    await world.session.personas.edit(one, {"style": "formal"})
    await world.session.personas.publish(one)
    await online(stage)
    await world.sent()
    await until(lambda: sent)
    assert [each.mutation_id == row.id for each in sent] == [False]


async def test_closing_sends_nothing_whatever_is_unsent(stage, one):
    world = stage.world
    personas, box = world.session.personas, world.session.outbox
    await personas.edit(one, {"style": "workwear"})
    await offline(stage)
    await personas.edit(one, {"vibe": "calm"})
    await personas.create(stage.project_id, {"name": "Juno"})
    await box.hold_all()
    await stage.proxy.online()
    writes = [each for each in stage.proxy.passed if each.method != "GET"]
    await world.close()
    await world.open()
    await world.online()
    await world.crash()
    await world.open()
    await world.online()
    await world.close()
    assert [each for each in stage.proxy.passed if each.method != "GET"] == writes
    await world.open(connect=False)
    assert {change.path for change in (await world.shown(one)).changes} == {"style", "vibe"}
    assert [row.state for row in await world.session.outbox.rows()] == ["held"]
