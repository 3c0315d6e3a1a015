"""One publish that waits for a person: both versions of each field, and what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.domain.events import InfluencersChanged, Notice
from studio.domain.rules import check
from studio.viewmodels import conflict_words
from studio.viewmodels.form_values import field_of, stored

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.conflict import Conflict, ConflictField
    from studio.domain.influencer import FieldValue
    from studio.viewmodels.services import ConflictService, PersonaService

Choice = Literal["", "mine", "theirs", "hand"]
"""Which version of a field is to stand; empty while nobody has chosen, or as it merged."""

Ending = Literal["recreate", "later", "drop"]
"""What to do with the edits of an influencer that is gone on the server."""


class ConflictViewModel(QObject):
    """One influencer whose publish waits: both versions of each field, and what is chosen.

    A choice is kept here until :meth:`publish`; nothing is sent before. When a version moves
    underneath, the choice of that field is asked for again; a text written by hand stays.
    """

    changed = Signal()
    """Fields, choices, problems or readiness."""
    ended = Signal()
    """There is nothing to choose any more: decided, here or elsewhere."""
    resolved = Signal(str)
    """The merged version of this influencer is in the outbox."""
    recreated = Signal(str)
    """A new influencer was made of one that is gone; its id."""

    def __init__(
        self,
        influencer_id: str,
        conflicts: ConflictService,
        personas: PersonaService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.influencer_id = influencer_id
        self._service, self._personas = conflicts, personas
        self._hub, self._scope, self._clock = hub, scope, clock
        self._conflict: Conflict | None = None
        self._url = ""
        self._choices: dict[str, Choice] = {}
        self._hand: dict[str, FieldValue] = {}
        self._moved: set[str] = set()
        self._refused: dict[str, tuple[FieldValue, str]] = {}
        self._ending: Ending = "recreate"
        self._problem = ""
        self._busy = self._over = self._stale = False
        self._subscription = hub.subscribe(InfluencersChanged, self._on_influencers)

    def load(self) -> None:
        """Read both versions."""
        self._stale = True
        self._scope.busy(f"conflict {self.influencer_id}", self._read_while_stale())

    def close(self) -> None:
        """Hear nothing more."""
        self._subscription.close()

    # What there is to decide

    @property
    def conflict(self) -> Conflict | None:
        """Both versions; None until they are read."""
        return self._conflict

    @property
    def thumbnail_url(self) -> str:
        """The portrait; empty when there is none."""
        return self._url

    @property
    def title(self) -> str:
        """What happened; empty until it is read."""
        return conflict_words.title(self._conflict) if self._conflict else ""

    @property
    def subtitle(self) -> str:
        """What merged by itself, and what is left to choose."""
        if self._conflict is None:
            return self._problem
        return conflict_words.subtitle(self._conflict, len(self._undecided()))

    @property
    def mine_words(self) -> str:
        """Whose the version of this computer is, and since when."""
        at = self._conflict.mine_at if self._conflict else None
        return conflict_words.mine_words(at, self._clock.now())

    @property
    def theirs_words(self) -> str:
        """Whose the version of the server is, and since when."""
        at = self._conflict.theirs_at if self._conflict else None
        return conflict_words.theirs_words(at, self._clock.now())

    def field(self, path: str) -> ConflictField | None:
        """One field, None when it is not part of the conflict."""
        fields = self._conflict.fields if self._conflict else ()
        return next((field for field in fields if field.path == path), None)

    # Choosing

    def choice(self, path: str) -> Choice:
        """What is chosen for a field."""
        return self._choices.get(path, "")

    def has_moved(self, path: str) -> bool:
        """Whether a version of it changed again after it was chosen, so that it asks anew."""
        return path in self._moved

    def choose(self, path: str, choice: Choice) -> None:
        """Let one version of a field stand. ``hand`` starts from what was chosen before."""
        field = self.field(path)
        if field is None:
            return
        if choice == "hand" and path not in self._hand:
            self._hand[path] = self._value_of(field, self.choice(path) or _nearest(field))
        self._choices[path] = choice
        self._moved.discard(path)
        self.changed.emit()

    def hand_value(self, path: str) -> FieldValue:
        """What was written by hand."""
        return self._hand.get(path)

    def set_hand(self, path: str, value: FieldValue) -> None:
        """Write a field by hand; that is its choice then."""
        value = stored(path, value)
        if self._choices.get(path) != "hand" or self._hand.get(path) != value:
            self._hand[path] = value
            self._choices[path] = "hand"
            self._moved.discard(path)
            self.changed.emit()

    def choose_all(self, choice: Literal["mine", "theirs"]) -> None:
        """One side for every field that needs a choice. What merged by itself stays merged."""
        for field in self._conflict.to_choose if self._conflict else ():
            self._choices[field.path] = choice
        self._moved.clear()
        self.changed.emit()

    @property
    def values(self) -> dict[str, FieldValue]:
        """What is decided so far, by field path."""
        fields = self._conflict.fields if self._conflict else ()
        return {
            field.path: self._value_of(field, choice)
            for field in fields
            if (choice := self.choice(field.path))
        }

    def problem(self, path: str) -> str:
        """Why what is decided for a field cannot be sent; empty when it can."""
        field, choice = self.field(path), self.choice(path)
        if field is None or not choice:
            return ""
        value = self._value_of(field, choice)
        found = check(path, value) if choice == "hand" else None
        if found is not None:
            return found.sentence
        refused = self._refused.get(path)
        return refused[1] if refused is not None and refused[0] == value else ""

    @property
    def failure(self) -> str:
        """Why the last try was refused, when no field is to blame."""
        return self._problem

    @property
    def blocker(self) -> str:
        """Why the merged version cannot be published now; empty when it can."""
        if self._conflict is None:
            return self.tr("Both versions are being read.")
        if self._busy:
            return self.tr("The merged version is being queued.")
        problems = (self.problem(path) for path in self._choices)
        return conflict_words.blocker(self._undecided()) or next(filter(None, problems), "")

    @property
    def can_publish(self) -> bool:
        """Whether every choice is made and can be sent."""
        return not self.blocker

    def publish(self) -> None:
        """Queue the merged version, once; before ``can_publish`` it does nothing."""
        if self.can_publish and self._conflict is not None and not self._conflict.is_gone:
            self._start(self._resolve)

    # Gone on the server

    @property
    def ending(self) -> Ending:
        """What is to become of the edits of one that is gone."""
        return self._ending

    def choose_ending(self, ending: Ending) -> None:
        """Choose what is to become of them."""
        self._ending = ending
        self.changed.emit()

    def end(self) -> None:
        """Do what was chosen; ``later`` leaves everything as it is."""
        if self._conflict is None or self._busy or self._ending == "later":
            return
        self._start(self._recreate if self._ending == "recreate" else self._let_go)

    # Doing it

    def _undecided(self) -> tuple[ConflictField, ...]:
        fields = self._conflict.to_choose if self._conflict else ()
        return tuple(field for field in fields if not self.choice(field.path))

    def _value_of(self, field: ConflictField, choice: Choice) -> FieldValue:
        if choice == "mine":
            return field.mine
        if choice == "theirs":
            return field.theirs
        return self._hand.get(field.path) if choice == "hand" else field.merged

    def _start(self, deed: Callable[[], Awaitable[None]]) -> None:
        self._busy, self._problem = True, ""
        self.changed.emit()
        self._scope.busy(f"decide {self.influencer_id}", self._do(deed))

    async def _do(self, deed: Callable[[], Awaitable[None]]) -> None:
        try:
            await deed()
        except StudioError as error:
            self._refuse(error)
        else:
            self._finish()
        finally:
            self._busy = False
        if not self._over:
            self.load()
            self.changed.emit()

    async def _resolve(self) -> None:
        await self._service.resolve(self.influencer_id, self.values)
        self.resolved.emit(self.influencer_id)

    async def _recreate(self) -> None:
        self.recreated.emit(await self._service.recreate(self.influencer_id))

    async def _let_go(self) -> None:
        await self._service.let_go(self.influencer_id)

    def _refuse(self, error: StudioError) -> None:
        path = field_of(error.field)
        field = self.field(path)
        if field is None or not self.choice(path):
            self._problem = error.for_people()
        else:
            self._refused[path] = (self._value_of(field, self.choice(path)), error.for_people())

    def _finish(self) -> None:
        if not self._over:
            self._over = True
            self.ended.emit()

    # Following

    def _on_influencers(self, event: InfluencersChanged) -> None:
        if not self._over and (not event.ids or self.influencer_id in event.ids):
            self.load()

    async def _read_while_stale(self) -> None:
        while self._stale and not self._over:
            self._stale = False
            try:
                found = await self._service.conflict(self.influencer_id)
                shown = await self._personas.show(self.influencer_id)
            except StudioError as error:
                self._problem = error.for_people()
                self.changed.emit()
                return
            if self._busy or self._over:
                return
            self._url = (shown.influencer.thumbnail_url or "") if shown else self._url
            self._take(found)

    def _take(self, found: Conflict | None) -> None:
        before, self._conflict = self._conflict, found or self._conflict
        if found is None:
            if before is not None:
                said = self.tr("{name} needs no choice any more.").format(name=before.name)
                self._hub.publish(Notice(said, influencer_id=self.influencer_id))
            self._finish()
            return
        for old in before.fields if before else ():
            self._ask_again(old)
        self.changed.emit()

    def _ask_again(self, old: ConflictField) -> None:
        """A choice between two versions says nothing about a third one."""
        new = self.field(old.path)
        choice = self.choice(old.path)
        if new == old or not choice:
            return
        if new is None:
            self._choices.pop(old.path, None)
        elif new.needs_choice and choice != "hand":
            self._choices.pop(old.path, None)
            self._moved.add(old.path)


def _nearest(field: ConflictField) -> Choice:
    """What an edit by hand begins with: the merged value where there is one, else mine."""
    return "mine" if field.needs_choice else ""
