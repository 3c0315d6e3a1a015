"""Windows in tests: Qt's own event loop for coroutines, the real theme, and a sweep after each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from studio.ui.theme import Theme
from studio.ui.widgets import tab_order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from pytestqt.qtbot import QtBot


def _make_loop() -> asyncio.AbstractEventLoop:
    from qasync import QEventLoop

    application = QApplication.instance() or QApplication([])
    return QEventLoop(application)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Coroutines of this folder run on Qt's loop, as in the program."""
    return {"qt": _make_loop}


@pytest.fixture(scope="session")
def one_theme(qapp: QApplication) -> Theme:
    """The theme of the test run; like the program, a run has one."""
    return Theme(qapp, "light", reduced_motion=True)


@pytest.fixture(autouse=True)
def theme(one_theme: Theme, qapp: QApplication) -> Iterator[Theme]:
    """The light theme, nothing moving, text at its designed size."""
    if qapp.palette().window().color() != one_theme.color("window"):
        # A test of the whole program ran before and dressed the application in its own theme.
        one_theme.set_mode("dark")
    one_theme.set_mode("light")
    one_theme.set_reduced_motion(reduced=True)
    one_theme.set_text_scale(1.0)
    yield one_theme
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


class ReadingWindow(QWidget):
    """A window with the Tab of the program's own windows."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """As the main window and the dialogs do."""
        return tab_order.step(self, forward=forward)


@pytest.fixture
def reading_window(qtbot: QtBot) -> QWidget:
    """An empty window for a part under test, in which Tab goes as an eye reads."""
    window = ReadingWindow()
    QVBoxLayout(window).setContentsMargins(0, 0, 0, 0)
    qtbot.addWidget(window, before_close_func=QWidget.hide)
    return window


@pytest.fixture(autouse=True)
def only_plain_text(qapp: QApplication) -> Iterator[None]:
    """Fail a test whose widgets would read a string as markup."""
    yield
    guessing = []
    for widget in qapp.allWidgets():
        guesses = isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText
        # Qt's own tooltip window reads markup; what goes into it is looked at below.
        if guesses and widget.metaObject().className() != "QTipLabel":
            guessing.append(f"{type(widget).__name__} {widget.text()[:40]!r}")
        tip = widget.toolTip()
        if "<" in tip and not tip.startswith("<p style='white-space:normal'>"):
            guessing.append(f"tooltip of {type(widget).__name__} {tip[:40]!r}")
    # Deleted here, so that widgets of this test are not swept up again after the next.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if guessing:
        pytest.fail("Read as markup: " + "; ".join(guessing))


@pytest.fixture
def emitted() -> Callable[[Any], Awaitable[tuple[Any, ...]]]:
    """``await emitted(signal)``: what the signal carries the next time, within five seconds."""

    async def wait(signal: Any) -> tuple[Any, ...]:
        waiting: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

        def settle(*carried: Any) -> None:
            if not waiting.done():
                waiting.set_result(carried)

        signal.connect(settle)
        try:
            return await asyncio.wait_for(waiting, 5)
        finally:
            signal.disconnect(settle)

    return wait


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """``await until(condition)``: goes on when it holds, fails after five seconds."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.01)

    return wait
