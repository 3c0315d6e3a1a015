"""What the client sends, held against the contract file both sides share."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from studio.api import bodies, endpoints
from studio.api.endpoints import Endpoint
from studio.domain.fields import BY_PATH, FIELDS

CONTRACT = yaml.safe_load(
    (Path(__file__).parents[3] / "resources" / "openapi" / "partner.yaml").read_text("utf-8")
)
PAIRS = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text("utf-8"))
ROUTES = [
    value
    for value in vars(endpoints).values()
    if isinstance(value, Endpoint) and value is not endpoints.CONTENT
]
"""Every route but content, which the contract file does not describe."""

LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=16)
WORDS = LINES.filter(str.strip)


def operation(method: str, path: str) -> dict[str, Any]:
    """The operation of the contract file a request goes to."""
    wanted = path.split("/")
    for template, item in CONTRACT["paths"].items():
        parts = template.split("/")
        fits = len(parts) == len(wanted) and all(
            part == name or part.startswith("{") for part, name in zip(parts, wanted, strict=True)
        )
        if fits and method.lower() in item:
            shared = item.get("parameters", [])
            found: dict[str, Any] = item[method.lower()]
            return {**found, "parameters": [*shared, *found.get("parameters", [])]}
    raise AssertionError(f"{method} {path} is not in the contract file")


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """The node a ``$ref`` points to."""
    while "$ref" in node:
        target: Any = CONTRACT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


@cache
def schema_of(name: str) -> Draft202012Validator:
    """A validator of one named schema."""
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
    )


def problems(schema: dict[str, Any], value: object) -> list[str]:
    """Why ``value`` does not fit."""
    validator = Draft202012Validator({**schema, "components": CONTRACT["components"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_in_the_contract_file(route: Endpoint) -> None:
    assert operation(route.method, route.path)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['section']} {pair['name']}")
def test_every_request_of_a_pair_fits(pair: dict[str, Any]) -> None:
    request = pair["request"]
    parts = urlsplit(request["path"])
    found = operation(request["method"], parts.path)
    known = {parameter["name"]: parameter for parameter in map(resolved, found["parameters"])}
    for name, (text,) in parse_qs(parts.query).items():
        schema = known[name]["schema"]
        value = int(text) if resolved(schema).get("type") == "integer" else text
        assert problems(schema, value) == []
    content = resolved(found.get("requestBody", {})).get("content", {})
    if request["body"] is None:
        assert not resolved(found.get("requestBody", {})).get("required", False)
    else:
        assert problems(content["application/json"]["schema"], request["body"]) == []


@st.composite
def values(draw: st.DrawFn, paths: tuple[str, ...]) -> dict[str, Any]:
    """Values the editor can hold, for any of the fields."""
    made: dict[str, Any] = {}
    for path in draw(st.lists(st.sampled_from(paths), min_size=1, unique=True)):
        spec = BY_PATH[path]
        if spec.is_list:
            made[path] = tuple(draw(st.lists(WORDS, max_size=4)))
        elif spec.kind == "choice":
            made[path] = draw(st.sampled_from([*spec.options, None, ""]))
        else:
            made[path] = draw(WORDS if path == "name" else LINES | st.none())
    return made


EVERY = tuple(spec.path for spec in FIELDS)
NOT_NAME = tuple(path for path in EVERY if path != "name")


@settings(max_examples=60)
@given(values(EVERY))
def test_any_patch_fits(changes: dict[str, Any]) -> None:
    assert schema_of("InfluencerPatch").is_valid(bodies.patch_body(changes))


@settings(max_examples=60)
@given(values(NOT_NAME), WORDS)
def test_any_clone_fits(overrides: dict[str, Any], name: str) -> None:
    assert schema_of("Clone").is_valid(bodies.clone_body(name, "inf_01J0CLONE", overrides))


@settings(max_examples=60)
@given(values(NOT_NAME), WORDS)
def test_any_create_fits(given_values: dict[str, Any], name: str) -> None:
    body = bodies.create_body("inf_01J0OWN", {**given_values, "name": name}, ["med_1"])
    assert schema_of("NewInfluencer").is_valid(body)
