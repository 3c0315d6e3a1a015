"""Strict models of the request bodies and queries (contract 2.3 to 2.6).

They refuse every unknown field and coerce nothing. Answers are not modelled: what leaves the
server is checked against the contract file in tests.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from studio.server.errors import validation, validation_issues
from studio.server.ids import INFLUENCER_ID_PATTERN, UUID_PATTERN
from studio.server.media_files import UPLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA_BYTES = 8 * 1024
"""Most bytes a project's ``metadata`` may take as JSON."""
REFERENCE_BATCH = 20
"""Most assets bound in one call."""


class Strict(BaseModel):
    """Unknown fields are errors, nothing is coerced, names on the wire are camelCase."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by their names on the wire."""
        return self.model_dump(by_alias=True, exclude_unset=True)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones()) | {"UTC"}


def _known_timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError("is not an IANA time zone")
    return name


def _small_enough(metadata: dict[str, Any]) -> dict[str, Any]:
    size = len(json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode())
    if size > METADATA_BYTES:
        raise ValueError("takes more than 8 KB")
    return metadata


_DIGITS = re.compile(r"[0-9]{1,4}\Z")


def _whole_number(value: object) -> object:
    return int(value) if isinstance(value, str) and _DIGITS.match(value) else value


def _integral(value: object) -> object:
    # JSON Schema counts 4.0 as an integer.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Text16 = Annotated[str, StringConstraints(max_length=16)]
Text64 = Annotated[str, StringConstraints(max_length=64)]
Text128 = Annotated[str, StringConstraints(max_length=128)]
Text256 = Annotated[str, StringConstraints(max_length=256)]
Text1024 = Annotated[str, StringConstraints(max_length=1024)]
Filename = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
# Printable ASCII apart from "@": what counts as a space differs between pattern languages.
Email = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$")
]
Language = Annotated[
    str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$")
]
Timezone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_timezone)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small_enough)]
ProjectId = Annotated[str, StringConstraints(pattern=UUID_PATTERN)]
InfluencerId = Annotated[str, StringConstraints(pattern=INFLUENCER_ID_PATTERN)]
AssetIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=128)]],
    Field(min_length=1, max_length=REFERENCE_BATCH),
]
ByteCount = Annotated[int, BeforeValidator(_integral), Field(ge=1, le=UPLOAD_BYTES)]
Gender = Literal["male", "female", "nonbinary", "unspecified"]
MediaKind = Literal["image", "video", "audio", "logo", "reference_image"]
ProjectStatus = Literal["active", "archived"]
InfluencerStatus = Literal["draft", "pending", "training", "ready", "failed"]


class Empty(Strict):
    """A body that may be ``{}`` and nothing else."""


class Reason(Strict):
    """The optional body of the two DELETE calls."""

    reason: Text1024 = ""


class NewProject(Strict):
    """POST /v1/projects."""

    name: Name
    timezone: Timezone
    id: ProjectId = ""
    customer_external_id: Filename = ""
    owner_email: Email = ""
    primary_language: Language = "en"
    metadata: Metadata = Field(default_factory=dict)


class ProjectPatch(Strict):
    """PATCH /v1/projects/:id."""

    name: Name = ""
    status: ProjectStatus = "active"
    owner_email: Email = ""
    timezone: Timezone = ""
    primary_language: Language = ""
    customer_external_id: Filename = ""
    metadata: Metadata = Field(default_factory=dict)


class Personality(Strict):
    """How the persona speaks. Every key is optional."""

    traits: list[str] = Field(default_factory=list)
    tone: str = ""
    humor: str = ""
    formality: str = ""
    values: list[str] = Field(default_factory=list)
    interests: list[str] = Field(default_factory=list)
    speaking_style: str = ""
    catchphrases: list[str] = Field(default_factory=list)


class OverridePersonality(Personality):
    """The personality inside ``overrides``, where ``humorStyle`` is another name of ``humor``."""

    @model_validator(mode="before")
    @classmethod
    def _one_humor(cls, data: object) -> object:
        if isinstance(data, dict) and "humorStyle" in data and "humor" not in data:
            data = {("humor" if key == "humorStyle" else key): data[key] for key in data}
        return data


class ReferenceAssets(Strict):
    """``{"assetIds": [...]}``: the references of a create, and the bind call's body."""

    asset_ids: AssetIds


class PersonaFields(Strict):
    """What create and ``overrides`` share. Nothing here may be ``null``."""

    gender: Gender = "unspecified"
    age_range: Text16 = ""
    ethnicity: Text128 = ""
    body_type: Text128 = ""
    hair_color: Text64 = ""
    hair_style: Text128 = ""
    style: Text256 = ""
    vibe: Text256 = ""
    voice_description: Text1024 = ""
    archetype: Text256 = ""
    primary_language: Language = ""
    voice_profile: Text256 = ""


