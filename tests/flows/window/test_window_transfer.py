"""The whole workspace out to a file and in again through the window; what was typed since stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QLineEdit

from studio.core.clock import SystemClock
from studio.domain.account import Account
from studio.store import meta
from studio.store.database import Database
from studio.sync.transfer_service import Transfers
from studio.ui.backups.dialog import BackupsDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from window_driver import WindowDriver

    from studio.domain.upload import Upload

TONE, HUMOR = "personality.tone", "personality.humor"


async def open_backups(desk: WindowDriver) -> BackupsDialog:
    """Backups… of the menu, with its list."""
    desk.window.actions.backups.trigger()
    dialog = await desk.opened(BackupsDialog)
    await desk.until("the copies were checked", lambda: not desk.says("Checking the backups"))
    return dialog


async def answer_with(desk: WindowDriver, dialog: BackupsDialog, file: Path) -> None:
    """Choose a file in the system's dialog."""
    await desk.until(
        "a file is asked for",
        lambda: any(each.isVisible() for each in dialog.findChildren(QFileDialog)),
    )
    (asked,) = (each for each in dialog.findChildren(QFileDialog) if each.isVisible())
    name = asked.findChild(QLineEdit)
    assert name is not None
    name.setText(str(file))
    asked.accept()
    await desk.turns()


async def export_to(desk: WindowDriver, file: Path) -> str:
    """Export…; what the dialog says of it."""
    dialog = await open_backups(desk)
    await desk.click(dialog.export_button)
    await answer_with(desk, dialog, file)
    await desk.until("it is told where it went", lambda: desk.says("Exported ", dialog))
    # A long path may break anywhere: the marks for that are no part of it.
    said = next(words for words in desk.words(dialog) if "Exported " in words).replace("\u200b", "")
    assert said.endswith(f" to {file}")
    dialog.reject()
    await desk.until("the dialog is gone", lambda: not desk.open_dialogs())
    return said


async def look_into(desk: WindowDriver, file: Path) -> BackupsDialog:
    """Import…, as far as the report."""
    dialog = await open_backups(desk)
    await desk.click(dialog.import_button)
    await answer_with(desk, dialog, file)
    return dialog


async def take_in(desk: WindowDriver, dialog: BackupsDialog) -> None:
    """The primary button, and the window that comes after it."""
    old = desk.window
    await desk.click(dialog.take_button)
    await desk.until("another window is there", lambda: desk.studio.window not in (None, old))
    await desk.until("the roster is here", lambda: desk.window.gallery.size >= 12)
    await desk.until("it is told", lambda: desk.says("The workspace was brought back"))


async def value_of(desk: WindowDriver, influencer_id: str, path: str) -> object:
    """A field as the window would show it."""
    shown = await desk.window.session.personas.show(influencer_id)
    assert shown is not None
    return shown.influencer.value(path)


def bytes_in(path: str) -> bytes | None:
    """What a file holds, None without one."""
    file = Path(path)
    return file.read_bytes() if file.exists() else None


async def add_image(desk: WindowDriver, influencer_id: str, file: Path) -> Upload:
    """Drop an image without a network; its row, once it waits with a copy."""
    uploads = desk.window.session.uploads
    known = {row.id for row in await uploads.uploads(influencer_id)}
    await uploads.add_files(influencer_id, [file])
    (row,) = (row for row in await uploads.uploads(influencer_id) if row.id not in known)
    assert row.state == "waiting"
    return row


@pytest.mark.parametrize("keeps", [True, False], ids=["keeping-drafts", "in-their-place"])
async def test_an_export_comes_back_in_with_its_words_and_images(
    scene: Any, tmp_path: Path, picture: Callable[..., bytes], keeps: bool
) -> None:
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    one.write_bytes(picture("orange"))
    two.write_bytes(picture("purple"))
    file = tmp_path / "acme.studio-workspace"
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        first = await desk.open_card(0)
        await scene.net.offline()
        await desk.type_into(TONE, "from before")
        await desk.until("it is a draft", lambda: "1 draft" in desk.window.status.drafts)
        gone = await add_image(desk, first, one)
        kept = bytes_in(gone.path)
        said = await export_to(desk, file)
        assert " influencers, 1 draft" in said
        assert "1 image " in said

        # Off its way, and then off the list with its copy.
        for _ in range(2):
            await desk.window.session.uploads.remove(gone.id)
        assert bytes_in(gone.path) is None
        since = await add_image(desk, first, two)
        await desk.type_into(TONE, "typed since")
        await desk.type_into(HUMOR, "new as well")
        await desk.window.editor.flush()

        dialog = await look_into(desk, file)
        await desk.until("it is shown what is in it", dialog.incoming.isVisible)
        assert desk.says("Workspace of ", dialog)
        assert desk.says("Your drafts and waiting changes of now stay.", dialog)
        if not keeps:
            await desk.click(dialog.incoming.keep, QPoint(8, dialog.incoming.keep.height() // 2))
            assert desk.says("Leaves the screen: ", dialog)
        assert await value_of(desk, first, TONE) == "typed since"
        await take_in(desk, dialog)

        assert await value_of(desk, first, TONE) == ("typed since" if keeps else "from before")
        assert (await value_of(desk, first, HUMOR) == "new as well") is keeps
        images = {row.id: row for row in await desk.window.session.uploads.uploads(first)}
        assert set(images) == ({gone.id, since.id} if keeps else {gone.id})
        assert images[gone.id].state == "held"
        assert kept
        assert bytes_in(images[gone.id].path) == kept
        # Not on the screen any more in one of the two, and not lost: the copy of now waits with it.
        assert bytes_in(since.path)
        copies = await desk.window.session.backups.backups()
        assert copies[0].reason == "import"
        beside = desk.window.session.db.path.parent
        await desk.until("nothing unfinished is left", lambda: not list(beside.glob(".*")))


async def test_an_export_of_another_organization_is_refused_in_words(
    scene: Any, tmp_path: Path
) -> None:
    file = tmp_path / "beta.studio-workspace"
    (tmp_path / "beta").mkdir()
    other = Database.open(tmp_path / "beta" / "w.sqlite3")
    named = dict.fromkeys(Account.__dataclass_fields__, "")
    named.update(organization_id="org_beta", organization_name="Beta", scopes=())
    await other.write(meta.put_account, Account(**{**named, "credit_balance": None}))
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await Transfers(other, SystemClock(), tmp_path / "none", nobody).export(file)
        other.close()
        before = await desk.window.session.backups.backups()
        dialog = await look_into(desk, file)
        await desk.until("it is refused", lambda: desk.says("This export belongs to Beta", dialog))
        assert desk.says("Choose the server and key of that organization", dialog)
        assert not dialog.take_button.isVisible()
        file.write_bytes(b"holiday pictures")
        await desk.click(dialog.import_button)
        await answer_with(desk, dialog, file)
        await desk.until("so is that", lambda: desk.says("It is not a workspace export", dialog))
        assert desk.studio.window is not None
        assert await desk.window.session.backups.backups() == before
        assert not list(desk.window.session.db.path.parent.glob(".*"))


async def nobody(_file: Path, _keep: bool) -> None:
    """An export never brings anything back."""
    raise AssertionError
