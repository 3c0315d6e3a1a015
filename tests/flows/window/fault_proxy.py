"""A network between the program and its server that can be told what to do with each request."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Said in place of the server. ``body`` may be anything, also what is no JSON."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection ends without a word."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is answered until :meth:`FaultProxy.clear`; then the request goes on."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The server's JSON with other words in it: ``change`` gets path and body, gives the body."""

    change: Callable[[str, Any], Any]


Act = Answer | Drop | Hold | Rewrite


@dataclass(slots=True)
class Rule:
    """What happens to requests whose method and path match; ``times`` None means always."""

    method: str
    path: str
    act: Act
    times: int | None = None

    def takes(self, method: str, path: str) -> bool:
        """Whether it is for this request and not used up."""
        if self.times == 0 or self.method not in ("*", method):
            return False
        return re.fullmatch(self.path, path) is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came from the program."""

    method: str
    path: str
    body: bytes
    idempotency_key: str

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


def problem(
    status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None, **details: Any
) -> Answer:
    """An error in the envelope of the contract (1.5)."""
    error: dict[str, Any] = {"code": code, "message": message, "requestId": "req_" + "0" * 26}
    if details:
        error["details"] = details
    body = json.dumps({"error": error}).encode()
    more = {"Content-Type": "application/json", "X-Request-Id": "req_" + "0" * 26}
    return Answer(status, body, {**more, **(headers or {})})


class FaultProxy:
    """Listens on loopback; passes everything on unless a rule says otherwise."""

    def __init__(self) -> None:
        self.target = ""
        self.seen: list[Seen] = []
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._http = _Listener(("127.0.0.1", 0), _Handler)
        self._http.proxy = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """Where the program is sent."""
        return f"http://{self.authority}"

    def rule(self, method: str, path: str, act: Act, *, times: int | None = None) -> None:
        """From now on requests that match are treated so; the newest rule counts."""
        with self._lock:
            self._rules.insert(0, Rule(method, path, act, times))

    def clear(self) -> None:
        """Let everything through again, also what is held."""
        with self._lock:
            self._rules.clear()
            held, self._released = self._released, threading.Event()
        held.set()

    def requests(self, method: str, path: str = ".*") -> list[Seen]:
        """What came in so far that matches."""
        with self._lock:
            seen = list(self.seen)
        return [one for one in seen if one.method == method and re.fullmatch(path, one.path)]

    def writes(self) -> list[Seen]:
        """Every request that asked for a change."""
        with self._lock:
            return [one for one in self.seen if one.method != "GET"]

    def close(self) -> None:
        """Stop listening and end what is held."""
        self.clear()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(2)

    def take(self, seen: Seen) -> tuple[Act | None, threading.Event]:
        """Note a request and find what to do with it."""
        with self._lock:
            self.seen.append(seen)
            rule = next((rule for rule in self._rules if rule.takes(seen.method, seen.path)), None)
            if rule is not None and rule.times is not None:
                rule.times -= 1
            return (rule.act if rule is not None else None), self._released


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    proxy: FaultProxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener
    disable_nagle_algorithm: ClassVar[bool] = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's own name
        """Quiet."""

    def _serve(self) -> None:
        body = self._body()
        path = urlsplit(self.path).path
        seen = Seen(self.command, path, body, self.headers.get("Idempotency-Key", ""))
        act, released = self.server.proxy.take(seen)
        if isinstance(act, Hold):
            released.wait(60)
        if isinstance(act, Drop):
            self.close_connection = True
            return
        if isinstance(act, Answer):
            self._say(act.status, act.body, act.headers)
            return
        self._forward(body, act.change if isinstance(act, Rewrite) else None)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _forward(self, body: bytes, change: Callable[[str, Any], Any] | None) -> None:
        target = urlsplit(self.server.proxy.target)
        onward = http.client.HTTPConnection(target.hostname or "", target.port, timeout=30)
        kept = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
        try:
            onward.request(self.command, self.path, body or None, kept)
            answer = onward.getresponse()
            content = answer.read()
        except OSError:
            self.close_connection = True
            return
        finally:
            onward.close()
        headers = {k: v for k, v in answer.getheaders() if k.lower() not in _HOP_BY_HOP}
        if change is not None and content and "json" in headers.get("content-type", ""):
            content = json.dumps(change(urlsplit(self.path).path, json.loads(content))).encode()
        self._say(answer.status, content, headers)

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


def settle(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait, outside of any loop, until ``condition`` holds. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not come true")
        time.sleep(0.02)
