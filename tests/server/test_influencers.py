"""Influencers as a caller sees them (contract 2.4)."""

from __future__ import annotations

import json
import sqlite3
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

FULL: dict[str, Any] = {
    "name": "Juno",
    "gender": "nonbinary",
    "ageRange": "25-34",
    "ethnicity": "Korean",
    "bodyType": "slim",
    "hairColor": "black",
    "hairStyle": "bob",
    "style": "workwear",
    "vibe": "calm",
    "voiceDescription": "low and slow",
    "personality": {
        "traits": ["patient"],
        "tone": "plain",
        "humor": "dry",
        "formality": "casual",
        "values": ["clarity"],
        "interests": ["cycling"],
        "speakingStyle": "short",
        "catchphrases": ["Right then."],
    },
}


def _create(api: httpx.Client, project: str, **fields: Any) -> dict[str, Any]:
    answer = api.post(f"/v1/projects/{project}/influencers", json={"name": "Juno", **fields})
    assert answer.status_code == 202, answer.text
    accepted: dict[str, Any] = answer.json()
    return accepted


def _ready(api: httpx.Client, project: str, finished: Any, **fields: Any) -> dict[str, Any]:
    accepted = _create(api, project, **fields)
    assert finished(api, accepted["jobId"])["status"] == "completed"
    record: dict[str, Any] = api.get(f"/v1/influencers/{accepted['influencerId']}").json()
    return record


def _issues(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION"
    return {issue["path"] for issue in error["details"]["issues"]}


def test_create_answers_with_a_job_and_a_row_that_is_there_at_once(
    api: httpx.Client, project: str
) -> None:
    accepted = _create(api, project, **FULL)
    assert accepted["kind"] == "influencer_create"
    assert (accepted["status"], accepted["stage"]) == ("running", "queued")
    assert accepted["locationUrl"] == f"/v1/jobs/{accepted['jobId']}"
    record = api.get(f"/v1/influencers/{accepted['influencerId']}").json()
    assert record["status"] in {"pending", "training"}
    assert {key: record[key] for key in FULL} == FULL
    assert record["projectId"] == project


def test_a_render_ends_with_four_pictures_that_can_be_fetched_without_a_key(
    api: httpx.Client, project: str, finished: Any
) -> None:
    record = _ready(api, project, finished, **FULL)
    assert record["status"] == "ready"
    assert len(record["referenceImages"]) == 4
    assert record["thumbnailUrl"] == record["referenceImages"][0]["thumbnailUrl"]
    pictures = set()
    for image in record["referenceImages"]:
        for address in (image["url"], image["thumbnailUrl"]):
            answer = api.get(address, headers={"X-Api-Key": ""})
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("image/")
            pictures.add(answer.content)
    assert len(pictures) == 8
    assert record["updatedAt"] > record["createdAt"]


def test_a_render_that_fails_says_so_in_job_and_row(
    api: httpx.Client, project: str, finished: Any
) -> None:
    accepted = _create(api, project, name="Doomed Dora")
    ended = finished(api, accepted["jobId"])
    assert ended["status"] == "failed"
    assert ended["error"]["code"] == "RENDER_FAILED"
    assert "result" not in ended
    assert api.get(f"/v1/influencers/{accepted['influencerId']}").json()["status"] == "failed"


def test_a_callers_own_id_is_kept_and_taken_once(api: httpx.Client, project: str) -> None:
    for own in (str(uuid.uuid4()), f"inf_{uuid.uuid4().hex}-A"):
        assert _create(api, project, influencerId=own)["influencerId"] == own
        again = api.post(
            f"/v1/projects/{project}/influencers", json={"name": "x", "influencerId": own}
        )
        assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 129),
        ("name", None),
        ("influencerId", "person 1"),
        ("influencerId", "inf_" + "x" * 65),
        ("gender", "non_binary"),
        ("gender", None),
        ("ageRange", "a" * 17),
        ("ethnicity", "e" * 129),
        ("hairColor", "h" * 65),
        ("style", "s" * 257),
        ("voiceDescription", "v" * 1025),
        ("imageUrl", "https://x.example/1.jpg"),
        ("personality.tone", 3),
        ("personality.humorStyle", "dry"),
        ("personality.traits.1", 3),
        ("referenceImages.assetIds", []),
        ("referenceImages.assetIds", ["x"] * 21),
    ],
)
def test_a_bad_create_names_its_field(
    api: httpx.Client, project: str, field: str, value: Any
) -> None:
    body: dict[str, Any] = {"name": "Juno"}
    head, _, rest = field.partition(".")
    if rest == "traits.1":
        body[head] = {"traits": ["fine", value]}
    else:
        body[head] = {rest: value} if rest else value
    answer = api.post(f"/v1/projects/{project}/influencers", json=body)
    assert _issues(answer) == {field}


