"""Catchphrases: an ordered list edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.ui.widgets.one_layout import one_layout
from studio.ui.widgets.phrase_key import phrase_key
from studio.ui.widgets.phrase_row import PhraseRow

if TYPE_CHECKING:
    from collections.abc import Sequence


class PhraseList(QWidget):
    """Rows of phrases: Enter adds one below, Backspace on an empty one removes it, Alt+Up and
    Alt+Down or the handle move it.

    ``values_changed`` carries ``tuple[str, ...]`` after each change by a person;
    :meth:`set_values` never emits. Blank rows are not values. A phrase that repeats another (blind
    to case, punctuation, spacing and emoji) is flagged in place and becomes a value only by *Keep
    anyway*; until then its row counts with what it said when its editing began.
    """

    values_changed = Signal(object)

    def __init__(
        self, *, soft_limit: int = 80, max_count: int = 200, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._soft_limit = soft_limit
        self._max_count = max_count
        self._rows: list[PhraseRow] = []
        self._spare: list[PhraseRow] = []
        self._base: frozenset[str] | None = None
        self._told: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def values(self) -> tuple[str, ...]:
        """The phrases in order, without blanks and without repeats not yet kept."""
        return tuple(row.accepted() for row in self._rows if row.accepted())

    def set_values(self, values: Sequence[str], *, fresh: bool = False) -> None:
        """Show ``values``; nothing moves when they are shown already. Never emits.

        A row being written that is no value yet (blank, or a repeat not kept) stays, unless
        ``fresh`` says that another list is shown from now on.
        """
        wanted = tuple(values)
        pending = any(row.is_pending() for row in self._rows)
        if wanted == self.values() and not (fresh and pending):
            self._told = wanted
            return
        with one_layout(self):
            if fresh:
                for row in [row for row in self._rows if row.is_pending()]:
                    self._drop(row)
            holders = [row for row in self._rows if row.accepted()]
            for row in holders[len(wanted) :]:
                self._drop(row)
            for row, value in zip(holders, wanted, strict=False):
                row.fill(value)
            place = self._end_of_values()
            for value in wanted[len(holders) :]:
                self._insert(place).fill(value)
                place += 1
        self._told = wanted
        self._refresh()

    def set_changed_from(self, base: Sequence[str] | None) -> None:
        """Mark the phrases that ``base`` (the server's list) does not have; None marks nothing."""
        self._base = frozenset(base) if base is not None else None
        self._refresh()

    def add_phrase(self, text: str = "") -> None:
        """Append a row and put the caret in it."""
        blank = next((row for row in self._rows if not row.text().strip()), None)
        if blank is not None and not text:
            blank.start_editing()
            return
        if len(self._rows) >= self._max_count:
            return
        row = self._insert(len(self._rows))
        self._refresh()
        row.start_editing()
        if text:
            row.write(text)

    def start_editing(self, place: int) -> None:
        """Put the caret into the phrase at ``place``."""
        if 0 <= place < len(self._rows):
            self._rows[place].start_editing()

    def rows(self) -> tuple[PhraseRow, ...]:
        """The rows on the screen, blanks included."""
        return tuple(self._rows)

    def _end_of_values(self) -> int:
        places = [place for place, row in enumerate(self._rows) if row.accepted()]
        return places[-1] + 1 if places else 0

    def _insert(self, place: int) -> PhraseRow:
        row = self._spare.pop() if self._spare else self._new_row()
        self._rows.insert(place, row)
        self._column.insertWidget(place, row)
        row.show()
        return row

    def _new_row(self) -> PhraseRow:
        row = PhraseRow(self._soft_limit, self)
        row.edited.connect(self._on_edited)
        row.kept_anyway.connect(self._on_kept_anyway)
        row.add_requested.connect(self._on_add_requested)
        row.remove_requested.connect(self._on_remove_requested)
        row.move_requested.connect(self._on_move_requested)
        row.drag_moved.connect(self._on_drag_moved)
        row.left.connect(self._on_left)
        return row

    def _drop(self, row: PhraseRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.reset()
        # Kept for the next phrase: a new row costs the frame that shows another influencer.
        self._spare.append(row)

    def _refresh(self) -> None:
        count = len(self._rows)
        for place, row in enumerate(self._rows):
            row.set_place(place + 1, count)
            row.set_changed(self._base is not None and row.accepted() not in self._base)
        self.updateGeometry()

    def _twin_of(self, row: PhraseRow) -> str | None:
        key = phrase_key(row.text())
        if not key:
            return None
        for other in self._rows:
            if other is not row and phrase_key(other.accepted()) == key:
                return other.accepted()
        return None

    def _tell(self) -> None:
        for row in self._rows:
            # What it repeated may have gone or become something else.
            if row.is_flagged():
                row.judge(self._twin_of(row))
        self._refresh()
        now = self.values()
        if now != self._told:
            self._told = now
            self.values_changed.emit(now)

    def _on_edited(self, row: object) -> None:
        if isinstance(row, PhraseRow):
            row.judge(self._twin_of(row))
            self._tell()

    def _on_kept_anyway(self, row: object) -> None:
        if isinstance(row, PhraseRow):
            row.keep()
            self._tell()

    def _on_add_requested(self, row: object) -> None:
        if not isinstance(row, PhraseRow) or len(self._rows) >= self._max_count:
            return
        place = self._rows.index(row)
        following = self._rows[place + 1] if place + 1 < len(self._rows) else None
        if following is None or following.text().strip():
            following = self._insert(place + 1)
            self._refresh()
        following.start_editing()

    def _on_remove_requested(self, row: object) -> None:
        if not isinstance(row, PhraseRow) or row not in self._rows:
            return
        place = self._rows.index(row)
        neighbor = self._rows[place - 1] if place else None
        if neighbor is None and len(self._rows) > 1:
            neighbor = self._rows[1]
        if neighbor is not None:
            neighbor.start_editing()
        # The focus going elsewhere has removed the blank row already, unless it was the only one.
        if row in self._rows:
            self._drop(row)
        self._tell()

    def _on_left(self, row: object) -> None:
        """A row left blank goes, as long as the focus stays somewhere else."""
        if isinstance(row, PhraseRow) and row in self._rows and not row.text().strip():
            self._drop(row)
            self._tell()

    def _on_move_requested(self, row: object, step: object) -> None:
        if isinstance(row, PhraseRow) and isinstance(step, int):
            self._move(row, self._rows.index(row) + step)

    def _on_drag_moved(self, row: object, y: object) -> None:
        """The pointer is at ``y`` (in our own pixels): the row takes the place it is over."""
        if not isinstance(row, PhraseRow) or not isinstance(y, int):
            return
        others = [one for one in self._rows if one is not row]
        self._move(row, sum(1 for one in others if one.geometry().center().y() < y))

    def _move(self, row: PhraseRow, place: int) -> None:
        place = max(0, min(len(self._rows) - 1, place))
        if self._rows.index(row) == place:
            return
        self._rows.remove(row)
        self._rows.insert(place, row)
        self._column.removeWidget(row)
        self._column.insertWidget(place, row)
        self._column.activate()
        self._tell()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Go to the first phrase, if there is one."""
        if self._rows:
            self._rows[0].edit.setFocus(reason)
