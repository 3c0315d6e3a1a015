"""The rules of the style sheet: ``$token`` is a color, ``$px8`` a length, ``$font13`` a text size.

Rules that color text also set ``placeholder-text-color``: without it Qt replaces the palette's
placeholder color with half-transparent text, which is too faint to read.
"""

from __future__ import annotations

from typing import Final

_BASE: Final = """
QToolTip {
    background: $text; color: $window; border: none; padding: $px4 $px8; font-size: $font12;
}
QMainWindow, QDialog { background: $window; }
QSplitter::handle { background: $hairline; }
QAbstractScrollArea { border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $outline; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: $px32; }
QScrollBar::handle:horizontal { min-width: $px32; }
QScrollBar::handle:hover { background: $textSecondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu {
    background: $surface; color: $text; border: 1px solid $hairline; border-radius: $px8;
    padding: $px4;
}
QMenu::item {
    padding: $px6 $px24 $px6 $px8; border-radius: $px6; border: 1px solid transparent;
    min-width: $px64;
}
QMenu::item:selected { background: $accentSoft; color: $accentText; }
QMenu::item:disabled { color: $outline; background: transparent; }
QMenu::icon { padding-left: $px8; }
QMenu::separator { height: 1px; background: $hairline; margin: $px4 $px8; }
QMenuBar { background: $window; color: $text; }
QMenuBar::item { padding: $px4 $px8; border-radius: $px6; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: transparent; color: $textMuted; border: none; border-bottom: 1px solid $hairline;
    padding: $px6 $px8; font-size: $font11; font-weight: 600;
}
QTableView, QTreeView, QListView {
    background: $surface; color: $text; gridline-color: $hairline; border: none;
    selection-background-color: $accentSoft; selection-color: $text; outline: none;
}
CardGrid { background: $window; }
"""

_LABELS: Final = """
Label { background: transparent; color: $text; font-size: $font13; }
Label[role="status"] { font-size: $font12; font-weight: 500; }
Label[role="secondary"] { color: $textSecondary; }
Label[role="muted"] { color: $textMuted; }
Label[role="strong"] { font-weight: 600; }
Label[role="strongSmall"] { font-size: $font12; font-weight: 600; }
Label[role="display"] { font-size: $font20; font-weight: 700; }
Label[role="title"] { font-size: $font17; font-weight: 700; }
Label[role="section"] { font-size: $font15; font-weight: 600; }
Label[role="field"] {
    color: $textSecondary; font-size: $font12; font-weight: 500; min-height: $px20;
}
Label[role="caption"] { color: $textSecondary; font-size: $font12; }
Label[role="captionMuted"] { color: $textMuted; font-size: $font12; }
Label[role="small"] { color: $textMuted; font-size: $font11; }
Label[role="overline"] {
    color: $textMuted; font-size: $font11; font-weight: 600; letter-spacing: 0.3px;
}
Label[role="ok"] { color: $ok; }
Label[role="warn"] { color: $warn; }
Label[role="error"] { color: $error; }
Label[role="info"] { color: $info; }
Label[role="problem"] { color: $error; font-size: $font12; }
Label[role="accent"] { color: $accentText; font-weight: 500; }
Label[role="warnSmall"] { color: $warn; font-size: $font11; }
Label[tone="textMuted"] { color: $textMuted; }
Label[tone="ok"] { color: $ok; }
Label[tone="warn"] { color: $warn; }
Label[tone="error"] { color: $error; }
Label[tone="info"] { color: $info; }
Label[tone="conflict"] { color: $conflict; }
Label[role="conflict"] { color: $conflict; }
Label[role="code"] { font-family: "JetBrains Mono", "Menlo", "Consolas",
    "DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", monospace;
    font-size: $font12; }
Label:disabled { color: $outline; }
"""

