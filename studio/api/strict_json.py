"""JSON from outside, read strictly: what no later part could store or show is refused here.

Refused: NaN and infinities, integers beyond 64 bits, nesting deeper than 64, anything that is not
UTF-8 JSON. Halves of surrogate pairs become U+FFFD, since no database or font takes them.
"""

from __future__ import annotations

import json
from typing import Any

from studio.core.errors import Bug

DEPTH = 64
_LARGEST = 2**63 - 1


class _RefusedError(ValueError):
    """A value that is JSON to Python's reader, but not to us."""


def _constant(name: str) -> Any:
    raise _RefusedError(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(number := int(digits)) > _LARGEST:
        raise _RefusedError("an integer is too large")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _RefusedError("a number is too large")
    return number


def _settled(value: Any, depth: int, mend: bool) -> Any:
    """``value`` with halved surrogates replaced; raises when it is nested too deeply."""
    if depth > DEPTH:
        raise _RefusedError("nested too deeply")
    if isinstance(value, str):
        return (
            value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if mend else value
        )
    if isinstance(value, list):
        return [_settled(entry, depth + 1, mend) for entry in value]
    if isinstance(value, dict):
        return {
            _settled(key, depth, mend): _settled(entry, depth + 1, mend)
            for key, entry in value.items()
        }
    return value


def read_json(data: bytes, *, request_id: str = "") -> Any:
    """The value in ``data``. Raises Bug, whose sentence never quotes the data."""
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
        return _settled(value, 0, b"\\ud" in data.lower())
    except _RefusedError as error:
        reason = str(error)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else "not JSON"
    raise Bug(
        f"The server's answer cannot be read ({reason}).",
        next_step="Nothing was changed here. If it stays, report it with the request id.",
        code="UNREADABLE_ANSWER",
        request_id=request_id,
    )


def write_json(value: object) -> bytes:
    """``value`` as compact UTF-8. Halves of surrogate pairs, which UTF-8 cannot hold, become ?."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
