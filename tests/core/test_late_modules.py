"""Modules that load at their first use: nobody who uses them notices."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading

import pytest

from studio.core.late_modules import hold_back, load_next


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose modules note in ``ran.events`` when their code runs."""
    folder = tmp_path / "latepack"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "ran.py").write_text("events = []\nroom = True\n")
    (folder / "one.py").write_text(
        "import time\n"
        "from latepack import ran\n"
        "ran.events.append('one')\n"
        "time.sleep(0.02)\n"
        "answer = 42\n"
    )
    (folder / "two.py").write_text(
        "from latepack import ran\n"
        "from latepack.one import answer\n"
        "ran.events.append('two')\n"
        "if not ran.room:\n"
        "    raise ValueError('no room')\n"
        "doubled = answer * 2\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    finders = list(sys.meta_path)
    hold_back(("latepack.one", "latepack.two"))
    yield importlib.import_module("latepack")
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.split(".")[0] == "latepack"]:
        del sys.modules[name]


def _events():
    return importlib.import_module("latepack.ran").events


def test_code_runs_at_the_first_use_and_once(package):
    one = importlib.import_module("latepack.one")
    two = importlib.import_module("latepack.two")
    assert _events() == []
    assert two.doubled == 84
    assert _events() == ["one", "two"]
    assert one.answer == 42
    assert importlib.import_module("latepack.one") is one
    assert _events() == ["one", "two"]
    one.answer = 43
    assert importlib.reload(one).answer == 42


def test_a_name_that_is_imported_from_it_loads_it(package):
    space = {}
    exec("from latepack.one import answer", space)
    assert space["answer"] == 42
    with pytest.raises(ImportError):
        exec("from latepack.one import question", space)


def test_threads_that_use_it_at_once_all_see_it_whole(package):
    one = importlib.import_module("latepack.one")
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(one.answer)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [42] * 8
    assert _events() == ["one"]


def test_trouble_while_loading_is_told_to_every_user_until_it_is_over(package):
    two = importlib.import_module("latepack.two")
    ran = importlib.import_module("latepack.ran")
    ran.room = False
    for _ in range(2):
        with pytest.raises(ValueError, match="no room"):
            _ = two.doubled
    ran.room = True
    assert two.doubled == 84


def test_the_rest_is_loaded_one_by_one_when_there_is_time(package):
    importlib.import_module("latepack.one")
    steps = load_next()
    assert _events() == []
    assert "latepack.one" in list(steps)
    assert _events() == ["one"]
    assert list(load_next()) == []


_FIRST_SECOND = """
import sys, studio.app
from studio.core.late_modules import hold_back, load_next
hold_back(studio.app.NOT_FOR_THE_FIRST_PAINT)
import studio.app.session
heavy = {"pydantic", "httpx", "PIL", "keyring", "truststore", "PySide6"} & set(sys.modules)
assert not heavy, heavy
late = list(load_next())
assert "studio.store.outbox" in late and "studio.api.mapping" in late, late
known = {name for name in sys.modules if name in studio.app.NOT_FOR_THE_FIRST_PAINT}
assert set(late) <= known
from studio.store import outbox
assert outbox.publish
"""


def test_the_services_of_the_first_second_load_little():
    subprocess.run([sys.executable, "-c", _FIRST_SECOND], check=True, timeout=60)