_BUTTONS: Final = """
Button, IconButton {
    border: 1px solid transparent; border-radius: $px8; padding: 0 $px12;
    min-height: $px30; font-size: $font13; font-weight: 500; outline: none;
}
Button[compact="true"] { min-height: $px26; padding: 0 $px10; font-size: $font12; }
Button[kind="primary"] {
    background: $accent; color: $onAccent; border-color: $accent;
}
Button[kind="primary"]:hover { background: $accentHover; border-color: $accentHover; }
Button[kind="primary"]:pressed { background: $accentPressed; border-color: $accentPressed; }
Button[kind="outline"] { background: $surface; color: $text; border-color: $outline; }
Button[kind="outline"]:hover { background: $hover; }
Button[kind="outline"]:pressed { background: $hairline; }
Button[kind="ghost"] { background: transparent; color: $textSecondary; }
Button[kind="ghost"]:hover { background: $hover; color: $text; }
Button[kind="ghost"]:pressed { background: $hairline; color: $text; }
Button[kind="link"] {
    background: transparent; color: $accentText; padding: 0 $px2; min-height: $px22;
}
Button[kind="link"][compact="true"] { padding: 0 $px2; min-height: $px18; font-size: $font12; }
Button[kind="link"]:hover { background: $accentSoft; }
Button[kind="link"]:pressed { background: $hover; }
Button[kind="danger"] { background: $surface; color: $error; border-color: $error; }
Button[kind="danger"]:hover { background: $errorSoft; }
Button[kind="danger"]:pressed { background: $errorSoft; }
Button[kind="primary"]:disabled {
    background: $hover; color: $textMuted; border-color: $hover;
}
Button[kind="outline"]:disabled, Button[kind="danger"]:disabled {
    background: transparent; color: $outline; border-color: $hairline;
}
Button[kind="ghost"]:disabled, Button[kind="link"]:disabled {
    background: transparent; color: $outline;
}
SplitLine { background: $accentLine; border: none; }
Button[part="main"] {
    border-top-right-radius: 0; border-bottom-right-radius: 0; border-right-width: 0;
}
Button[part="more"] {
    border-top-left-radius: 0; border-bottom-left-radius: 0; border-left-width: 0;
    padding: 0 $px7;
}
Button[part="mainRtl"] {
    border-top-left-radius: 0; border-bottom-left-radius: 0; border-left-width: 0;
}
Button[part="moreRtl"] {
    border-top-right-radius: 0; border-bottom-right-radius: 0; border-right-width: 0;
    padding: 0 $px7;
}
Button::menu-indicator, IconButton::menu-indicator { image: none; width: 0; height: 0; }
IconButton { padding: 0; min-width: $px30; max-width: $px30; max-height: $px30; }
IconButton[compact="true"] {
    min-height: $px26; max-height: $px26; min-width: $px26; max-width: $px26;
}
IconButton[compact="tiny"] {
    min-height: $px18; max-height: $px18; min-width: $px18; max-width: $px18;
    border-radius: $px6;
}
IconButton[kind="primary"] { background: $accent; color: $onAccent; border-color: $accent; }
IconButton[kind="primary"]:hover { background: $accentHover; border-color: $accentHover; }
IconButton[kind="outline"] { background: $surface; color: $text; border-color: $outline; }
IconButton[kind="ghost"] { background: transparent; color: $textSecondary; }
IconButton[kind="danger"] { background: $surface; color: $error; border-color: $error; }
IconButton[kind="outline"]:hover, IconButton[kind="ghost"]:hover { background: $hover; }
IconButton[kind="outline"]:pressed, IconButton[kind="ghost"]:pressed { background: $hairline; }
IconButton[kind="danger"]:hover { background: $errorSoft; }
IconButton[kind="outline"]:checked, IconButton[kind="ghost"]:checked {
    background: $accentSoft; color: $accentText;
}
IconButton[kind="outline"]:disabled { border-color: $hairline; background: transparent; }
IconButton[kind="primary"]:disabled { background: $hover; border-color: $hover; }
IconButton:disabled { color: $outline; }
CheckBox, RadioButton {
    qproperty-outline_color: $outline; padding: $px3; color: $text; spacing: $px8;
    font-size: $font13; background: transparent;
}
CheckBox::indicator, RadioButton::indicator {
    width: $px16; height: $px16; border: none; background: transparent; image: none;
}
"""

