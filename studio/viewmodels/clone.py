"""One variant of an influencer: its name, what it overrides, and how that differs (2.4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.domain.diff import Change, same
from studio.domain.events import Notice
from studio.domain.fields import BY_PATH, FIELDS
from studio.domain.rules import check, check_all

if TYPE_CHECKING:
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.influencer import FieldValue, Influencer
    from studio.viewmodels.services import PersonaService

OFFERED_FIRST = (
    "personality.tone",
    "personality.humor",
    "personality.formality",
    "personality.speaking_style",
    "personality.traits",
    "personality.catchphrases",
    "gender",
    "age_range",
)
"""What variants of one face usually differ in, in the order of the dialog."""

NAME = "name"


class CloneViewModel(QObject):
    """Prefilled with the source; what is changed here is what the clone overrides."""

    changed = Signal()
    """Name, overrides, differences, problems or readiness."""

    loaded = Signal()
    """The source and a unique name are here; fields can be filled."""

    suggestions_changed = Signal(str)
    """Values other influencers use at a field path."""

    started = Signal(str)
    """The clone is in the outbox under this id."""

    def __init__(
        self,
        source_id: str,
        personas: PersonaService,
        hub: EventHub,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.source_id = source_id
        self._personas, self._hub, self._scope = personas, hub, scope
        self._source: Influencer | None = None
        self._name = ""
        self._values: dict[str, FieldValue] = {}
        self._fields: list[str] = list(OFFERED_FIRST)
        self._suggestions: dict[str, tuple[str, ...]] = {}
        self._refusals: dict[str, str] = {}
        self._problem = ""
        self._busy = False

    def load(self) -> None:
        """Read the source and a name that is not taken."""
        self._scope.latest("load", self._load())

    @property
    def source(self) -> Influencer | None:
        """The influencer as it is shown here, unsent edits included; None until loaded."""
        return self._source

    @property
    def name(self) -> str:
        """Name of the clone."""
        return self._name

    @property
    def fields(self) -> tuple[str, ...]:
        """Paths on offer, in order."""
        return tuple(self._fields)

    @property
    def more_fields(self) -> tuple[str, ...]:
        """Paths that "Override another field" can add."""
        return tuple(
            spec.path for spec in FIELDS if spec.path != NAME and spec.path not in self._fields
        )

    def add_field(self, path: str) -> None:
        """Offer one more field; an unknown or offered one does nothing."""
        if path in self.more_fields:
            self._fields.append(path)
            self._scope.spawn(self._suggest(path), name=f"suggest {path}")
            self.changed.emit()

    def value(self, path: str) -> FieldValue:
        """What a field shows: the override, else the source's value."""
        if path in self._values:
            return self._values[path]
        return None if self._source is None else self._source.value(path)

    def suggestions(self, path: str) -> tuple[str, ...]:
        """Values used at a field across the roster; empty until they were read."""
        return self._suggestions.get(path, ())

    def set_name(self, name: str) -> None:
        """Name of the clone."""
        if name != self._name:
            self._name = name
            self._refusals.pop(NAME, None)
            self.changed.emit()

    def set_value(self, path: str, value: FieldValue) -> None:
        """Override a field; the source's own value, or an emptied text, takes the override back."""
        if path not in BY_PATH or path == NAME or self._source is None:
            return
        value = (value.strip() or None) if isinstance(value, str) else value
        kept = same(value, self._source.value(path)) or value is None
        before = self._values.get(path)
        if kept:
            self._values.pop(path, None)
        else:
            self._values[path] = value
        self._refusals.pop(path, None)
        if before != self._values.get(path):
            self.changed.emit()

    @property
    def overrides(self) -> dict[str, FieldValue]:
        """Exactly what the clone changes, in the order of the editor."""
        return {spec.path: self._values[spec.path] for spec in FIELDS if spec.path in self._values}

    @property
    def differences(self) -> tuple[Change, ...]:
        """Old against new, one for each override."""
        source = self._source
        if source is None:
            return ()
        return tuple(
            Change(path, source.value(path), value) for path, value in self.overrides.items()
        )

    @property
    def problems(self) -> dict[str, str]:
        """Why it cannot be sent, by field path; the name is under ``name``."""
        found = {path: problem.sentence for path, problem in check_all(self.overrides).items()}
        named = check(NAME, self._name)
        if named is not None:
            found[NAME] = named.sentence
        return {**found, **self._refusals}

    @property
    def problem(self) -> str:
        """Why the last try was refused, when no field is to blame."""
        return self._problem

    @property
    def can_start(self) -> bool:
        """Loaded, nothing in the way, and not being queued right now."""
        return self._source is not None and not self._busy and not self.problems

    def submit(self) -> None:
        """Queue the clone once; a second trigger while it is being queued does nothing."""
        self._scope.busy("start", self.start())

    async def start(self) -> str:
        """Queue the clone; its id, empty when something is in the way (see ``problems``)."""
        if not self.can_start:
            return ""
        self._problem = ""
        self._set_busy(busy=True)
        try:
            made = await self._personas.clone(self.source_id, self._name.strip(), self.overrides)
        except StudioError as error:
            self._refuse(error)
            return ""
        finally:
            self._set_busy(busy=False)
        self.started.emit(made)
        return made

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.changed.emit()

    def _refuse(self, error: StudioError) -> None:
        if error.field == NAME or error.field in self._fields:
            self._refusals[error.field] = error.for_people()
        else:
            self._problem = error.for_people()

    async def _load(self) -> None:
        try:
            shown = await self._personas.show(self.source_id)
            if shown is None:
                self._problem = self.tr("This influencer is not on this computer any more.")
                self.changed.emit()
                return
            self._name = await self._personas.clone_name(self.source_id)
        except StudioError as error:
            self._problem = error.for_people()
            self.changed.emit()
            return
        self._source = shown.influencer
        self.loaded.emit()
        self.changed.emit()
        for path in self.fields:
            await self._suggest(path)

    async def _suggest(self, path: str) -> None:
        if self._source is None or BY_PATH[path].kind == "choice":
            return
        try:
            found = await self._personas.suggestions(self._source.project_id, path)
        except StudioError:
            return
        self._suggestions[path] = found
        self.suggestions_changed.emit(path)


async def clone_now(personas: PersonaService, hub: EventHub, source_id: str) -> str:
    """A variant with nothing overridden, at once; its id, empty when it was refused."""
    try:
        name = await personas.clone_name(source_id)
        return await personas.clone(source_id, name, {})
    except StudioError as error:
        hub.publish(
            Notice(
                error.sentence,
                error.next_step,
                is_problem=True,
                influencer_id=source_id,
                request_id=error.request_id,
            )
        )
        return ""