class NewInfluencer(PersonaFields):
    """POST /v1/projects/:projectId/influencers."""

    name: Name
    influencer_id: InfluencerId = ""
    personality: Personality = Field(default_factory=Personality)
    reference_images: ReferenceAssets | None = None

    @model_validator(mode="before")
    @classmethod
    def _references_not_null(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("referenceImages", ...) is None:
            raise ValueError("referenceImages must be an object")
        return data


class Overrides(PersonaFields):
    """What a clone has different from its source."""

    personality: OverridePersonality = Field(default_factory=OverridePersonality)


class Clone(Strict):
    """POST /v1/influencers/:influencerId/clone."""

    name: Name
    new_influencer_id: InfluencerId = ""
    overrides: Overrides = Field(default_factory=Overrides)


class InfluencerPatch(Strict):
    """PATCH /v1/influencers/:influencerId: ``null`` clears, except the name."""

    name: Name = ""
    gender: Gender | None = None
    age_range: Text16 | None = None
    ethnicity: Text128 | None = None
    body_type: Text128 | None = None
    hair_color: Text64 | None = None
    hair_style: Text128 | None = None
    style: Text256 | None = None
    vibe: Text256 | None = None
    voice_description: Text1024 | None = None
    personality: Personality = Field(default_factory=Personality)

    @model_validator(mode="after")
    def _something(self) -> InfluencerPatch:
        if not self.model_fields_set:
            raise ValueError("at least one field is required")
        return self


def _one_spelling(data: object, name: str, alias: str) -> object:
    if isinstance(data, dict) and alias in data:
        if name in data:
            raise ValueError(f"{name} and {alias} are one field: send one of them")
        data = {(name if key == alias else key): data[key] for key in data}
    return data


class Presign(Strict):
    """POST .../media/presign."""

    kind: MediaKind
    mime_type: Text128
    filename: Filename | None = None
    size_bytes: ByteCount | None = None
    checksum_sha256: Sha256 | None = None

    @model_validator(mode="before")
    @classmethod
    def _aliases(cls, data: object) -> object:
        data = _one_spelling(data, "mimeType", "contentType")
        return _no_nulls(_one_spelling(data, "sizeBytes", "byteSize"))


class Finalize(Strict):
    """POST .../media/finalize."""

    upload_id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    checksum_sha256: Sha256 | None = None

    @model_validator(mode="before")
    @classmethod
    def _given_or_absent(cls, data: object) -> object:
        return _no_nulls(data)


class InlineUpload(Strict):
    """POST .../media."""

    kind: MediaKind
    data_base64: Annotated[str, StringConstraints(min_length=4)]
    mime_type: Text128
    filename: Filename | None = None

    @model_validator(mode="before")
    @classmethod
    def _aliases(cls, data: object) -> object:
        return _no_nulls(_one_spelling(data, "mimeType", "contentType"))


def _no_nulls(data: object) -> object:
    if isinstance(data, dict):
        for key, value in data.items():
            if value is None:
                raise ValueError(f"{key} must not be null")
    return data


Limit100 = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=100)]
Limit200 = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=200)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class NoQuery(Strict):
    """A call that takes no query."""


class ProjectQuery(Strict):
    """Query of GET /v1/projects."""

    cursor: Cursor | None = None
    limit: Limit200 = 25
    status: ProjectStatus | None = None
    search: Text256 | None = None
    customer_external_id: Filename | None = None


class InfluencerQuery(Strict):
    """Query of GET /v1/projects/:projectId/influencers."""

    cursor: Cursor | None = None
    limit: Limit100 = 25
    status: InfluencerStatus | None = None


@cache
def _adapter(model: str) -> TypeAdapter[Strict]:
    module, _, name = model.rpartition(":")
    known = vars(import_module(f"studio.server.{module}")) if module else globals()
    return TypeAdapter(known[name])


def read_body(model: str, data: object) -> Strict:
    """Check a parsed body against the model of that name, ``module:Name`` for another module's.

    Raises:
        ApiError: 422 with one issue per field.
    """
    try:
        return _adapter(model).validate_python(data)
    except ValidationError as error:
        raise _refusal(error) from None


def read_query(model: str, pairs: list[tuple[str, str]]) -> Strict:
    """Check a query against the model of that name.

    A parameter given twice is refused like an unknown one.

    Raises:
        ApiError: 422 with one issue per parameter.
    """
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise validation(name, "is given twice")
        values[name] = value
    return read_body(model, values)


def _refusal(error: ValidationError) -> Exception:
    issues = [
        (".".join(str(part) for part in issue["loc"]), _sentence(issue))
        for issue in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return validation_issues(issues)


def _sentence(issue: Mapping[str, Any]) -> str:
    if issue["type"] == "extra_forbidden":
        return "is not a field of this call"
    if issue["type"] == "missing":
        return "is required"
    return str(issue["msg"]).removeprefix("Value error, ")
