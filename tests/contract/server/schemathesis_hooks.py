"""What random data cannot know: ids and cursors that exist, names of time zones.

Loaded by the ``schemathesis`` command through ``SCHEMATHESIS_HOOKS``.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from typing import Any

import schemathesis
from hypothesis import strategies as st

KNOWN: dict[str, list[str]] = json.loads(os.environ["STUDIO_KNOWN_VALUES"])
_FORMS = {
    "projectId": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"),
    "influencerId": re.compile(r"(inf_[A-Za-z0-9-]{1,64}|[0-9a-fA-F-]{36})\Z"),
    "jobId": re.compile(r"[A-Za-z0-9_-]{1,128}\Z"),
}

schemathesis.openapi.format(
    "iana-timezone", st.sampled_from(["UTC", "Europe/London", "America/Los_Angeles"])
)
schemathesis.openapi.format("project-cursor", st.sampled_from(KNOWN["project-cursor"]))
schemathesis.openapi.format("influencer-cursor", st.sampled_from(KNOWN["influencer-cursor"]))


@schemathesis.hook
def map_path_parameters(_context: Any, path_parameters: dict[str, Any] | None) -> Any:
    """Let three of four well-formed ids name something that exists."""
    for name, value in (path_parameters or {}).items():
        form = _FORMS.get(name)
        if form and isinstance(value, str) and form.match(value) and KNOWN.get(name):
            choice = zlib.crc32(value.encode())
            if choice % 4:
                path_parameters[name] = KNOWN[name][choice % len(KNOWN[name])]
    return path_parameters
