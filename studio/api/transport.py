"""Bytes to and from the server: the one place that knows the HTTP library.

What the library lacks is added here: a deadline for the whole request, caps on the bytes that
arrive and on what they unpack to, redirects within one origin only, and a key that never leaves
its own server. Statuses are not judged here.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import ssl
import zlib
from dataclasses import field
from typing import TYPE_CHECKING, Any

from studio import __version__
from studio.api.address import Origin, is_loopback, origin_of, refuse_private
from studio.api.errors import NoContact, not_the_server, plain
from studio.core.errors import Bug, FixInput, SignIn
from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from concurrent.futures import ThreadPoolExecutor

    import httpx  # noqa: TID251 - this module is the one that may

    from studio.core.secrets import ApiKey

log = logging.getLogger(__name__)

JSON_CAP = 8 * 1024 * 1024
MEDIA_CAP = 64 * 1024 * 1024
DEADLINE = 30.0
CONNECT = 10.0
REDIRECTS = 3
AT_ONCE = 8
_PIECE = 256 * 1024
_LATE = ("anyio._backends._asyncio", "httpcore._backends.anyio", "encodings.idna", "ulid")
"""What the library and the first write would import late, on the loop's thread, for 60 ms."""
_REDIRECTING = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request.

    Attributes:
        url: absolute.
        template: the path with placeholders, for the log.
        body: the bytes to send, or ``stream`` makes them anew for each try.
        with_key: send the key, if the address is of the key's own server.
        is_media: a picture or an upload. Its address came from outside, so https of any public
            host is fine as well, and it waits in a line of its own.
        deadline: seconds for everything together.
        cap: most bytes of the answer, both on the wire and unpacked.
        epoch: the transport's, from when the call began: a call never goes on to another server,
            nor with another key, than it was made for.
    """

    method: str
    url: str
    template: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    stream: Callable[[], AsyncIterator[bytes]] | None = None
    with_key: bool = True
    is_media: bool = False
    deadline: float = DEADLINE
    cap: int = JSON_CAP
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in lower case, the body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request_id: str


class Transport:
    """One HTTP client for the run, made at the first request inside the loop."""

    def __init__(self, base_url: str, key: ApiKey, pool: ThreadPoolExecutor) -> None:
        self._base = base_url.rstrip("/")
        self._key = key
        self._pool = pool
        self._epoch = 0
        self._client: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._media_slots = asyncio.Semaphore(AT_ONCE)

    @property
    def base_url(self) -> str:
        """The server's address without a slash at its end."""
        return self._base

    @property
    def epoch(self) -> int:
        """Counts moves to another address or key."""
        return self._epoch

    @property
    def origin(self) -> Origin:
        """The server's origin. Raises FixInput when the address is none."""
        return origin_of(self._base)

    async def send(self, request: Outgoing) -> Answer:
        """The answer, whatever its status. Raises NoContact, Bug, FixInput or SignIn."""
        self._same_epoch(request)
        origin = origin_of(request.url)
        await self._check(request, origin)
        async with self._media_slots if request.is_media else self._slots:
            client = await self._ready()
            self._same_epoch(request)
            return await self._guarded(client, request, origin)

    def _same_epoch(self, request: Outgoing) -> None:
        if request.epoch != self._epoch:
            raise NoContact("The connection was changed.", retry_now=False, code="MOVED")

    async def move_to(self, base_url: str, key: ApiKey) -> None:
        """From now on another address or key; connections to the old one are closed."""
        self._base = base_url.rstrip("/")
        self._key = key
        self._epoch += 1
        await self.close()

    async def close(self) -> None:
        """Close every connection; the next request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _check(self, request: Outgoing, origin: Origin) -> None:
        """Refuse an address before anything is sent to it."""
        own = self.origin
        if origin == own:
            if own.scheme != "https" and not is_loopback(own.host):
                raise FixInput(
                    "The server address has to start with https://, or the key could be read "
                    "on the way.",
                    field="server_url",
                    code="NOT_ENCRYPTED",
                )
            return
        if not request.is_media or origin.scheme != "https":
            raise Bug("The server named an address that is not safe to use.", code="UNSAFE_ADDRESS")
        await refuse_private(origin, own)

    async def _ready(self) -> httpx.AsyncClient:
        if self._client is not None:
            return self._client
        async with self._making:
            if self._client is None:
                loop = asyncio.get_running_loop()
                self._client = await loop.run_in_executor(
                    self._pool, _make_client, self.origin.host
                )
        return self._client

    def _headers(self, request: Outgoing, origin: Origin) -> dict[str, str]:
        headers = {
            "Accept-Encoding": "gzip",
            "User-Agent": f"persona-studio/{__version__}",
            **request.headers,
        }
        if request.with_key and origin == self.origin:
            text = self._key.reveal()
            if not text:
                raise SignIn("There is no key for this server.", next_step="Enter a key.")
            if not text.isascii() or not text.isprintable() or " " in text:
                raise SignIn(
                    "The key holds characters no key has.", next_step="Copy the key again."
                )
            headers["X-Api-Key"] = text
            headers["Authorization"] = f"Bearer {text}"
        return headers

    async def _guarded(
        self, client: httpx.AsyncClient, request: Outgoing, origin: Origin
    ) -> Answer:
        """One exchange within its deadline, every failure of the library made one of ours."""
        import httpx  # noqa: TID251 - this module is the one that may

        loop = asyncio.get_running_loop()
        started = loop.time()
        outcome, request_id = "no answer", ""
        try:
            async with asyncio.timeout(request.deadline):
                answer = await self._follow(client, request, origin)
            outcome, request_id = str(answer.status), answer.request_id
            return answer
        except TimeoutError:
            raise NoContact(
                "The server took too long to answer.", code="TIMEOUT", request_id=request_id
            ) from None
        except httpx.HTTPError as error:
            raise _failure(error) from None
        except RuntimeError:
            if not client.is_closed:
                raise
            raise NoContact("The connection was closed.", code="BROKEN_CONNECTION") from None
        except httpx.InvalidURL:
            raise Bug("The server named an address that is none.", code="BAD_ADDRESS") from None
        finally:
            log.info(
                "%s %s %s %d ms %s",
                request.method,
                request.template,
                outcome,
                round((loop.time() - started) * 1000),
                request_id or "-",
            )

    async def _follow(self, client: httpx.AsyncClient, request: Outgoing, origin: Origin) -> Answer:
        url = request.url
        headers = self._headers(request, origin)
        for _ in range(REDIRECTS + 1):
            content: Any = request.stream() if request.stream is not None else request.body
            outgoing = client.build_request(request.method, url, headers=headers, content=content)
            response = await client.send(outgoing, stream=True, follow_redirects=False)
            try:
                location = response.headers.get("location", "")
                if response.status_code in _REDIRECTING and location:
                    target = str(response.url.join(location))
                    if origin_of(target) != origin or not _may_repeat(request, response):
                        raise not_the_server(_request_id(response))
                    url = target
                    continue
                body = await _read(response, request.cap)
                return Answer(
                    response.status_code,
                    {name.lower(): value for name, value in response.headers.items()},
                    body,
                    _request_id(response),
                )
            finally:
                await response.aclose()
        raise not_the_server()


def _may_repeat(request: Outgoing, response: httpx.Response) -> bool:
    """A read may follow any redirect of its own origin, a write only one that keeps its body."""
    return request.method == "GET" or response.status_code in (307, 308)


def _request_id(response: httpx.Response) -> str:
    return plain(response.headers.get("x-request-id"), 64)


async def _read(response: httpx.Response, cap: int) -> bytes:
    """The body, unpacked. Raises Bug past ``cap`` bytes, arrived or unpacked."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > cap:
        raise _too_large(cap)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Bug("The server's answer is packed in an unknown way.", code="UNKNOWN_ENCODING")
    unpack = None if encoding in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 32)
    out = bytearray()
    arrived = 0
    async for chunk in response.aiter_raw():
        arrived += len(chunk)
        if arrived > cap:
            raise _too_large(cap)
        if unpack is None:
            out += chunk
            continue
        left = chunk
        while left:
            try:
                out += unpack.decompress(left, _PIECE)
            except zlib.error:
                raise Bug("The server's answer is damaged.", code="DAMAGED_ANSWER") from None
            left = unpack.unconsumed_tail
            if len(out) > cap:
                raise _too_large(cap)
            await asyncio.sleep(0)
    if unpack is not None and arrived and not unpack.eof:
        raise NoContact("The server's answer was cut off.", code="CUT_OFF")
    return bytes(out)


