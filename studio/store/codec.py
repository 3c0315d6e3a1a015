"""How domain values are laid down in columns: times as microseconds, lists and maps as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from studio.domain.influencer import FieldValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stamp(moment: datetime | None) -> int | None:
    """Microseconds since 1970, exact; None stays None."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment(stamped: int | None) -> datetime | None:
    """The moment a stamp stands for, in UTC."""
    return None if stamped is None else _EPOCH + timedelta(microseconds=stamped)


def clean(text: str) -> str:
    """``text`` without halves of surrogate pairs, which SQLite cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def clean_or_none(text: str | None) -> str | None:
    """As :func:`clean`, for a column that may be empty."""
    return None if text is None else clean(text)


def dump(value: object) -> str:
    """Compact JSON, pure ASCII, so that any text a widget can hold survives."""
    return json.dumps(value, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")


def load(text: str) -> Any:
    """The value of a JSON column."""
    return json.loads(text)


def dump_field(value: FieldValue) -> str:
    """One field of the editor as JSON: a text, null or a list."""
    return json.dumps(value)


def field_of(value: Any) -> FieldValue:
    """A field value out of parsed JSON: lists become tuples."""
    if isinstance(value, list):
        return tuple(str(entry) for entry in value)
    return value if value is None or isinstance(value, str) else str(value)


def load_field(text: str) -> FieldValue:
    """One field of the editor out of its JSON."""
    return field_of(json.loads(text))


def load_fields(raw: Mapping[str, Any]) -> dict[str, FieldValue]:
    """Field values by path out of a parsed JSON object."""
    return {path: field_of(value) for path, value in raw.items()}


def id_list(ids: Iterable[str]) -> str:
    """Ids as one JSON parameter for ``IN (SELECT value FROM json_each(?))``."""
    return json.dumps(list(ids))
