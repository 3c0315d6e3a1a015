"""The routes this client calls (contract 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from studio.core.errors import Bug
from studio.core.values import dataclass

if TYPE_CHECKING:
    from studio.api.budget import CallClass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route of the contract's index (2.1) with its rate class (1.9)."""

    method: str
    path: str
    call: CallClass

    def filled(self, **ids: str) -> str:
        """The path with ids in place, each encoded. Raises Bug for an id no path can hold."""
        for name, value in ids.items():
            if value in ("", ".", ".."):
                raise Bug(f"A call without {name} was asked for.", code="NO_ID")
        return self.path.format(**{name: quote(value, safe="") for name, value in ids.items()})


WHOAMI = Endpoint("GET", "/v1/whoami", "read")
CREDITS = Endpoint("GET", "/v1/credits", "read")
PROJECTS = Endpoint("GET", "/v1/projects", "read")
NEW_PROJECT = Endpoint("POST", "/v1/projects", "write")
PROJECT = Endpoint("GET", "/v1/projects/{project_id}", "read")
PATCH_PROJECT = Endpoint("PATCH", "/v1/projects/{project_id}", "write")
ARCHIVE_PROJECT = Endpoint("DELETE", "/v1/projects/{project_id}", "write")
INFLUENCERS = Endpoint("GET", "/v1/projects/{project_id}/influencers", "read")
NEW_INFLUENCER = Endpoint("POST", "/v1/projects/{project_id}/influencers", "start")
INFLUENCER = Endpoint("GET", "/v1/influencers/{influencer_id}", "read")
PATCH_INFLUENCER = Endpoint("PATCH", "/v1/influencers/{influencer_id}", "write")
DELETE_INFLUENCER = Endpoint("DELETE", "/v1/influencers/{influencer_id}", "write")
CLONE = Endpoint("POST", "/v1/influencers/{influencer_id}/clone", "start")
BIND = Endpoint("POST", "/v1/influencers/{influencer_id}/reference-images", "write")
PRESIGN = Endpoint("POST", "/v1/projects/{project_id}/media/presign", "write")
FINALIZE = Endpoint("POST", "/v1/projects/{project_id}/media/finalize", "write")
INLINE = Endpoint("POST", "/v1/projects/{project_id}/media", "write")
JOB = Endpoint("GET", "/v1/jobs/{job_id}", "read")
CANCEL = Endpoint("POST", "/v1/jobs/{job_id}/cancel", "write")
CONTENT = Endpoint("POST", "/v1/projects/{project_id}/content", "start")
