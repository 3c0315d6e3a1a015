"""The demonstration organisation a fresh server starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.server.seed import personas

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


def _everybody(api: httpx.Client) -> dict[str, dict[str, Any]]:
    """Every record of every project, by project and name."""
    records = {}
    for project in api.get("/v1/projects").json()["items"]:
        where = f"/v1/projects/{project['id']}/influencers"
        for item in api.get(where, params={"limit": 100}).json()["items"]:
            record = api.get(f"/v1/influencers/{item['influencerId']}").json()
            records[f"{project['name']}/{item['name']}"] = record
    return records


def _wanted() -> dict[str, tuple[str, int]]:
    return {
        f"{project.name}/{person.name}": (person.status, person.reference_count)
        for project in personas()
        for person in project.influencers
    }


def test_everyone_is_there_and_portraits_follow_without_touching_the_records(
    start_process: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    process = start_process("--render-seconds", "1")
    with process.client() as api:
        first = _everybody(api)
        wanted = _wanted()
        assert set(first) == set(wanted)
        assert {project["name"] for project in api.get("/v1/projects").json()["items"]} == {
            project.name for project in personas()
        }
        in_work = {
            name for name, (status, _) in wanted.items() if status in {"pending", "training"}
        }
        assert in_work

        def settled() -> dict[str, dict[str, Any]] | None:
            now = _everybody(api)
            complete = all(
                len(now[name]["referenceImages"]) == count
                for name, (_status, count) in wanted.items()
                if name not in in_work
            )
            done = all(now[name]["status"] == "ready" for name in in_work)
            return now if complete and done else None

        last = wait_until(settled, 50)
        for name, (status, _count) in wanted.items():
            if name in in_work:
                assert len(last[name]["referenceImages"]) == 4
                continue
            assert last[name]["status"] == status
            assert last[name]["updatedAt"] == first[name]["updatedAt"]
            assert bool(last[name]["thumbnailUrl"]) == bool(last[name]["referenceImages"])
        for record in last.values():
            pictures = [api.get(image["url"]) for image in record["referenceImages"]]
            assert {picture.status_code for picture in pictures} <= {200}
            assert len({picture.content for picture in pictures}) == len(pictures)


def test_portraits_cut_by_a_kill_are_drawn_after_the_next_start(
    start_process: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    wanted = sum(
        count for status, count in _wanted().values() if status not in {"pending", "training"}
    )

    def drawn(api: httpx.Client) -> int:
        return sum(len(record["referenceImages"]) for record in _everybody(api).values())

    process = start_process("--render-seconds", "60")
    with process.client() as api:
        wait_until(lambda: drawn(api))
    process.kill()
    with start_process("--render-seconds", "60").client() as api:
        wait_until(lambda: drawn(api) >= wanted, 40)
        assert drawn(api) == wanted


def test_a_second_start_adds_nothing(start_process: Callable[..., Any]) -> None:
    process = start_process("--render-seconds", "60")
    with process.client() as api:
        first = set(_everybody(api))
    process.stop()
    with start_process("--render-seconds", "60").client() as api:
        assert set(_everybody(api)) == first
