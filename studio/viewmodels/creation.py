"""A new influencer: a name, and as much more as is known already (contract 2.4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.domain.fields import BY_PATH, FIELDS
from studio.domain.rules import check_all

if TYPE_CHECKING:
    from studio.core.tasks import TaskScope
    from studio.domain.influencer import FieldValue
    from studio.viewmodels.services import PersonaService

OFFERED = (
    "name",
    "gender",
    "age_range",
    "personality.traits",
    "personality.tone",
    "personality.humor",
    "personality.formality",
    "personality.speaking_style",
    "style",
    "vibe",
)
"""What the dialog asks; everything else is edited later."""


class CreationViewModel(QObject):
    """Only the name is needed. Empty fields are not sent."""

    changed = Signal()
    """Values, problems or readiness."""

    suggestions_changed = Signal(str)
    """Values other influencers use at a field path."""

    created = Signal(str)
    """The influencer is in the outbox under this id."""

    def __init__(
        self,
        project_id: str,
        personas: PersonaService,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.project_id = project_id
        self._personas, self._scope = personas, scope
        self._values: dict[str, FieldValue] = {}
        self._suggestions: dict[str, tuple[str, ...]] = {}
        self._refusals: dict[str, str] = {}
        self._problem = ""
        self._tried = False
        self._busy = False

    def load(self) -> None:
        """Read what other influencers of the project use."""
        self._scope.latest("suggest", self._suggest())

    @property
    def fields(self) -> tuple[str, ...]:
        """Paths on offer, the name first."""
        return OFFERED

    def value(self, path: str) -> FieldValue:
        """What was entered at a field path."""
        return self._values.get(path)

    def suggestions(self, path: str) -> tuple[str, ...]:
        """Values used at a field across the roster; empty until they were read."""
        return self._suggestions.get(path, ())

    def set_value(self, path: str, value: FieldValue) -> None:
        """Enter a value; an empty one is taken out."""
        if path not in OFFERED:
            return
        before = self._values.get(path)
        if value:
            self._values[path] = value
        else:
            self._values.pop(path, None)
        self._refusals.pop(path, None)
        if before != self._values.get(path):
            self.changed.emit()

    @property
    def values(self) -> dict[str, FieldValue]:
        """What would be sent, in the order of the editor."""
        return {
            spec.path: _trimmed(self._values[spec.path])
            for spec in FIELDS
            if _trimmed(self._values.get(spec.path))
        }

    @property
    def problems(self) -> dict[str, str]:
        """Why it cannot be sent, by field path. A missing name is named after the first try."""
        found = {path: problem.sentence for path, problem in check_all(self.values).items()}
        if self._tried and "name" not in self.values:
            found["name"] = self.tr("A name is needed.")
        return {**found, **self._refusals}

    @property
    def problem(self) -> str:
        """Why the last try was refused, when no field is to blame."""
        return self._problem

    @property
    def can_create(self) -> bool:
        """A name is there, nothing is in the way, and it is not being queued right now."""
        return bool(self.values.get("name")) and not self._busy and not self.problems

    def submit(self) -> None:
        """Queue it once; a second trigger while it is being queued does nothing."""
        self._scope.busy("create", self.create())

    async def create(self) -> str:
        """Queue the influencer; its id, empty when something is in the way (see ``problems``)."""
        self._tried = True
        if not self.can_create:
            self.changed.emit()
            return ""
        self._problem = ""
        self._set_busy(busy=True)
        try:
            made = await self._personas.create(self.project_id, self.values)
        except StudioError as error:
            self._refuse(error)
            return ""
        finally:
            self._set_busy(busy=False)
        self.created.emit(made)
        return made

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.changed.emit()

    def _refuse(self, error: StudioError) -> None:
        if error.field in OFFERED:
            self._refusals[error.field] = error.for_people()
        else:
            self._problem = error.for_people()

    async def _suggest(self) -> None:
        for path in OFFERED[1:]:
            if BY_PATH[path].kind == "choice":
                continue
            try:
                self._suggestions[path] = await self._personas.suggestions(self.project_id, path)
            except StudioError:
                return
            self.suggestions_changed.emit(path)


def _trimmed(value: FieldValue) -> FieldValue:
    return value.strip() if isinstance(value, str) else value
