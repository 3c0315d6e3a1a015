"""A window of another program that a file can be dragged out of: ``drag_source.py FILE X Y``."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

SIDE = 120


class DragSource(QWidget):
    """Pressing and moving the mouse on it drags the file, as a file manager does."""

    def __init__(self, path: str) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self._path = path
        self.setWindowTitle("drag source")
        self.setFixedSize(SIDE, SIDE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin the drag; Qt speaks XDND with whoever is under the mouse."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(self._path)])
        drag = QDrag(self)
        drag.setMimeData(mime)
        taken = drag.exec(Qt.DropAction.CopyAction)
        sys.stdout.write(f"{taken.name}\n")
        sys.stdout.flush()


def main() -> int:
    """Show the window and say where it is once it is there."""
    path, x, y = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    app = QApplication(sys.argv[:1])
    source = DragSource(path)
    source.move(x, y)
    source.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