_FIELDS: Final = """
PlainEdit {
    background: transparent; border: none; padding: 0; color: $text; font-size: $font13;
    placeholder-text-color: $textMuted;
    selection-background-color: $accent; selection-color: $onAccent;
}
TextField, ChoiceField, TextArea, ChipEditor {
    background: $field; color: $text; border: 1px solid $outline; border-radius: $px8;
    selection-background-color: $accent; selection-color: $onAccent;
    placeholder-text-color: $textMuted; font-size: $font13;
}
TextField, ChoiceField { min-height: $px30; padding: 0 $px8; }
ChoiceField[editable="false"] { padding: 0 $px10; }
TextField[compact="true"], ChoiceField[compact="true"] { min-height: $px26; }
TextArea { padding: $px6 $px6; }
TextField:hover, ChoiceField:hover, TextArea:hover, ChipEditor:hover {
    border-color: $textSecondary;
}
TextField[problem="true"], ChoiceField[problem="true"], TextArea[problem="true"],
ChipEditor[problem="true"] { border-color: $error; }
TextField:focus, ChoiceField:focus, ChoiceField:on {
    border: 2px solid $accent; padding: 0 $px7; min-height: $px28;
}
ChoiceField[editable="false"]:focus, ChoiceField[editable="false"]:on { padding: 0 $px9; }
TextField[compact="true"]:focus, ChoiceField[compact="true"]:focus { min-height: $px24; }
TextArea:focus { border: 2px solid $accent; padding: $px5 $px5; }
ChipEditor { qproperty-ring_color: $accent; }
ChipEditor[focused="true"] { border-color: $accent; }
TextField[problem="true"]:focus, ChoiceField[problem="true"]:focus,
TextArea[problem="true"]:focus { border-color: $error; }
ChipEditor[problem="true"] { qproperty-ring_color: $error; }
TextField:disabled, ChoiceField:disabled, TextArea:disabled, ChipEditor:disabled {
    background: $window; color: $textMuted; border-color: $hairline;
}
TextField:read-only { background: $window; }
ChoiceField::drop-down { border: none; width: $px28; background: transparent; }
ChoiceField::down-arrow { image: none; width: 0; height: 0; }
ChoiceField QLineEdit {
    background: transparent; border: none; padding: 0; color: $text;
    placeholder-text-color: $textMuted;
    selection-background-color: $accent; selection-color: $onAccent;
}
ChoiceField QAbstractItemView, SuggestionPopup {
    background: $surface; color: $text; border: 1px solid $outline; border-radius: $px8;
    padding: $px4; outline: none; selection-background-color: $accentSoft;
    selection-color: $accentText;
}
SuggestionPopup { padding: 2px; }
ChoiceField QAbstractItemView::item, SuggestionPopup::item {
    min-height: $px26; padding: 0 $px8; border-radius: $px6; color: $text;
}
ChoiceField QAbstractItemView::item:selected, SuggestionPopup::item:selected,
SuggestionPopup::item:hover { background: $accentSoft; color: $accentText; }
ShortcutHint {
    color: $textMuted; border: 1px solid $hairline; border-radius: $px4; padding: 0 $px5;
    font-size: $font11; background: transparent;
}
ChangedDot { qproperty-color: $warn; }
"""

_CHIPS: Final = """
Chip {
    background: $accentSoft; color: $accentText; border: none; border-radius: $px6;
    font-size: $font12; font-weight: 500;
}
Chip:hover { background: $hover; }
Chip:focus { background: $accent; color: $onAccent; }
Chip:disabled { background: $hover; color: $textMuted; }
FilterChip {
    background: $surface; color: $textSecondary; border: 1px solid $outline;
    border-radius: $px13; min-height: $px24; padding: 0 $px10; font-size: $font12;
    font-weight: 500; outline: none;
    qproperty-dot_color: transparent; qproperty-checked_color: $onSelected;
}
FilterChip:hover { background: $hover; }
FilterChip:checked { background: $selected; color: $onSelected; border-color: $selected; }
FilterChip:disabled { color: $outline; border-color: $hairline; background: transparent; }
FilterChip[dot="ok"] { qproperty-dot_color: $ok; }
FilterChip[dot="warn"] { qproperty-dot_color: $warn; }
FilterChip[dot="error"] { qproperty-dot_color: $error; }
FilterChip[dot="info"] { qproperty-dot_color: $info; }
FilterChip[dot="conflict"] { qproperty-dot_color: $conflict; }
FilterChip[dot="accent"] { qproperty-dot_color: $accent; }
FilterChip[dot="textMuted"] { qproperty-dot_color: $textMuted; }
StatusDot[token="ok"], StatusPill[token="ok"] { qproperty-color: $ok; }
StatusDot[token="warn"], StatusPill[token="warn"] { qproperty-color: $warn; }
StatusDot[token="error"], StatusPill[token="error"] { qproperty-color: $error; }
StatusDot[token="info"], StatusPill[token="info"] { qproperty-color: $info; }
StatusDot[token="conflict"], StatusPill[token="conflict"] { qproperty-color: $conflict; }
StatusDot[token="textMuted"], StatusPill[token="textMuted"] { qproperty-color: $textMuted; }
StatusPill {
    background: $surface; border-radius: $px11; min-height: $px22; padding: 0 $px8;
}
PhraseFrame {
    background: $window; border: 1px solid $hairline; border-radius: $px6;
    qproperty-ring_color: $accent;
}
PhraseFrame:hover { border-color: $outline; }
PhraseFrame[focused="true"] { background: $field; border-color: $accent; }
PhraseFrame[problem="true"] { border-color: $warn; qproperty-ring_color: $warn; }
PhraseFrame[dragged="true"] { background: $accentSoft; border-color: $accent; }
PhraseEdit { qproperty-dot_color: $warn; }
PhraseEdit:disabled { color: $textMuted; }
DragHandle { color: $textMuted; background: transparent; }
"""

