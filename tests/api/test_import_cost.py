"""The client costs next to nothing until its first call."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("httpx", "pydantic", "truststore", "ulid", "anyio")


def test_nothing_heavy_is_imported_with_the_client() -> None:
    code = (
        "import sys, studio.api.client, studio.api.uploads, studio.api.job_events\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_making_a_client_imports_and_opens_nothing() -> None:
    code = (
        "import sys, threading\n"
        "from studio.api.client import PartnerClient\n"
        "from studio.core.secrets import ApiKey\n"
        f"PartnerClient('http://127.0.0.1:1', ApiKey('k'))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 1"