def _too_large(cap: int) -> Bug:
    return Bug(
        f"The server's answer is larger than {cap // 1024} KiB and was not read.",
        code="ANSWER_TOO_LARGE",
    )


def _failure(error: Exception) -> NoContact | Bug:
    """A network failure as a sentence; the library's own text may name addresses and is dropped."""
    import httpx  # noqa: TID251 - this module is the one that may

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _bad_certificate(cause)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return Bug("The request could not be written.", code="BAD_REQUEST")
    if isinstance(error, httpx.ProxyError):
        return NoContact(
            "The network's proxy does not let the request through.", code="PROXY", retry_now=False
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return NoContact("The server cannot be reached.", code="NOT_CONNECTED")
    return NoContact("The connection to the server broke off.", code="BROKEN_CONNECTION")


def _bad_certificate(error: ssl.SSLCertVerificationError) -> NoContact:
    if error.verify_code in (9, 10):
        next_step = "Check the date and time of this computer first."
    else:
        next_step = "Check the server address, or ask whoever runs the network."
    return NoContact(
        "The server could not prove who it is, so nothing was sent.",
        retry_now=False,
        next_step=next_step,
        code="CERTIFICATE",
    )


def _make_client(host: str) -> httpx.AsyncClient:
    """Import the library and build its client; runs in a worker because it takes 100 ms."""
    import httpx  # noqa: TID251 - this module is the one that may
    import truststore

    for late in _LATE:
        with contextlib.suppress(ImportError):
            importlib.import_module(late)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    direct: dict[str, httpx.AsyncBaseTransport | None] = {
        "all://127.0.0.1": None,
        "all://localhost": None,
        "all://[::1]": None,
    }
    if is_loopback(host) and ":" not in host:
        direct[f"all://{host}"] = None

    def build(trust_env: bool) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            timeout=httpx.Timeout(None, connect=CONNECT),
            limits=httpx.Limits(max_connections=AT_ONCE * 2, max_keepalive_connections=AT_ONCE),
            follow_redirects=False,
            trust_env=trust_env,
            mounts=direct,
        )

    try:
        return build(trust_env=True)
    except (ImportError, ValueError, httpx.InvalidURL):
        log.warning("the system's proxy settings cannot be used")
        return build(trust_env=False)