_PARTS: Final = """
Segmented { background: transparent; border: none; }
SegmentButton {
    background: $window; color: $textSecondary; border: 1px solid $outline;
    border-left-width: 0; padding: 0 $px14; min-height: $px30;
    font-size: $font13; font-weight: 500; outline: none;
}
SegmentButton[place="first"] {
    border-left-width: 1px; border-top-left-radius: $px8; border-bottom-left-radius: $px8;
}
SegmentButton[place="last"] {
    border-top-right-radius: $px8; border-bottom-right-radius: $px8;
}
SegmentButton[place="only"] { border-left-width: 1px; border-radius: $px8; }
SegmentButton:hover { background: $hover; }
SegmentButton:checked { background: $surface; color: $text; }
SegmentButton:disabled { color: $outline; }
TabBar {
    background: transparent; color: $textSecondary; font-size: $font13; font-weight: 500;
    qproperty-count_color: $textMuted; qproperty-current_color: $text;
    qproperty-line_color: $accent; qproperty-base_color: $hairline;
}
ProgressLine {
    qproperty-track_color: $track; qproperty-fill_color: $accent; qproperty-animated: $animated;
}
ProgressLine[tone="ok"] { qproperty-fill_color: $ok; }
ProgressLine[tone="warn"] { qproperty-fill_color: $warn; }
ProgressLine[tone="error"] { qproperty-fill_color: $error; }
Divider { background: $hairline; border: none; }
Avatar { qproperty-tint_color: $accentSoft; qproperty-ink_color: $accentText; }
Card { background: $surface; border: 1px solid $hairline; border-radius: $px12; }
Notice { background: $window; border: 1px solid $hairline; border-radius: $px8; }
Notice[tone="warn"] { background: $warnSoft; border-color: $warnSoft; }
Notice[tone="error"] { background: $errorSoft; border-color: $errorSoft; }
Notice[tone="info"] { background: $infoSoft; border-color: $infoSoft; }
Notice[tone="ok"] { background: $okSoft; border-color: $okSoft; }
Notice[tone="conflict"] { background: $conflictSoft; border-color: $conflictSoft; }
StudioDialog { background: transparent; }
DialogPanel { qproperty-panel_color: $surface; qproperty-edge_color: $outline; }
DialogHeader { background: transparent; border: none; border-bottom: 1px solid $hairline; }
DialogFooter {
    background: $window; border: none; border-top: 1px solid $hairline;
    border-bottom-left-radius: $px13; border-bottom-right-radius: $px13;
}
QSizeGrip { image: none; background: transparent; width: $px16; height: $px16; }
HeaderBadge { background: $accentSoft; color: $accentText; border-radius: $px12; }
Toast {
    background: $surface; border: 1px solid $outline; border-radius: $px12;
    qproperty-animated: $animated;
}
FocusRing { qproperty-color: $accent; }
FocusRing[inset="true"] { qproperty-color: $onAccent; }
"""

RULES: Final = _BASE + _LABELS + _BUTTONS + _FIELDS + _CHIPS + _PARTS
