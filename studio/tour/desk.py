"""What every step of the tour needs: the window, its controls and open dialogs, and the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from studio.tour.hands import TourStopped, dialog, press, turn, until, write
from studio.ui.widgets.phrases import PhraseList

if TYPE_CHECKING:
    from studio.app.late_parts import LateParts
    from studio.app.studio import Studio
    from studio.app.window import StudioWindow
    from studio.tour.camera import Camera
    from studio.ui.editor.editor_view import EditorView

W = TypeVar("W", bound=QWidget)

PHRASES = "personality.catchphrases"


class Desk:
    """Keyboard and mouse on the real window; reads only what a person could see."""

    def __init__(self, studio: Studio, camera: Camera) -> None:
        assert studio.window is not None
        self._studio = studio
        self._camera = camera
        self._window: StudioWindow = studio.window

    @property
    def _editor_view(self) -> EditorView:
        view = self._window.editor_view
        assert view is not None
        return view

    @property
    def _late(self) -> LateParts:
        late = self._window.late
        assert late is not None
        return late

    def _dialog(self, kind: type[W]) -> W:
        found = dialog(kind)
        if found is None:
            raise TourStopped(f"{kind.__name__} is not open.")
        return cast("W", found)

    def _control(self, path: str) -> QWidget:
        control: QWidget = self._editor_view.binding(path).row.editor
        return control

    async def _retype(self, path: str, text: str) -> None:
        """Put another text into a field of the editor."""
        control = self._control(path)
        control.setFocus()
        await press(control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        await write(control, text)
        await until("the edit is marked", lambda: self._window.editor.mark(path))

    async def _add_phrase(self, text: str) -> None:
        """Add a catchphrase by keyboard."""
        phrases = self._control(PHRASES)
        assert isinstance(phrases, PhraseList)
        phrases.add_phrase()
        await turn()
        line = QApplication.focusWidget() or phrases
        await write(line, text)
        await press(line, Qt.Key.Key_Tab)

    async def _shoot(self, name: str) -> None:
        await self._camera.shoot(self._window.window, name)
