"""A reference image as a tile: bound already, or on its way from this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QLocale

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from studio.domain.influencer import ReferenceImage
    from studio.domain.upload import Upload, UploadState

TileState = Literal["bound", "waiting", "working", "failed"]

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class LookTile:
    """One tile of the grid.

    Attributes:
        key: the asset's or the upload's id.
        state: ``working`` tiles show progress, ``failed`` ones need a person.
        url: the picture on the server, for the shared loader; empty for one from here.
        path: our prepared copy on this computer; empty for a bound one.
        caption: when it was bound, how far it is, or what is wrong.
        progress: 0 to 1, None when nobody knows or there is none.
        is_anchor: the first one, which the look is built on.
        retry_words: what the button to try again says; empty when that cannot help.
        can_remove: whether it can be taken off the list.
    """

    key: str
    state: TileState
    url: str = ""
    path: str = ""
    caption: str = ""
    progress: float | None = None
    is_anchor: bool = False
    retry_words: str = ""
    can_remove: bool = False


def tiles(
    references: Sequence[ReferenceImage],
    uploads: Sequence[Upload],
    *,
    connected: bool,
    name: str = "",
    year: int = 0,
) -> tuple[LookTile, ...]:
    """Bound images in their order, then what is on its way, oldest first, nothing twice.

    ``year`` is the current one: dates within it are written without. ``name`` is whose they are.
    """
    bound = [
        LookTile(
            image.asset_id,
            "bound",
            url=image.thumbnail_url or image.url,
            caption=_bound_words(image.added_at, year),
            is_anchor=place == 0,
        )
        for place, image in enumerate(references)
    ]
    known = {image.asset_id for image in references}
    coming = [
        _upload_tile(upload, connected, name)
        for upload in uploads
        if upload.state != "bound" and not (upload.asset_id and upload.asset_id in known)
    ]
    return (*bound, *coming)


def _bound_words(moment: datetime | None, year: int) -> str:
    if moment is None:
        return _tr("bound")
    local = moment.astimezone()
    month = QLocale().standaloneMonthName(local.month, QLocale.FormatType.ShortFormat)
    day = f"{local.day} {month}" if local.year == year else f"{local.day} {month} {local.year}"
    return _tr("bound {date}").replace("{date}", day)


def _upload_tile(upload: Upload, connected: bool, name: str) -> LookTile:
    state: TileState = "working"
    progress: float | None = None
    retry = ""
    if upload.state in ("waiting", "held"):
        state = "waiting"
    elif upload.state == "uploading" and upload.size > 0:
        progress = min(1.0, upload.sent / upload.size)
    elif upload.state == "not_found":
        state, retry = "failed", _tr("Upload again")
    elif upload.state == "refused":
        state, retry = "failed", _tr("Try again") if upload.path else ""
    return LookTile(
        upload.id,
        state,
        path=upload.path,
        caption=_upload_words(upload, connected, name),
        progress=progress,
        retry_words=retry,
        can_remove=state != "working" or upload.state == "preparing",
    )


def _upload_words(upload: Upload, connected: bool, name: str) -> str:
    if upload.state == "uploading":
        words = _tr("{file} · {sent} of {size} MB")
        return (
            words.replace("{sent}", _megabytes(upload.sent))
            .replace("{size}", _megabytes(upload.size))
            .replace("{file}", upload.filename)
        )
    if upload.state == "refused":
        problem = upload.problem or _tr("The server did not take it.")
        return f"{upload.filename} · {problem}"
    if upload.state == "not_found":
        return upload.problem or _tr("Not found on the server.")
    if upload.state == "waiting":
        return _tr("waiting to be sent") if connected else _tr("waiting for connection")
    if upload.state == "held":
        return _tr("held back in the outbox")
    return f"{upload.filename} · {_step_words(upload.state, name)}"


def _step_words(state: UploadState, name: str) -> str:
    if state == "finalizing":
        return _tr("finishing")
    if state == "binding":
        return _tr("adding to {name}").replace("{name}", name)
    return _tr("preparing")


def _megabytes(count: int) -> str:
    return QLocale().toString(count / MB, "f", 1)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LookTile", text)
