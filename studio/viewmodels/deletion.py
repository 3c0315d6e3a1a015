"""The gate before a deletion: what goes, what depends on it, and why (contract 2.4.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.domain.rules import REASON_LIMIT, check_reason

if TYPE_CHECKING:
    from studio.core.tasks import TaskScope
    from studio.domain.projection import Shown
    from studio.viewmodels.services import PersonaService


class DeletionViewModel(QObject):
    """Nothing is deleted before the person has said that it is understood."""

    changed = Signal()
    """Facts, reason, problem or readiness."""

    deleted = Signal(str)
    """The deletion of this influencer is in the outbox."""

    def __init__(
        self,
        influencer_id: str,
        personas: PersonaService,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.influencer_id = influencer_id
        self._personas, self._scope = personas, scope
        self._shown: Shown | None = None
        self._variants: tuple[str, ...] = ()
        self._reason = ""
        self._understood = False
        self._problem = ""
        self._busy = False

    def load(self) -> None:
        """Read what there is to say about it."""
        self._scope.latest("load", self._load())

    @property
    def name(self) -> str:
        """Name of what would go; empty until loaded."""
        return self._shown.influencer.name if self._shown else ""

    @property
    def thumbnail_url(self) -> str:
        """Its portrait, empty when it has none."""
        return (self._shown.influencer.thumbnail_url or "") if self._shown else ""

    @property
    def is_local_only(self) -> bool:
        """Whether the server has never confirmed it."""
        return self._shown is not None and self._shown.is_local_only

    @property
    def facts(self) -> tuple[str, ...]:
        """What the person should know first, one sentence each."""
        if self._shown is None:
            return ()
        facts = [self._finality()]
        unsent = len(self._shown.changes)
        if unsent == 1:
            facts.append(self.tr("1 unsent edit goes with it."))
        elif unsent:
            facts.append(self.tr("{count} unsent edits go with it.").format(count=unsent))
        if self._variants:
            facts.append(self._variant_fact())
        return tuple(facts)

    @property
    def reason(self) -> str:
        """Why, in the person's words; may stay empty."""
        return self._reason

    @property
    def reason_left(self) -> int:
        """Characters the reason has left; negative when it is too long."""
        return REASON_LIMIT - len(self._reason)

    @property
    def problem(self) -> str:
        """Why it cannot be sent; empty when it can."""
        found = check_reason(self._reason)
        return found.sentence if found else self._problem

    @property
    def understood(self) -> bool:
        """Whether the person said so."""
        return self._understood

    @property
    def can_delete(self) -> bool:
        """Understood, nothing in the way, not on its way yet."""
        return (
            self._shown is not None
            and self._understood
            and not self._busy
            and check_reason(self._reason) is None
        )

    def set_reason(self, reason: str) -> None:
        """Why, in the person's words."""
        if reason != self._reason:
            self._reason = reason
            self.changed.emit()

    def set_understood(self, understood: bool) -> None:
        """The person says (or takes back) that it cannot be undone."""
        if understood != self._understood:
            self._understood = understood
            self.changed.emit()

    def submit(self) -> None:
        """Queue the deletion once; before ``can_delete`` it does nothing."""
        if self.can_delete:
            self._scope.busy("delete", self._delete())

    def _finality(self) -> str:
        if self.is_local_only:
            return self.tr("It was never sent, so nothing of it stays on the server.")
        return self.tr(
            "The server has no way to bring it back. Content and scheduled posts that used it "
            "keep working; it cannot be chosen again."
        )

    def _variant_fact(self) -> str:
        count = len(self._variants)
        named = ", ".join(self._variants[:3])
        if count == 1:
            return self.tr("1 variant was made of it and stays: {names}.").format(names=named)
        rest = self.tr(" and {count} more").format(count=count - 3) if count > 3 else ""
        return self.tr("{count} variants were made of it and stay: {names}{rest}.").format(
            count=count, names=named, rest=rest
        )

    async def _load(self) -> None:
        try:
            self._shown = await self._personas.show(self.influencer_id)
            variants = await self._personas.variants(self.influencer_id)
        except StudioError as error:
            self._problem = error.for_people()
        else:
            self._variants = tuple(found.name for found in variants)
            if self._shown is None:
                self._problem = self.tr("This influencer is not on this computer any more.")
        self.changed.emit()

    async def _delete(self) -> None:
        self._busy = True
        self._problem = ""
        self.changed.emit()
        try:
            await self._personas.delete(self.influencer_id, self._reason.strip())
        except StudioError as error:
            self._problem = error.for_people()
        else:
            self.deleted.emit(self.influencer_id)
        finally:
            self._busy = False
            self.changed.emit()
