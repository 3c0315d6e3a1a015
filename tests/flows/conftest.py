"""Flows: the real program without a window, the real server, a network that fails as told."""

from __future__ import annotations

import io
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

_FOLDER = str(Path(__file__).parent)
if _FOLDER not in sys.path:
    # The modules beside the tests are theirs alone; the folder is no package.
    sys.path.append(_FOLDER)

from fault_proxy import FaultProxy  # noqa: E402
from flow_world import Elsewhere, FastClock, World  # noqa: E402
from partner_process import PartnerServer  # noqa: E402

from studio.api.client import PartnerClient  # noqa: E402
from studio.core.secrets import ApiKey  # noqa: E402


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartnerServer]:
    """One server for all flows that leave it alone: each works in a project of its own."""
    server = PartnerServer(tmp_path_factory.mktemp("partner")).start()
    yield server
    server.stop()


@pytest.fixture
def make_partner_server(tmp_path: Path) -> Iterator[Callable[..., PartnerServer]]:
    """Makes servers of the test's own: ``make("--empty", "--render-seconds", "0.6")``."""
    made: list[PartnerServer] = []

    def make(*options: str) -> PartnerServer:
        server = PartnerServer(tmp_path / f"partner-{len(made)}", *([options] if options else []))
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def partner_server(make_partner_server: Callable[..., PartnerServer]) -> PartnerServer:
    """A server of the test's own: ``url``, ``key``, ``process``, ``restart()``, ``kill()``."""
    return make_partner_server()


@dataclass
class Stage:
    """What a flow plays on: the program, the network before it, the server, somebody else."""

    world: World
    proxy: FaultProxy
    server: PartnerServer
    elsewhere: Elsewhere
    project_id: str


@asynccontextmanager
async def play(server: PartnerServer, root: Path, *, factor: float = 10.0) -> AsyncIterator[Stage]:
    """A stage before this server: a program that is not started yet, a network that works, an
    empty project. The program's clock runs ``factor`` times as fast as the wall's."""
    proxy = FaultProxy(server.url)
    await proxy.online()
    client = PartnerClient(server.url, ApiKey(server.key))
    world = World(root / "program", proxy.url, server.key, FastClock(factor))
    try:
        elsewhere = Elsewhere(client)
        project_id = await elsewhere.project(root.name[:40])
        yield Stage(world, proxy, server, elsewhere, project_id)
        assert world.crashes == []
    finally:
        await world.close()
        await client.aclose()
        await proxy.offline()


@pytest.fixture
async def stage(shared_server: PartnerServer, tmp_path: Path) -> AsyncIterator[Stage]:
    """The program before the shared server."""
    async with play(shared_server, tmp_path) as made:
        yield made


@pytest.fixture
async def own_stage(partner_server: PartnerServer, tmp_path: Path) -> AsyncIterator[Stage]:
    """The program before a server of the test's own, which may be hurt."""
    async with play(partner_server, tmp_path) as made:
        yield made


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Makes a PNG; ``noisy`` ones are too large to go inline."""

    def make(color: str = "teal", *, noisy: bool = False, size: int = 64) -> bytes:
        if noisy:
            image = Image.effect_noise((900, 700), 80).convert("RGB")
        else:
            image = Image.new("RGB", (size, size), color)
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    return make
