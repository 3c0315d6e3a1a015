"""Which addresses may be spoken to at all."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from studio.core.errors import Bug, FixInput
from studio.core.values import dataclass

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what two addresses must share to be the same server."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin:
    """The origin of an absolute http or https address. Raises FixInput for anything else.

    Addresses with a user name, a backslash, blanks or control characters are refused: parsers
    disagree about the host they name.
    """
    try:
        if not url.isprintable() or any(char in url for char in " \\"):
            raise ValueError
        parts = urlsplit(url)
        port = parts.port
        if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
            raise ValueError
        return Origin(
            parts.scheme,
            parts.hostname.rstrip(".").lower(),
            _PORTS[parts.scheme] if port is None else port,
        )
    except ValueError:
        raise FixInput(
            "This is not the address of a server.", field="server_url", code="BAD_ADDRESS"
        ) from None


def is_loopback(host: str) -> bool:
    """Whether the host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return False


async def refuse_private(origin: Origin, own: Origin) -> None:
    """Raise Bug when an address a server named lies in this computer or its private network.

    A server that itself is private (the local one, a company's own) may name private hosts. A name
    that cannot be resolved here passes: behind a proxy only the proxy can resolve it. The address
    may change between this check and the connection; https then still has to prove its name.
    """
    if not await _public(own.host, unresolved=True):
        return
    if not await _public(origin.host, unresolved=True):
        raise Bug("The server named an address that is not safe to use.", code="UNSAFE_ADDRESS")


async def _public(host: str, *, unresolved: bool) -> bool:
    if is_loopback(host):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return _is_public(host)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return unresolved
    return all(_is_public(str(entry[4][0])) for entry in found)
