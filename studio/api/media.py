"""Files and pictures of the Partner API: uploads in their steps, and pictures down (contract 2.5).

``studio.api.uploads`` puts the steps together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from studio.api import endpoints, mapping
from studio.api.dialects import Dialects
from studio.api.errors import Gone, not_the_server
from studio.api.transport import MEDIA_CAP, Outgoing
from studio.core.errors import Bug, ChangeStateFirst
from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.calls import Calls
    from studio.api.mapping import Asset, Ticket


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture and what the server calls them; look at the bytes before trusting."""

    data: bytes
    content_type: str


class MediaCalls:
    """The media part of the client. Every method raises StudioError only.

    ``dialects`` is what is known of the server's contract; later ones make their own pictures.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.dialects = Dialects()

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at its end."""
        return self._calls.transport.base_url

    @property
    def calls(self) -> Calls:
        """The machinery below the endpoints, for uploads."""
        return self._calls

    def _must_take_images(self) -> None:
        if not self.dialects.current.takes_reference_images:
            raise ChangeStateFirst(
                "This server makes its reference images itself and takes none.",
                next_step="The image stays on this computer.",
                code="NO_REFERENCE_IMAGES",
            )

    async def presign(
        self,
        project_id: str,
        *,
        mime_type: str,
        filename: str,
        size: int,
        sha256: str = "",
        kind: str = "reference_image",
        idempotency_key: str = "",
    ) -> Ticket:
        """Ask where ``size`` bytes may be put (2.5)."""
        self._must_take_images()
        body: dict[str, object] = {
            "kind": kind,
            "mimeType": mime_type,
            "filename": filename,
            "sizeBytes": size,
        }
        if sha256:
            body["checksumSha256"] = sha256
        reply = await self._calls.call(
            endpoints.PRESIGN,
            {"project_id": project_id},
            body=body,
            idempotency_key=idempotency_key,
        )
        return mapping.ticket(reply.body, mime_type)

    async def put_upload(
        self,
        ticket: Ticket,
        source: object,
        size: int,
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        """Send the bytes of a Path or of bytes to the signed address (2.5). Raises LinkExpired."""
        from studio.api.uploads import put

        await put(self, ticket, source, size, on_progress)

    async def finalize(
        self, project_id: str, upload_id: str, *, sha256: str = "", idempotency_key: str = ""
    ) -> Asset:
        """Make an asset of what was put (2.5); repeating it gives the same asset."""
        body = {"uploadId": upload_id}
        if sha256:
            body["checksumSha256"] = sha256
        reply = await self._calls.call(
            endpoints.FINALIZE,
            {"project_id": project_id},
            body=body,
            idempotency_key=idempotency_key,
        )
        return mapping.asset(reply.body)

    async def upload_inline(
        self,
        project_id: str,
        data: bytes,
        *,
        mime_type: str,
        filename: str,
        kind: str = "reference_image",
        idempotency_key: str = "",
    ) -> Asset:
        """Send fewer than 262,144 bytes in one call (2.5)."""
        self._must_take_images()
        from base64 import b64encode

        body = {
            "kind": kind,
            "mimeType": mime_type,
            "filename": filename,
            "dataBase64": b64encode(data).decode("ascii"),
        }
        reply = await self._calls.call(
            endpoints.INLINE, {"project_id": project_id}, body=body, idempotency_key=idempotency_key
        )
        return mapping.asset(reply.body)

    async def fetch_picture(self, url: str, max_bytes: int = MEDIA_CAP) -> Picture:
        """The bytes of a picture: from this server, or over https from a public one, there without
        the key. Raises Gone (re-read the record, Q15), TryLater or Bug."""
        answer = await self._calls.fetch(
            Outgoing(
                "GET",
                urljoin(self.base_url + "/", url),
                "(picture)",
                {"Accept": "image/*"},
                is_media=True,
                deadline=120.0,
                cap=max_bytes,
            )
        )
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status in (401, 403, 404, 410):
            raise Gone(
                "The server does not have this picture any more.",
                code="NOT_FOUND",
                request_id=answer.request_id,
            )
        if answer.status != 200 or kind in ("text/html", "application/xhtml+xml"):
            raise not_the_server(answer.request_id)
        if kind and not kind.startswith(("image/", "application/octet-stream", "binary/")):
            raise Bug("The server sent something else than a picture.", code="NOT_A_PICTURE")
        return Picture(answer.body, kind)
