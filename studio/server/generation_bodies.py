"""Request bodies of the contract's later generation (contract 4.1): strict, like the others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from studio.server.schemas import Language, Name, Strict

Gender = Literal["male", "female", "non_binary"]
AgeRange = Literal["teen", "young_adult", "adult", "mid_adult", "mature", "senior"]
BrandVoice = Literal["authentic", "witty", "professional", "warm", "casual", "educational"]
Prompt = Annotated[str, StringConstraints(max_length=2000)]


class LaterNewInfluencer(Strict):
    """POST /v1/projects/:projectId/influencers: name and id are the server's."""

    gender: Gender = "female"
    age_range: AgeRange = "young_adult"
    prompt: Prompt = ""


class LaterOverrides(Strict):
    """What a clone may have different from its source."""

    gender: Gender = "female"
    age_range: AgeRange = "young_adult"
    brand_voice: BrandVoice = "authentic"
    language: Language = "en"


class LaterClone(Strict):
    """POST /v1/influencers/:influencerId/clone."""

    name: Name
    overrides: LaterOverrides = Field(default_factory=LaterOverrides)


class LaterPatch(Strict):
    """PATCH /v1/influencers/:influencerId: only the age range can be cleared."""

    name: Name = ""
    gender: Gender = "female"
    age_range: AgeRange | None = None
    brand_voice: BrandVoice = "authentic"
    language: Language = "en"

    @model_validator(mode="after")
    def _something(self) -> LaterPatch:
        if not self.model_fields_set:
            raise ValueError("at least one field is required")
        return self
