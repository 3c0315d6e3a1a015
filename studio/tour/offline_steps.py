"""The steps without a network: work goes on, waits, and meets what a colleague did meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.api.client import PartnerClient
from studio.tour.desk import PHRASES, Desk
from studio.tour.hands import click, dialog, turn, until

if TYPE_CHECKING:
    from studio.domain.influencer import FieldValue

HUMOR = "personality.humor"
TONE = "personality.tone"


class OfflineSteps(Desk):
    """Played on the influencer that is open; its server is really gone meanwhile."""

    async def play(self) -> None:
        """Every step."""
        await self.meet_a_colleague()
        await self.resolve()
        await self.work_without_a_network()
        await self.come_back()
        await self.look_back()

    # ---- steps

    async def meet_a_colleague(self) -> None:
        """Two people change the same field; the publish stops and asks."""
        await self._retype(HUMOR, "dry-witty, with warmth")
        await self._add_phrase("Show, then tell.")
        phrases = self._values(PHRASES)
        await self._colleague(
            {
                HUMOR: "observational",
                TONE: "playful",
                PHRASES: (*phrases[:-1], "Less, but better."),
            }
        )
        self._window.editor.publish_action.trigger()
        late = self._late
        await until("the conflict is told", lambda: late.conflicts.count == 1, 20)
        await until("the strip is there", late.banner.isVisible)
        await self._shoot("conflict-waits")

    async def resolve(self) -> None:
        """Mine against theirs, field by field; then the merged version goes."""
        from studio.ui.conflicts.dialog import ConflictDialog

        await click(self._late.banner.button)
        await until("both versions are shown", lambda: dialog(ConflictDialog))
        opened = self._dialog(ConflictDialog)
        await until("the field is there", lambda: opened.rows)
        await click(opened.rows[0].cards[0])
        await self._shoot("conflict")
        await click(opened.publish_button)
        await until("nothing needs a choice any more", lambda: self._late.conflicts.count == 0, 20)
        await until("it is on the server", lambda: not self._waiting, 20)
        await self._shoot("conflict-resolved")

    async def work_without_a_network(self) -> None:
        """The server is gone: edits, a publish and a clone wait in the outbox."""
        from studio.ui.outbox.dialog import OutboxDialog

        assert self._studio.server is not None
        self._studio.server.stop()
        self._window.session.engine.sync_now()
        await until("it is told", lambda: self._window.session.engine.status.contact == "offline")
        await self._retype(TONE, "conversational, unhurried")
        self._window.editor.publish_action.trigger()
        await until("it waits", lambda: self._waiting == 1)
        self._published = self._window.editor.influencer_id
        self._window.actions.clone_now.trigger()
        await until("the clone waits as well", lambda: self._waiting == 2)
        await self._shoot("offline")
        self._window.actions.outbox.trigger()
        await until("the outbox is open", lambda: dialog(OutboxDialog))
        await until("it lists both", lambda: self._dialog(OutboxDialog).list.model().rowCount() > 1)
        await self._shoot("outbox")
        self._dialog(OutboxDialog).reject()
        await turn()

    async def come_back(self) -> None:
        """The server is there again: what waited goes out once."""
        assert self._studio.server is not None
        self._studio.server.start()
        await until("all of it was sent", lambda: not self._waiting, 40)
        await until("it is told", lambda: self._window.session.engine.status.contact == "online")
        await self._shoot("back-online")

    async def look_back(self) -> None:
        """What happened to this influencer, and the roster as it was."""
        view = self._editor_view
        self._window.open(self._published)
        await until("it is open", lambda: self._window.editor.influencer_id == self._published)
        view.show_tab("history")
        await until("the history is read", lambda: self._late.history.entries)
        await self._shoot("history")
        view.show_tab("persona")
        self._window.actions.as_of.trigger()
        await until("the past is known", lambda: self._late.as_of.begins)
        self._late.as_of.earlier_change()
        await until("an earlier roster is shown", lambda: self._window.session.past.moment)
        await self._shoot("roster-as-of")
        self._late.as_of.back_to_now()
        await until("it is now again", lambda: self._window.session.past.moment is None)

    # ---- what is seen and done

    @property
    def _waiting(self) -> int:
        return self._window.session.engine.status.waiting

    def _values(self, path: str) -> tuple[str, ...]:
        found = self._window.editor.value(path)
        return found if isinstance(found, tuple) else ()

    async def _colleague(self, values: dict[str, FieldValue]) -> None:
        """Somebody else publishes to the same influencer, by a client of their own."""
        assert self._studio.server is not None
        address = await self._studio.server.address()
        client = PartnerClient(address.url, address.key)
        try:
            await client.patch_influencer(
                self._window.editor.influencer_id, values, idempotency_key="the-colleague"
            )
        finally:
            await client.aclose()