def test_optional_fields_of_the_concept_page_are_taken_and_not_shown(
    api: httpx.Client, project: str
) -> None:
    accepted = _create(api, project, archetype="sage", primaryLanguage="es", voiceProfile="warm")
    record = api.get(f"/v1/influencers/{accepted['influencerId']}").json()
    assert not {"archetype", "primaryLanguage", "voiceProfile"} & set(record)


def test_references_given_to_a_create_come_first_and_pictures_are_made_from_them(
    api: httpx.Client, project: str, finished: Any, upload: Any, picture: Any
) -> None:
    photo = upload(api, project, picture("orange", (400, 300)))
    record = _ready(
        api, project, finished, referenceImages={"assetIds": [photo, "med_unknown", photo]}
    )
    assert record["referenceImages"][0]["assetId"] == photo
    assert len(record["referenceImages"]) == 5
    made = [api.get(image["url"]) for image in record["referenceImages"][1:]]
    assert {answer.headers["content-type"] for answer in made} == {"image/jpeg"}


def test_the_list_is_slim_newest_first_and_filtered_by_status(
    api: httpx.Client, project: str, finished: Any
) -> None:
    ready = _ready(api, project, finished, name="First")
    doomed = _create(api, project, name="Doomed second")
    finished(api, doomed["jobId"])
    items = api.get(f"/v1/projects/{project}/influencers").json()["items"]
    assert [item["name"] for item in items] == ["Doomed second", "First"]
    assert set(items[0]) == {
        "influencerId",
        "name",
        "gender",
        "ageRange",
        "status",
        "thumbnailUrl",
        "createdAt",
    }
    assert items[0]["thumbnailUrl"] is None
    assert items[1]["thumbnailUrl"] == ready["thumbnailUrl"]
    only = api.get(f"/v1/projects/{project}/influencers", params={"status": "failed"}).json()
    assert [item["name"] for item in only["items"]] == ["Doomed second"]


def test_list_limits(api: httpx.Client, project: str) -> None:
    where = f"/v1/projects/{project}/influencers"
    assert api.get(where, params={"limit": 100}).status_code == 200
    assert _issues(api.get(where, params={"limit": 101})) == {"limit"}
    assert api.get(f"/v1/projects/{uuid.uuid4()}/influencers").status_code == 404


def test_a_patch_merges_personality_key_by_key_and_clears_with_null(
    api: httpx.Client, project: str
) -> None:
    where = f"/v1/influencers/{_create(api, project, **FULL)['influencerId']}"
    body = {"vibe": None, "personality": {"tone": "warm", "traits": []}}
    patched = api.patch(where, json=body).json()
    assert patched["vibe"] is None
    assert patched["style"] == "workwear"
    assert patched["personality"] == {**FULL["personality"], "tone": "warm", "traits": []}
    assert api.get(where).json()["personality"] == patched["personality"]


def test_a_patch_that_changes_nothing_leaves_the_time_of_change(
    api: httpx.Client, project: str, finished: Any
) -> None:
    record = _ready(api, project, finished, **FULL)
    where = f"/v1/influencers/{record['influencerId']}"
    assert api.patch(where, json={"vibe": record["vibe"]}).json() == record
    assert api.patch(where, json={"vibe": "new"}).json()["updatedAt"] > record["updatedAt"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {""}),
        ({"name": None}, {"name"}),
        ({"status": "ready"}, {"status"}),
        ({"referenceImages": []}, {"referenceImages"}),
        ({"personality": {"mood": "x"}}, {"personality.mood"}),
        ({"personality": None}, {"personality"}),
        ({"personality": {"tone": None}}, {"personality.tone"}),
        ({"vibe": "v" * 257, "gender": "robot"}, {"vibe", "gender"}),
    ],
)
def test_a_bad_patch_changes_nothing(
    api: httpx.Client, project: str, body: dict[str, Any], paths: set[str]
) -> None:
    where = f"/v1/influencers/{_create(api, project, **FULL)['influencerId']}"
    assert _issues(api.patch(where, json=body)) == paths
    assert {key: api.get(where).json()[key] for key in FULL} == FULL


