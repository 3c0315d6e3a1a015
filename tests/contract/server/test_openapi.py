"""The server against ``resources/openapi/partner.yaml``: random calls, good and bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from studio.core.paths import resource_dir
from studio.server import schemas
from studio.server.app import OPERATIONS
from studio.server.config import LIMITS, TierLimits

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
CONTRACT = resource_dir() / "openapi" / "partner.yaml"
# The same calls in every run, as far as the time reaches. For fresh ones and many:
# SCHEMATHESIS_EXAMPLES=200 SCHEMATHESIS_SECONDS=600 SCHEMATHESIS_SEED=7
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "5")
SECONDS = os.environ.get("SCHEMATHESIS_SECONDS", "15")
SEED = os.environ.get("SCHEMATHESIS_SEED")


def _known(hosted: Any) -> dict[str, list[str]]:
    """Things that exist, for :mod:`schemathesis_hooks` to name."""
    api = hosted.client
    projects, people, jobs = [], [], []
    for number in range(3):
        body = {"name": f"P{number}", "timezone": "UTC"}
        projects.append(api.post("/v1/projects", json=body).json()["id"])
        for person in range(2):
            accepted = api.post(
                f"/v1/projects/{projects[0]}/influencers", json={"name": f"I{person}"}
            ).json()
            people.append(accepted["influencerId"])
            jobs.append(accepted["jobId"])
    first = api.get(f"/v1/projects/{projects[0]}/influencers", params={"limit": 1}).json()
    page = api.get("/v1/projects", params={"limit": 1}).json()
    return {
        "projectId": projects,
        "influencerId": people,
        "jobId": jobs,
        "project-cursor": [page["nextCursor"]],
        "influencer-cursor": [first["nextCursor"]],
    }


@pytest.mark.slow
def test_random_calls_find_no_difference(
    start_hosted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(LIMITS, "partner", TierLimits(*[10**9] * 5))
    hosted = start_hosted(fail_renders_named="*")
    ended = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            "--config-file",
            HERE / "schemathesis.toml",
            "run",
            CONTRACT,
            "--url",
            hosted.url,
            "--header",
            f"X-Api-Key: {hosted.key}",
            "--max-examples",
            EXAMPLES,
            "--max-time",
            SECONDS,
            *(("--seed", SEED) if SEED else ("--generation-deterministic",)),
            "--no-color",
            "--warnings",
            "off",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            "PYTHONPATH": str(HERE),
            "STUDIO_KNOWN_VALUES": json.dumps(_known(hosted)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr


def test_every_model_an_operation_names_is_there() -> None:
    named = {name for each in OPERATIONS for name in (each.body, each.query) if name}
    assert len(named) > 10
    assert all(issubclass(getattr(schemas, name), schemas.Strict) for name in named)


def test_the_file_and_the_server_have_the_same_calls() -> None:
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    written = {
        (method.upper(), path)
        for path, item in contract["paths"].items()
        for method in item
        if method != "parameters"
    }
    names = {
        "project_id": "projectId",
        "influencer_id": "influencerId",
        "job_id": "jobId",
    }
    served = set()
    for operation in OPERATIONS:
        path = operation.path
        for ours, theirs in names.items():
            path = path.replace(f"{{{ours}}}", f"{{{theirs}}}")
        served.add((operation.method, path))
    assert written == served
