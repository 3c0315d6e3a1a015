"""The roster as of an earlier moment: which moment, and the way back to now."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.clock import SystemClock
from studio.core.errors import StudioError
from studio.domain.events import Notice

if TYPE_CHECKING:
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope

STEPS = 10_000
"""Places of the slider from the first known moment to now."""

_PAUSE_MS = 60
_TICK = timedelta(microseconds=1)
_APART = timedelta(minutes=1)


class TimeService(Protocol):
    """The persona service that can be sent to an earlier moment."""

    @property
    def moment(self) -> datetime | None:
        """The moment that is shown; None is the present."""
        ...

    def go_to(self, moment: datetime | None, project_id: str) -> None:
        """Show another moment, None for the present."""
        ...

    async def begins(self, project_id: str) -> datetime | None:
        """The first moment of a project that is known here."""
        ...

    async def moments(self, project_id: str) -> tuple[datetime, ...]:
        """When something on the screen changed, the oldest first."""
        ...


class AsOfViewModel(QObject):
    """Whether the past is shown, and which moment. A drag asks for one moment at a time."""

    changed = Signal()
    """Active or not, the moment, or what is known of the past."""

    def __init__(
        self,
        service: TimeService,
        hub: EventHub,
        scope: TaskScope,
        *,
        clock: Clock | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``scope`` is the window's; tasks live in a child of it."""
        super().__init__(parent)
        self._service = service
        self._hub = hub
        self._scope = scope.child("as of")
        self._clock: Clock = clock or SystemClock()
        self._project_id = ""
        self._active = False
        self._begins: datetime | None = None
        self._ends = datetime.fromtimestamp(0, UTC)
        self._moments: tuple[datetime, ...] = ()
        self._moment: datetime | None = None
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_PAUSE_MS)
        self._asking.timeout.connect(self._ask)

    async def close(self) -> None:
        """Go back to now and end tasks."""
        self._asking.stop()
        await self._scope.close()

    # ---- what is shown

    @property
    def is_active(self) -> bool:
        """Whether the way through time is open; the roster is read only then."""
        return self._active

    @property
    def moment(self) -> datetime | None:
        """The moment shown; None is now."""
        return self._moment

    @property
    def begins(self) -> datetime | None:
        """The earliest moment there is; None while it is not known, or nothing is."""
        return self._begins

    @property
    def place(self) -> int:
        """Where the slider stands, 0 to ``STEPS``."""
        return STEPS if self._moment is None else self._place_of(self._moment)

    @property
    def ticks(self) -> tuple[int, ...]:
        """Places of the slider at which something changed."""
        return tuple(dict.fromkeys(self._place_of(each) for each in self._moments))

    @property
    def can_go_earlier(self) -> bool:
        """Whether something changed before the moment shown."""
        return bool(self._moments) and (self._moment is None or self._moment >= self._moments[0])

    @property
    def can_go_later(self) -> bool:
        """Whether now is later than the moment shown."""
        return self._moment is not None

    # ---- what a person does

    def start(self, project_id: str) -> None:
        """Open the way through time of a project, standing at now."""
        if not project_id:
            return
        self._project_id = project_id
        self._active = True
        self._ends = self._clock.now()
        self._scope.latest("read past", self._read(project_id))
        self.changed.emit()

    def set_project(self, project_id: str) -> None:
        """Another project is on screen: its past is another, the moment stays."""
        if project_id != self._project_id and self._active:
            self._project_id = project_id
            self._begins, self._moments = None, ()
            self._scope.latest("read past", self._read(project_id))
            self.changed.emit()

    def back_to_now(self) -> None:
        """Show the present again and close the way."""
        self._asking.stop()
        if self._active:
            self._active = False
            self._moment = None
            self._service.go_to(None, self._project_id)
            self.changed.emit()

    def go_to_place(self, place: int) -> None:
        """The slider stands elsewhere; its end is now."""
        if self._begins is None or not self._active:
            return
        if place >= STEPS:
            self.go_to(None)
            return
        span = (self._ends - self._begins) // _TICK
        self.go_to(self._begins + _TICK * (span * max(0, place) // STEPS))

    def go_to(self, moment: datetime | None) -> None:
        """Show another moment, None for now; one before the first known shows that."""
        if not self._active:
            return
        if moment is not None and moment >= self._ends:
            moment = None
        if moment is not None and self._begins is not None:
            moment = max(moment, self._begins)
        if moment != self._moment:
            self._moment = moment
            if not self._asking.isActive():
                self._asking.start()
            self.changed.emit()

    def earlier_change(self) -> None:
        """The moment right before the last change that is shown."""
        at = (
            len(self._moments)
            if self._moment is None
            else bisect_right(self._moments, self._moment)
        )
        if at > 0:
            self.go_to(self._moments[at - 1] - _TICK)

    def later_change(self) -> None:
        """The moment after the next change, or now when it was the last."""
        if self._moment is None:
            return
        at = bisect_right(self._moments, self._moment)
        after = self._moments[at + 1] - _TICK if at + 1 < len(self._moments) else None
        self.go_to(after)

    def go_back_by(self, how_long: timedelta) -> None:
        """So much before the moment shown."""
        self.go_to((self._moment or self._ends) - how_long)

    # ---- reading

    async def _read(self, project_id: str) -> None:
        try:
            begins = await self._service.begins(project_id)
            moments = await self._service.moments(project_id)
        except StudioError as error:
            self._hub.publish(Notice(error.sentence, error.next_step, is_problem=True))
            return
        if project_id == self._project_id:
            self._begins = begins
            self._moments = _apart(moments)
            self.changed.emit()

    def _ask(self) -> None:
        if self._active:
            self._service.go_to(self._moment, self._project_id)

    def _place_of(self, moment: datetime) -> int:
        if self._begins is None or self._ends <= self._begins:
            return STEPS
        share = (moment - self._begins) / (self._ends - self._begins)
        return max(0, min(STEPS, round(share * STEPS)))


def _apart(moments: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """The first of each run of changes: what happens within a minute is one thing to step over."""
    kept: list[datetime] = []
    last: datetime | None = None
    for each in moments:
        if last is None or each - last > _APART:
            kept.append(each)
        last = each
    return tuple(kept)
