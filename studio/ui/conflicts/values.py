"""Values as they are shown for a choice: a text, or a list with what came and what went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.diff import Change
from studio.domain.fields import BY_PATH
from studio.ui.editor.surfaces import TintedLabel
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.domain.conflict import ConflictField
    from studio.domain.influencer import FieldValue
    from studio.domain.list_merge import Origin
    from studio.ui.theme import Theme

Mark = Literal["kept", "added", "removed"]
_LONGEST_ENTRY: Final = 400
_LONGEST_LINE: Final = 40
"""Characters of an entry that is never broken into lines."""
_FILLS: Final[dict[Mark, str]] = {"kept": "hover", "added": "addedFill", "removed": "removedFill"}


def value_view(
    path: str, base: FieldValue, value: FieldValue, theme: Theme, parent: QWidget
) -> QWidget:
    """One version of a field; of a list, every entry, those that went too."""
    if not isinstance(value, tuple) and not isinstance(base, tuple):
        return _text(value, parent)
    entries = value if isinstance(value, tuple) else ()
    change = Change(path, base if isinstance(base, tuple) else (), entries)
    came = list(change.added)
    marked: list[tuple[str, Mark]] = [
        (entry, "added" if entry in came else "kept") for entry in entries
    ]
    marked += [(entry, "removed") for entry in change.removed]
    if not marked:
        return _text(None, parent)
    if _is_phrases(path):
        return _lines([(entry, mark, "") for entry, mark in marked], theme, parent)
    return _chips(path, marked, theme, parent)


def merged_view(field: ConflictField, theme: Theme, parent: QWidget) -> QWidget:
    """What a field merged to, with who added and who removed each entry of a list."""
    if not field.is_list:
        return _merged_text(field, theme, parent)
    found = field.entries
    lines: list[tuple[str, Mark, str]] = [
        (entry.text, "kept" if entry.origin == "kept" else "added", _added_by(entry.origin))
        for entry in found.entries
    ]
    lines += [(entry.text, "removed", _removed_by(entry.origin)) for entry in found.removed]
    if not lines:
        return _text(None, parent)
    return _lines(lines, theme, parent, quoted=_is_phrases(field.path))


def _merged_text(field: ConflictField, theme: Theme, parent: QWidget) -> QWidget:
    by = _tr("changed by you")
    if field.moved_there:
        both = field.merged in (field.mine, None) and field.mine == field.theirs
        on_server = field.merged == field.theirs
        by = _tr("changed on the server") if on_server else by
        by = _tr("changed the same way on both sides") if both else by
    text = field.merged if isinstance(field.merged, str) else ""
    return _lines([(text or _tr("empty"), "added", by)], theme, parent, quoted=False)


def _text(value: FieldValue, parent: QWidget) -> Label:
    text = value if isinstance(value, str) else ""
    label = Label(text or _tr("empty"), role="body" if text else "muted", wrap=True, parent=parent)
    label.setSizePolicy(_wrapping())
    return label


def _chips(path: str, marked: list[tuple[str, Mark]], theme: Theme, parent: QWidget) -> QWidget:
    box = QWidget(parent)
    flow = FlowLayout(box, spacing=4)
    box.setSizePolicy(_wrapping())
    for entry, mark in marked:
        flow.addWidget(_entry(entry, mark, theme, box, quoted=_is_phrases(path), sign=True))
    return box


def _lines(
    lines: list[tuple[str, Mark, str]],
    theme: Theme,
    parent: QWidget,
    *,
    quoted: bool = True,
) -> QWidget:
    """An entry a line, and behind it, quietly, who changed it."""
    box = QWidget(parent)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    box.setSizePolicy(_wrapping())
    for text, mark, by in lines:
        entry = _entry(text, mark, theme, box, quoted=quoted, sign=not by)
        row = QHBoxLayout()
        row.setSpacing(5)
        row.addWidget(entry, 1 if entry.wordWrap() else 0)
        if by:
            said = Label(by, role="small", parent=box)
            said.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            row.addWidget(said, 0, Qt.AlignmentFlag.AlignVCenter)
            entry.setAccessibleName(f"{entry.text()}, {by}")
        if not entry.wordWrap():
            row.addStretch(1)
        column.addLayout(row)
    return box


def _entry(
    text: str, mark: Mark, theme: Theme, parent: QWidget, *, quoted: bool, sign: bool
) -> Label:
    """An entry on the tint of its mark; with ``sign`` a plus or a minus before it as well."""
    words = text if len(text) <= _LONGEST_ENTRY else text[:_LONGEST_ENTRY] + "…"
    if quoted:
        words = f"“{words}”"
    spoken = {"kept": "{entry}", "added": _tr("added {entry}"), "removed": _tr("removed {entry}")}
    wrap = len(words) > _LONGEST_LINE
    if mark == "kept" and quoted:
        plain = Label(words, wrap=wrap, parent=parent)
        plain.setMinimumHeight(20)
        return plain
    if sign and mark != "kept":
        words = f"{'+' if mark == 'added' else '−'} {words}"
    chip = TintedLabel(theme, words, _FILLS[mark], role=_ROLES[mark], wrap=wrap, parent=parent)
    chip.setContentsMargins(6, 1, 6, 1)
    if not wrap:
        chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if mark == "removed":
        font = chip.font()
        font.setStrikeOut(True)
        chip.setFont(font)
    chip.setAccessibleName(spoken[mark].replace("{entry}", text[:_LONGEST_ENTRY]))
    return chip


_ROLES: Final[dict[Mark, Literal["body", "ok", "secondary"]]] = {
    "kept": "secondary",
    "added": "ok",
    "removed": "secondary",
}


def _wrapping() -> QSizePolicy:
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    return policy


def _is_phrases(path: str) -> bool:
    spec = BY_PATH.get(path)
    return spec is not None and spec.kind == "phrases"


def _added_by(origin: Origin) -> str:
    return {
        "kept": "",
        "mine": _tr("added by you"),
        "theirs": _tr("added on the server"),
        "both": _tr("added on both sides"),
    }[origin]


def _removed_by(origin: Origin) -> str:
    return {
        "kept": "",
        "mine": _tr("removed by you"),
        "theirs": _tr("removed on the server"),
        "both": _tr("removed on both sides"),
    }[origin]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Conflicts", text)
