"""Servers of another make: what they take is sent, the rest stays here, and no save ever fails."""

from __future__ import annotations

import json

import pytest
from conftest import play
from fault_proxy import answer, lose_answer, raw
from flow_world import until
from partner_process import PartnerServer

from studio.core.errors import StudioError
from studio.domain.roster import RosterQuery

LATER = ("--empty", "--render-seconds", "0.4", "--generation", "L")
PATCH = r"^/v1/influencers/[^/]+$"
PERSONA_KEYS = {
    "personality",
    "ethnicity",
    "bodyType",
    "hairColor",
    "hairStyle",
    "style",
    "vibe",
    "voiceDescription",
    "influencerId",
    "newInfluencerId",
    "referenceImages",
}


@pytest.fixture(scope="module")
def later_server(tmp_path_factory):
    """One server of the later generation for all that leave it alone."""
    server = PartnerServer(tmp_path_factory.mktemp("later"), LATER).start()
    yield server
    server.stop()


@pytest.fixture
async def later(later_server, tmp_path):
    """The program before a server of the later generation."""
    async with play(later_server, tmp_path) as stage:
        yield stage


@pytest.fixture
async def own_later(make_partner_server, tmp_path):
    """The same before a server of the test's own."""
    async with play(make_partner_server(*LATER), tmp_path) as stage:
        yield stage


async def _with_one(stage):
    await stage.elsewhere.client.whoami()
    made = await stage.elsewhere.client.create_influencer(stage.project_id, "", {})
    await until(lambda: stage.elsewhere.is_ready(made.influencer_id))
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(made.influencer_id)
    await until(lambda: stage.world.status.generation == "L")
    return made.influencer_id


def _keys(body):
    """Every key of a body, at any depth."""
    found = set()
    for key, value in body.items() if isinstance(body, dict) else ():
        found |= {key} | _keys(value)
    return found


async def test_its_records_are_shown_with_their_picture_voice_and_language(later):
    one = await _with_one(later)
    await later.elsewhere.client.patch_influencer(
        one, {"gender": "nonbinary", "brand_voice": "witty", "language": "es-MX"}
    )
    later.world.session.engine.want(one)

    async def is_shown():
        person = (await later.world.shown(one)).influencer
        return person if person.brand_voice else None

    person = await until(is_shown)
    assert (person.brand_voice, person.language) == ("witty", "es-MX")
    assert person.gender == "nonbinary"
    assert person.age_range == "young_adult"
    assert person.thumbnail_url
    picture = await later.world.session.pictures.fetch(person.thumbnail_url)
    assert picture.stat().st_size > 0


async def test_what_it_takes_is_sent_and_the_persona_stays_here(later):
    one = await _with_one(later)
    world, personas = later.world, later.world.session.personas
    await personas.edit(
        one,
        {
            "name": "Nova",
            "gender": "nonbinary",
            "age_range": "mature",
            "brand_voice": "warm",
            "language": "en",
            "personality.tone": "calm",
            "personality.traits": ("patient",),
            "style": "workwear",
        },
    )
    shown = await world.shown(one)
    assert len(shown.changes) == 5
    assert shown.local_only_paths == {"personality.tone", "personality.traits", "style"}
    await personas.publish(one)
    await world.sent()
    (sent,) = later.proxy.asked("PATCH", PATCH)
    assert sent.json == {
        "name": "Nova",
        "gender": "non_binary",
        "ageRange": "mature",
        "brandVoice": "warm",
        "language": "en",
    }
    truth = await later.elsewhere.truth(one)
    assert (truth.name, truth.brand_voice, truth.age_range) == ("Nova", "warm", "mature")
    shown = await world.shown(one)
    assert shown.changes == ()
    assert shown.local_only_paths == {"personality.tone", "personality.traits", "style"}
    assert shown.influencer.personality.tone == "calm"
    await until(lambda: world.status.drafts == 0)
    assert world.status.waiting == 0
    assert [each for each in world.notices if each.is_problem] == []


async def test_edits_that_stay_here_survive_a_restart_and_are_never_sent(later):
    one = await _with_one(later)
    world = later.world
    await world.session.personas.edit(one, {"personality.tone": "calm"})
    await world.session.personas.publish(one)
    await world.reopen()
    await world.online()
    shown = await world.shown(one)
    assert shown.influencer.personality.tone == "calm"
    assert shown.local_only_paths == {"personality.tone"}
    assert later.proxy.asked("PATCH") == []


