"""The demonstration organisation a fresh server starts with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlalchemy import select

from studio.server.seed import personas
from studio.server.tables import jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

IN_WORK = {"pending", "training"}
USUAL = {"draft", "ready", "failed"}
# At this speed no job ever gets anywhere, and small pictures are drawn in no time.
STILL = ("--render-seconds", "600", "--picture-side", "96")


def everybody(api: httpx.Client) -> dict[str, dict[str, Any]]:
    """Every record of every project, by project and name."""
    records = {}
    for project in api.get("/v1/projects").json()["items"]:
        where = f"/v1/projects/{project['id']}/influencers"
        for item in api.get(where, params={"limit": 100}).json()["items"]:
            record = api.get(f"/v1/influencers/{item['influencerId']}").json()
            assert item["thumbnailUrl"] == record["thumbnailUrl"]
            records[f"{project['name']}/{item['name']}"] = record
    return records


def addresses(records: dict[str, dict[str, Any]]) -> list[str]:
    """Where the pictures of everybody lie, the small ones first."""
    images = [image for record in records.values() for image in record["referenceImages"]]
    return [image[key] for key in ("thumbnailUrl", "url") for image in images]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, server: Any) -> Iterator[Any]:
    """A fresh server, and everybody as they were at the first look."""
    process = type(server)(tmp_path_factory.mktemp("demo"), STILL).start()
    with process.client() as api:
        yield api, everybody(api)
    process.stop()


def test_everybody_is_there_at_the_first_look_with_every_status_and_picture(first: Any) -> None:
    _api, records = first
    wanted = {
        f"{project.name}/{person.name}": person
        for project in personas()
        for person in project.influencers
    }
    assert set(records) == set(wanted)
    for name, person in wanted.items():
        record = records[name]
        assert record["status"] == person.status
        count = 0 if person.status in IN_WORK else person.reference_count
        assert len(record["referenceImages"]) == count
        assert bool(record["thumbnailUrl"]) == bool(count)
        assert record["updatedAt"] == record["createdAt"] or person.status in IN_WORK
    assert {record["status"] for record in records.values()} == {*IN_WORK, *USUAL}


def test_every_picture_is_drawn_when_it_is_asked_for(first: Any) -> None:
    api, records = first
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(api.get, addresses(records)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["content-type"] for answer in answers} == {"image/jpeg", "image/png"}
    for answer in answers:
        assert Image.open(BytesIO(answer.content)).size == (96, 96)
    for record in records.values():
        own = [api.get(image["url"]).content for image in record["referenceImages"]]
        assert len(set(own)) == len(own)
    # Drawing them is no change of anybody.
    assert everybody(api) == records


def test_a_kill_before_they_are_drawn_loses_nothing_and_they_are_drawn_ahead(
    start_process: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    process = start_process(*STILL)
    with process.client() as api:
        records = everybody(api)
    process.kill()
    # What an organisation starts with is there once; a later wish changes nothing.
    process = start_process("--roster", "300", *STILL)
    files = process.data_dir / "media"
    with process.client() as api:
        assert everybody(api) == records
        where = addresses(records)
        wait_until(lambda: len(list(files.glob("*.[bj]*"))) == len(where))
        before = [api.get(address).content for address in where]
        for file in files.iterdir():
            file.unlink()
        for place in (0, 1, -2, -1):
            assert api.get(where[place]).content == before[place]
        token = where[0].split("/")[-2]
        assert api.get(f"/media/{token}/med_other.png").status_code == 404


def test_the_seeded_jobs_take_about_half_a_minute_and_end_well(
    start_hosted: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    hosted = start_hosted(demo=True, render_seconds=0.1)
    api = hosted.client
    in_work = {
        record["influencerId"] for record in everybody(api).values() if record["status"] in IN_WORK
    }
    with hosted.parts.storage.transaction() as connection:
        rows = connection.execute(select(jobs)).all()
    assert {row.influencer_id for row in rows} == in_work
    for row in rows:
        # Of a usual job's six seconds it waits for half a second and works for the rest.
        assert 25 <= 0.48 * row.queue_pace + 5.52 * row.work_pace <= 40

    def statuses() -> set[str]:
        return {api.get(f"/v1/influencers/{each}").json()["status"] for each in in_work}

    wait_until(lambda: statuses() == {"ready"})
    for each in in_work:
        assert len(api.get(f"/v1/influencers/{each}").json()["referenceImages"]) == 4


def test_a_large_roster_fills_the_first_project_and_shows_the_same_faces_first(
    start_hosted: Callable[..., Any],
) -> None:
    api = start_hosted(demo=True, roster=300, render_seconds=600).client
    projects = api.get("/v1/projects").json()["items"]
    where = f"/v1/projects/{projects[0]['id']}/influencers"
    page = api.get(where, params={"limit": 100}).json()
    items = page["items"]
    while page["nextCursor"]:
        page = api.get(where, params={"limit": 100, "cursor": page["nextCursor"]}).json()
        items += page["items"]
    assert (len(items), len(projects)) == (290, 3)
    own = [person.name for person in personas()[0].influencers]
    assert [item["name"] for item in items[: len(own)]] == own
    ready = [item for item in items if item["status"] == "ready"]
    assert len(ready) > 200
    assert all(item["thumbnailUrl"] for item in ready)
    assert len({item["thumbnailUrl"] for item in ready}) > 20
    last = api.get(f"/v1/influencers/{ready[-1]['influencerId']}").json()
    assert api.get(last["referenceImages"][-1]["url"]).status_code == 200
    clone = api.post(f"/v1/influencers/{last['influencerId']}/clone", json={"name": "B"})
    assert clone.status_code == 202
