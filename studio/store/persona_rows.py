"""The rows of confirmed influencers, as they lie on disk."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from studio.domain.influencer import NOTHING, Influencer, Personality, ReferenceImage
from studio.store.codec import clean, clean_or_none, dump, id_list, load, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio.store.connection import Connection

COLUMNS = (
    "id, project_id, name, status, gender, age_range, ethnicity, body_type, hair_color, "
    "hair_style, style, vibe, voice_description, personality, reference_images, thumbnail_url, "
    "created_at, updated_at, detailed, extra"
)
_LATER = {"brand_voice": "brandVoice", "language": "language", "error_message": "errorMessage"}
"""What the later generation has beyond the columns: it lies with the unknown keys."""
_LISTS = ("traits", "values", "interests", "catchphrases")
_EMPTY_PERSONALITY = Personality()


def get(conn: Connection, influencer_id: str) -> Influencer | None:
    """The last known record, deleted ones included; None when the server never had it."""
    row = conn.row(f"SELECT {COLUMNS} FROM persona WHERE id = ?", (influencer_id,))
    return influencer_of(row) if row else None


def get_many(conn: Connection, ids: Iterable[str]) -> dict[str, Influencer]:
    """The last known records by id; unknown ids are left out."""
    rows = conn.rows(
        f"SELECT {COLUMNS} FROM persona WHERE id IN (SELECT value FROM json_each(?))",
        (id_list(ids),),
    )
    return {row[0]: influencer_of(row) for row in rows}


def owner_of_picture(conn: Connection, url: str) -> str:
    """The influencer whose record names this address, in an active project; empty when none."""
    found = conn.value(
        "SELECT p.id FROM persona p JOIN project j ON j.id = p.project_id "
        "WHERE p.deleted_at IS NULL AND j.gone_at IS NULL AND j.status = 'active' "
        "AND (p.thumbnail_url = ? OR instr(p.reference_images, ?) > 0) LIMIT 1",
        (url, dump(url)),
    )
    return found or ""


def values_of(item: Influencer) -> tuple[Any, ...]:
    """A record as column values, in the order of ``COLUMNS``."""
    return (
        item.id,
        item.project_id,
        clean(item.name),
        clean(item.status),
        clean_or_none(item.gender),
        clean_or_none(item.age_range),
        clean_or_none(item.ethnicity),
        clean_or_none(item.body_type),
        clean_or_none(item.hair_color),
        clean_or_none(item.hair_style),
        clean_or_none(item.style),
        clean_or_none(item.vibe),
        clean_or_none(item.voice_description),
        _dump_personality(item.personality),
        dump_images(item.reference_images),
        clean_or_none(item.thumbnail_url),
        stamp(item.created_at),
        stamp(item.updated_at),
        int(item.detailed),
        _dump_extra(item),
    )


def influencer_of(row: Any) -> Influencer:
    """A row in the order of ``COLUMNS`` as a record."""
    extra = {} if row[19] == "{}" else load(row[19])
    later = {name: extra.pop(key, None) for name, key in _LATER.items()}
    fields = (
        *row[:13],
        _load_personality(row[13]),
        _load_images(row[14]),
        row[15],
        moment(row[16]),
        moment(row[17]),
        bool(row[18]),
        extra or NOTHING,
        later["brand_voice"],
        later["language"],
        later["error_message"] or "",
    )
    return Influencer(*fields)


def _dump_extra(item: Influencer) -> str:
    later = {key: value for name, key in _LATER.items() if (value := getattr(item, name))}
    return dump({**item.extra, **later}) if item.extra or later else "{}"


def _dump_personality(personality: Personality) -> str:
    if personality == _EMPTY_PERSONALITY:
        return "{}"
    known = {key: value for key, value in _fields_of(personality).items() if value}
    return dump(known)


def _fields_of(personality: Personality) -> dict[str, Any]:
    return {name: getattr(personality, name) for name in Personality.__dataclass_fields__}


def _load_personality(text: str) -> Personality:
    if text == "{}":
        return _EMPTY_PERSONALITY
    raw = load(text)
    for name in _LISTS:
        if name in raw:
            raw[name] = tuple(raw[name])
    return Personality(**raw)


def dump_images(images: Sequence[ReferenceImage]) -> str:
    """Reference images as the JSON of their column."""
    if not images:
        return "[]"
    return dump([{**asdict(image), "added_at": stamp(image.added_at)} for image in images])


def _load_images(text: str) -> tuple[ReferenceImage, ...]:
    if text == "[]":
        return ()
    return tuple(
        ReferenceImage(raw["asset_id"], raw["url"], raw["thumbnail_url"], moment(raw["added_at"]))
        for raw in load(text)
    )