async def test_a_value_it_has_no_word_for_stays_here(later):
    one = await _with_one(later)
    world = later.world
    await world.session.personas.edit(
        one, {"age_range": "25-34", "gender": "unspecified", "name": "Kai"}
    )
    assert (await world.shown(one)).local_only_paths == {"age_range", "gender"}
    await world.session.personas.publish(one)
    await world.sent()
    (sent,) = later.proxy.asked("PATCH", PATCH)
    assert sent.json == {"name": "Kai"}
    assert (await world.shown(one)).influencer.age_range == "25-34"


async def test_a_new_one_is_made_under_the_servers_id_and_then_named(later):
    world = later.world
    await world.open()
    personas = world.session.personas
    await personas.use_project(later.project_id)
    await until(lambda: world.status.generation == "L")
    asked_id = await personas.create(
        later.project_id,
        {"name": "Juno", "gender": "male", "brand_voice": "casual", "personality.tone": "plain"},
    )
    await world.sent()
    await until(lambda: _is_named(later, "Juno"))
    (made,) = await later.elsewhere.roster(later.project_id)
    assert made.id != asked_id
    truth = await later.elsewhere.truth(made.id)
    assert (truth.name, truth.gender, truth.brand_voice) == ("Juno", "male", "casual")
    shown = await world.shown(made.id)
    assert shown.influencer.personality.tone == "plain"
    assert shown.local_only_paths == {"personality.tone"}
    assert (await world.shown(asked_id)).influencer.id == made.id
    await personas.edit(asked_id, {"name": "Juno May"})
    await personas.publish(asked_id)
    await until(lambda: _is_named(later, "Juno May"))
    await until(lambda: _is_ready_here(world, made.id))
    assert len(later.proxy.asked("POST", r"/influencers$")) == 1


async def _is_named(stage, name):
    return [each.name for each in await stage.elsewhere.roster(stage.project_id)] == [name]


async def _is_ready_here(world, influencer_id):
    return (await world.shown(influencer_id)).influencer.status == "ready"


async def test_a_clone_takes_what_may_differ_and_keeps_the_rest_here(later):
    one = await _with_one(later)
    world = later.world
    asked_id = await world.session.personas.clone(
        one, "Nova (B)", {"brand_voice": "witty", "personality.humor": "dry"}
    )
    await world.sent()
    (sent,) = later.proxy.asked("POST", "/clone$")
    assert sent.json == {"name": "Nova (B)", "overrides": {"brandVoice": "witty"}}
    shown = await world.shown(asked_id)
    assert shown.confirmed is not None
    assert shown.influencer.personality.humor == "dry"
    assert shown.local_only_paths == {"personality.humor"}
    assert [each.id for each in await world.session.personas.variants(one)] == [shown.influencer.id]


async def test_no_key_of_the_persona_contract_ever_reaches_it(later, picture):
    one = await _with_one(later)
    world, personas = later.world, later.world.session.personas
    await personas.edit(one, {"vibe": "calm", "name": "Ada"})
    await personas.publish(one)
    await personas.create(later.project_id, {"name": "Juno", "style": "workwear"})
    await personas.clone(one, "Ada (B)", {"hair_color": "red"})
    await world.session.uploads.add_bytes(one, picture(), "photo.png")
    await world.sent()
    await until(lambda: _is_refused(world, one))
    for each in later.proxy.passed:
        if each.method != "GET" and each.body:
            assert not _keys(json.loads(each.body)) & PERSONA_KEYS
    assert later.proxy.asked("POST", "media|reference-images") == []


async def _is_refused(world, influencer_id):
    rows = await world.uploads_of(influencer_id)
    return [row.state for row in rows] == ["refused"] and "reference images" in rows[0].problem


async def test_a_server_that_rejects_personality_keeps_the_rest_of_the_save(stage):
    one = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    world = await stage.world.open()
    await world.session.personas.use_project(stage.project_id)
    await world.read_in_full(one)
    stage.proxy.when("PATCH", PATCH, _refuses_personality(stage.proxy), times=1e9)
    personas = world.session.personas
    await personas.edit(one, {"style": "workwear", "personality.tone": "calm"})
    await personas.publish(one)
    await world.sent()
    assert (await stage.elsewhere.truth(one)).style == "workwear"
    shown = await world.shown(one)
    assert shown.influencer.personality.tone == "calm"
    await until(lambda: _local_only(world, one, {"personality.tone"}))
    assert [each for each in world.notices if each.is_problem] == []
    await personas.edit(one, {"vibe": "bold", "personality.humor": "dry"})
    await personas.publish(one)
    await world.sent()
    bodies = [each.json for each in stage.proxy.asked("PATCH", PATCH)]
    assert [set(body) for body in bodies] == [{"style", "personality"}, {"style"}, {"vibe"}]


