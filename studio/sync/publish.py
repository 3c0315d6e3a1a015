"""Publishes one influencer's edits over what the server has now: read, merge, send, compare.

The contract has no conditional write (section 5), so a colleague's edit that lands between our read
and our write cannot be seen; nothing is done between the two, to keep that moment short. Two edits
of one text are never decided here: the publish is held for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.api.budget import Priority
from studio.domain.merge import alike, merge_fields
from studio.store import decisions, outbox, personas
from studio.sync import wording

if TYPE_CHECKING:
    from studio.api.client import PartnerClient
    from studio.core.events import EventHub
    from studio.domain.influencer import Influencer
    from studio.domain.merge import Merge
    from studio.domain.mutation import Patch
    from studio.store.connection import Connection
    from studio.store.database import Database


class Publish:
    """Sends a patch. Raises what the client raises, with nothing stored then."""

    def __init__(self, db: Database, client: PartnerClient, hub: EventHub) -> None:
        self._db = db
        self._client = client
        self._hub = hub

    async def send(self, patch: Patch, key: str, *, maybe_sent: bool = False) -> None:
        """Send what differs from the server's latest; hold all of it when a choice is needed.

        ``maybe_sent``: an earlier try may have arrived, so the answer can be the replay of an old
        one (contract 1.7), and the record is read once more.
        """
        theirs = await self._client.get_influencer(patch.influencer_id, priority=Priority.VISIBLE)
        merge = merge_fields(patch.fields, theirs)
        if merge.to_choose:
            await self._hold(patch, merge, theirs)
            return
        record = theirs
        if merge.to_send:
            record = await self._client.patch_influencer(
                patch.influencer_id, merge.to_send, idempotency_key=key
            )
        altered = _altered(merge, record)

        def confirm(conn: Connection) -> None:
            if merge.put_together:
                personas.put_full(conn, theirs)
                decisions.note_merge(conn, patch, merge.put_together)
            outbox.ack(conn, patch.id)
            personas.put_full(conn, record)
            if maybe_sent and merge.to_send:
                personas.mark_stale(conn, (patch.influencer_id,))

        await self._db.write(confirm)
        if merge.put_together:
            labels = [each.label for each in merge.put_together]
            self._hub.publish(wording.merged(record, labels))
        if altered:
            self._hub.publish(wording.kept_otherwise(record, altered))

    async def _hold(self, patch: Patch, merge: Merge, theirs: Influencer) -> None:
        """The record, the held row and its conflict are one transaction."""
        error = wording.changed_there(merge.to_choose, theirs)

        def hold(conn: Connection) -> None:
            personas.put_full(conn, theirs)
            outbox.block(conn, patch.id, error)

        await self._db.write(hold)
        self._hub.publish(wording.problem(error, patch.influencer_id))


def _altered(merge: Merge, record: Influencer) -> tuple[str, ...]:
    """The fields the server answers with other words than were sent."""
    return tuple(
        path for path, value in merge.to_send.items() if not alike(record.value(path), value)
    )