def test_a_deleted_influencer_is_gone_for_every_call(api: httpx.Client, project: str) -> None:
    person = _create(api, project)["influencerId"]
    where = f"/v1/influencers/{person}"
    deleted = api.request("DELETE", where, json={"reason": "test"}).json()
    assert set(deleted) == {"influencerId", "status", "deletedAt"}
    assert deleted["status"] == "deleted"
    answers = [
        api.get(where),
        api.patch(where, json={"vibe": "x"}),
        api.delete(where),
        api.post(f"{where}/clone", json={"name": "x"}),
        api.post(f"{where}/reference-images", json={"assetIds": ["med_1"]}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert api.get(f"/v1/projects/{project}/influencers").json()["items"] == []
    taken = api.post(
        f"/v1/projects/{project}/influencers", json={"name": "x", "influencerId": person}
    )
    assert taken.status_code == 409


def test_a_delete_with_a_broken_body_deletes_nothing(api: httpx.Client, project: str) -> None:
    where = f"/v1/influencers/{_create(api, project)['influencerId']}"
    headers = {"Content-Type": "application/json"}
    assert api.request("DELETE", where, content=b"{", headers=headers).status_code == 422
    assert api.request("DELETE", where, json={"reason": "r" * 1025}).status_code == 422
    assert api.get(where).status_code == 200


def test_a_clone_has_the_persona_of_its_source_with_overrides(
    api: httpx.Client, project: str, finished: Any
) -> None:
    source = _ready(api, project, finished, **FULL)
    body = {
        "name": "Juno (B)",
        "newInfluencerId": f"inf_{uuid.uuid4()}",
        "overrides": {"vibe": "loud", "personality": {"humorStyle": "deadpan"}},
    }
    answer = api.post(f"/v1/influencers/{source['influencerId']}/clone", json=body)
    assert answer.status_code == 202
    accepted = answer.json()
    assert accepted == {
        "jobId": accepted["jobId"],
        "kind": "influencer_clone",
        "status": "running",
        "influencerId": body["newInfluencerId"],
    }
    assert api.get(f"/v1/jobs/{accepted['jobId']}").json()["kind"] == "influencer_clone"
    ended = finished(api, accepted["jobId"])
    assert ended["result"] == {"influencerId": body["newInfluencerId"]}
    clone = api.get(f"/v1/influencers/{body['newInfluencerId']}").json()
    expected = {**FULL, "name": "Juno (B)", "vibe": "loud"}
    expected["personality"] = {**FULL["personality"], "humor": "deadpan"}
    assert {key: clone[key] for key in FULL} == expected
    assert clone["status"] == "ready"
    assert clone["projectId"] == project


def _identity(server: Any, influencer_id: str) -> dict[str, Any]:
    """Who the row's pictures show, as the server keeps it."""
    path = f"file:{server.data_dir / 'partner.db'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as database:
        (face,) = database.execute(
            "SELECT face FROM influencers WHERE id = ?", (influencer_id,)
        ).fetchone()
    identity: dict[str, Any] = json.loads(face)["identity"]
    return identity


def test_a_clone_and_its_clone_have_the_face_of_the_source(
    api: httpx.Client, server: Any, project: str, finished: Any
) -> None:
    # The source is not rendered yet when it is cloned, so its face is not settled either.
    accepted = [_create(api, project, **FULL)]
    for name in ("B", "C"):
        where = f"/v1/influencers/{accepted[-1]['influencerId']}/clone"
        accepted.append(api.post(where, json={"name": name}).json())
    for each in accepted:
        finished(api, each["jobId"])
    faces = [_identity(server, each["influencerId"]) for each in accepted]
    assert faces[0]
    assert faces[1] == faces[0]
    assert faces[2] == faces[0]
    pictures = [
        api.get(image["url"]).content
        for each in accepted
        for image in api.get(f"/v1/influencers/{each['influencerId']}").json()["referenceImages"]
    ]
    assert len(set(pictures)) > 8


def test_a_look_that_is_asked_for_changes_that_alone(
    api: httpx.Client, server: Any, project: str, finished: Any
) -> None:
    # The id decides the face, and this one's clothes go with red hair.
    source = _create(api, project, influencerId="inf_of-one-look", **FULL)
    finished(api, source["jobId"])
    where = f"/v1/influencers/{source['influencerId']}/clone"
    clone = api.post(where, json={"name": "Red", "overrides": {"hairColor": "red"}}).json()
    finished(api, clone["jobId"])
    before = _identity(server, source["influencerId"])
    after = _identity(server, clone["influencerId"])
    assert {key for key in before if before[key] != after[key]} == {"hair_color"}


def test_a_clone_of_a_photographed_person_is_made_from_the_photographs(
    api: httpx.Client, project: str, finished: Any, upload: Any, picture: Any
) -> None:
    source = _ready(api, project, finished, name="Source")
    photo = upload(api, project, picture("purple", (300, 300)))
    bound = api.post(
        f"/v1/influencers/{source['influencerId']}/reference-images", json={"assetIds": [photo]}
    )
    assert bound.status_code == 200
    accepted = api.post(
        f"/v1/influencers/{source['influencerId']}/clone", json={"name": "Copy"}
    ).json()
    finished(api, accepted["jobId"])
    clone = api.get(f"/v1/influencers/{accepted['influencerId']}").json()
    kinds = {api.get(image["url"]).headers["content-type"] for image in clone["referenceImages"]}
    assert kinds == {"image/jpeg"}
    assert photo not in {image["assetId"] for image in clone["referenceImages"]}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"name"}),
        ({"name": "x", "sourceId": "y"}, {"sourceId"}),
        ({"name": "x", "overrides": {"name": "y"}}, {"overrides.name"}),
        ({"name": "x", "overrides": {"influencerId": "inf_1"}}, {"overrides.influencerId"}),
        (
            {"name": "x", "overrides": {"referenceImages": {"assetIds": ["m"]}}},
            {"overrides.referenceImages"},
        ),
        (
            {"name": "x", "overrides": {"personality": {"wit": "dry"}}},
            {"overrides.personality.wit"},
        ),
        (
            {"name": "x", "overrides": {"personality": {"humor": "a", "humorStyle": "b"}}},
            {"overrides.personality.humorStyle"},
        ),
        ({"name": "x", "newInfluencerId": "no spaces"}, {"newInfluencerId"}),
    ],
)
def test_a_bad_clone_starts_nothing(
    api: httpx.Client, project: str, body: dict[str, Any], paths: set[str]
) -> None:
    person = _create(api, project)["influencerId"]
    assert _issues(api.post(f"/v1/influencers/{person}/clone", json=body)) == paths
    assert len(api.get(f"/v1/projects/{project}/influencers").json()["items"]) == 1