async def _local_only(world, influencer_id, paths):
    return (await world.shown(influencer_id)).local_only_paths == paths


def _refuses_personality(proxy):
    refusal = answer(
        422, "VALIDATION", issues=[{"path": "personality", "message": "Unrecognized key"}]
    )

    async def fault(forward):
        if "personality" in proxy.asked("PATCH", PATCH)[-1].json:
            return await refusal(forward)
        return await forward()

    return fault


async def test_what_stayed_here_is_unsent_again_once_the_server_takes_it(own_later):
    one = await _with_one(own_later)
    world = own_later.world
    await world.session.personas.edit(one, {"personality.tone": "calm"})
    await until(lambda: _local_only(world, one, {"personality.tone"}))
    await until(lambda: world.status.drafts == 0)
    own_later.server.stop()
    own_later.server.options = ("--empty", "--render-seconds", "0.4")
    own_later.server.start()
    own_later.proxy.target = own_later.server.url
    world.session.engine.sync_now()
    await until(lambda: world.status.generation == "P1")
    await until(lambda: _local_only(world, one, set()))
    shown = await world.shown(one)
    assert [change.path for change in shown.changes] == ["personality.tone"]
    await until(lambda: world.status.drafts == 1)
    assert own_later.proxy.asked("PATCH") == []
    await world.session.personas.publish(one)
    await world.sent()
    rows = own_later.server.sql("SELECT persona FROM influencers WHERE id = ?", one)
    assert json.loads(rows[0][0])["personality"] == {"tone": "calm"}


async def test_a_silent_server_is_known_by_its_records(later):
    later.proxy.when("GET", "/v1/whoami", _bare_account(), times=1e9)
    one = await _with_one(later)
    await later.world.session.personas.edit(one, {"vibe": "calm", "name": "Ada"})
    await later.world.session.personas.publish(one)
    await later.world.sent()
    (sent,) = later.proxy.asked("PATCH", PATCH)
    assert sent.json == {"name": "Ada"}


def _bare_account():
    async def fault(forward):
        body = json.loads((await forward()).partition(b"\r\n\r\n")[2])
        kept = {"organizationId": "11111111", "organizationName": body["organizationName"]}
        return raw(200, json.dumps(kept).encode(), {"Content-Type": "application/json"})

    return fault


async def test_the_server_is_known_before_it_answers_again(later):
    one = await _with_one(later)
    world = later.world
    await world.close()
    await later.proxy.offline()
    await world.open()
    assert world.status.generation == "L"
    await world.session.personas.edit(one, {"vibe": "calm"})
    assert (await world.shown(one)).local_only_paths == {"vibe"}


async def test_a_language_that_is_none_is_told_before_it_is_sent(later):
    one = await _with_one(later)
    await later.world.session.personas.edit(one, {"language": "not a language"})
    with pytest.raises(StudioError, match="language tag"):
        await later.world.session.personas.publish(one)


async def test_a_create_whose_answer_was_lost_is_made_once(later):
    world = later.world
    await world.open()
    await world.session.personas.use_project(later.project_id)
    await until(lambda: world.status.generation == "L")
    later.proxy.when("POST", r"/influencers$", lose_answer, times=4)
    asked_id = await world.session.personas.create(later.project_id, {"name": "Juno"})
    await until(lambda: _is_named(later, "Juno"), patience=15)
    await world.sent()
    assert len(later.proxy.asked("POST", r"/influencers$")) > 1
    (card,) = await world.session.personas.roster(RosterQuery(later.project_id), 0, 9)
    assert card.id == (await world.shown(asked_id)).influencer.id


async def test_after_a_day_of_doubt_a_person_decides_whether_it_is_made_again(later):
    world = later.world
    await world.open()
    await world.session.personas.use_project(later.project_id)
    await until(lambda: world.status.generation == "L")
    later.proxy.when("POST", r"/influencers$", lose_answer, times=1e9)
    asked_id = await world.session.personas.create(later.project_id, {"name": "Juno"})
    await until(lambda: _maybe_sent(world))
    await world.close()
    later.proxy.behave()
    world.clock.forward(25 * 3600)
    await world.open()
    row = await world.blocked(asked_id)
    assert row.reason_code == "MAYBE_MADE"
    assert len(await later.elsewhere.roster(later.project_id)) == 1


async def _maybe_sent(world):
    return [row.maybe_sent for row in await world.outbox()] == [True]