def test_a_clone_id_that_is_taken(api: httpx.Client, project: str) -> None:
    person = _create(api, project)["influencerId"]
    answer = api.post(
        f"/v1/influencers/{person}/clone", json={"name": "x", "newInfluencerId": person}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


def test_binding_drops_what_does_not_resolve_and_never_doubles(
    api: httpx.Client, project: str, upload: Any
) -> None:
    person = _create(api, project)["influencerId"]
    elsewhere = api.post("/v1/projects", json={"name": "Other", "timezone": "UTC"}).json()["id"]
    foreign = upload(api, elsewhere)
    mine = [upload(api, project), upload(api, project)]
    where = f"/v1/influencers/{person}/reference-images"
    asked = [mine[0], "med_nowhere", foreign, mine[0]]
    first = api.post(where, json={"assetIds": asked}).json()
    second = api.post(where, json={"assetIds": list(reversed(mine))}).json()
    assert first["influencerId"] == person

    def own(answer: dict[str, Any]) -> list[str]:
        return [i["assetId"] for i in answer["referenceImages"] if i["assetId"] in [*mine, foreign]]

    assert own(first) == [mine[0]]
    assert own(second) == mine
    nothing = api.post(where, json={"assetIds": ["med_nowhere"]})
    assert nothing.status_code == 200
    assert own(nothing.json()) == mine


def test_binding_takes_one_to_twenty(api: httpx.Client, project: str) -> None:
    where = f"/v1/influencers/{_create(api, project)['influencerId']}/reference-images"
    assert _issues(api.post(where, json={"assetIds": []})) == {"assetIds"}
    assert _issues(api.post(where, json={"assetIds": ["x"] * 21})) == {"assetIds"}
    assert api.post(where, json={"assetIds": ["x"] * 20}).status_code == 200


def test_an_impossible_influencer_id(api: httpx.Client) -> None:
    assert _issues(api.get("/v1/influencers/no%20such")) == {"influencerId"}
    assert api.get("/v1/influencers/inf_none").status_code == 404
