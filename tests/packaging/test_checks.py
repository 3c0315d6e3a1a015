"""The test run: all checks have their say, and the verdict is honest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checks import (
    Check,
    Totals,
    is_success,
    plan,
    read_totals,
    run_with_a_second_look,
    sort_arguments,
    why_not_x11,
    x11_must_run,
)
from environment import Checkout

#: No plugins: the tests of these tests need none, and start in a tenth of the time.
BARE = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with tests of both sorts."""
    for name in ("tests/core/test_a.py", "tests/x11/test_drag.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("def test_it(): pass\n")
    return tmp_path


def names(root: Path, *arguments: str, with_x11: bool = True) -> list[str]:
    return [check.name for check in plan(Checkout(root), arguments, {}, root, with_x11)]


def test_the_order_is_checks_windows_then_all_other_tests(root: Path) -> None:
    checks = ["ruff check", "ruff format", "mypy", "import layers"]
    assert names(root) == [*checks, "tests with real windows", "tests"]
    assert names(root, with_x11=False) == [*checks, "tests"]


def test_picked_paths_run_alone(root: Path) -> None:
    assert names(root, "tests/core")[4:] == ["tests"]
    assert names(root, "tests/x11/test_drag.py::test_it")[4:] == ["tests with real windows"]
    assert names(root, "-k", "clone")[4:] == ["tests with real windows", "tests"]


def test_arguments_are_sorted_by_what_they_name(root: Path) -> None:
    options, windows, others = sort_arguments(
        root, ["-x", "tests/core", "-k", "clone", "tests/x11::test_it"]
    )
    assert options == ["-x", "-k", "clone"]
    assert windows == ["tests/x11::test_it"]
    assert others == ["tests/core"]


def test_only_windows_see_a_screen_and_nobody_a_persons_qt_settings(root: Path) -> None:
    environ = {"QT_SCALE_FACTOR": "2", "PATH": "/bin"}
    *_, windows, others = plan(Checkout(root), [], environ, root, with_x11=True)
    assert windows.environ == {"PATH": "/bin", "QT_QPA_PLATFORM": "xcb"}
    assert windows.command[0] == "xvfb-run"
    assert others.environ == {"PATH": "/bin", "QT_QPA_PLATFORM": "offscreen"}
    assert "--ignore=tests/x11" in [part.replace("\\", "/") for part in others.command]


def test_left_out_windows_say_why(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert "tests/x11 has none" in why_not_x11(tmp_path_factory.mktemp("none"))
    assert "need Linux" in why_not_x11(root, platform="darwin")


def test_leaving_windows_out_is_a_failure_only_where_a_machine_judges(root: Path) -> None:
    assert x11_must_run(root, {"CI": "true"}, "linux")
    assert not x11_must_run(root, {}, "linux")
    assert not x11_must_run(root, {"CI": "true"}, "darwin")


def test_no_test_at_all_is_a_failure_unless_tests_were_picked(root: Path) -> None:
    tests = Check("tests", [], {}, root / "report.xml")
    assert not is_success(tests, 5, [])
    assert is_success(tests, 5, ["-k", "clone"])
    assert not is_success(tests, 1, ["-k", "clone"])
    assert not is_success(Check("mypy", [], {}), 5, ["-k", "clone"])


def test_totals_come_from_a_real_report(tmp_path: Path) -> None:
    (tmp_path / "test_all.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert False\n"
        "@pytest.mark.skip(reason='x')\ndef test_skipped(): pass\n"
        "def test_broken(nowhere): pass\n"
    )
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-c", os.devnull]
    subprocess.run(
        [*command, str(tmp_path)], cwd=tmp_path, env=BARE, capture_output=True, check=False
    )
    assert read_totals(report, 1) == Totals(passed=1, failed=2, skipped=1)


def test_a_run_that_died_counts_as_a_failure(tmp_path: Path) -> None:
    assert read_totals(tmp_path / "none.xml", -6) == Totals(failed=1)
    (tmp_path / "half.xml").write_text("<testsuites><testsuite")
    assert read_totals(tmp_path / "half.xml", -6) == Totals(failed=1)


def test_the_closing_line_sums_up_both_runs() -> None:
    both = Totals(2, 0, 1).plus(Totals(40, 1, 0))
    assert both.text() == "tests: 42 passed, 1 failed, 1 skipped"
    assert Totals(3).text() == "tests: 3 passed, 0 failed"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in tools are shell scripts")
@pytest.mark.parametrize(("ruff", "code"), [("exit 0", 0), ("exit 1", 1)])
def test_a_failed_check_stops_nothing_but_decides_the_verdict(
    tmp_path: Path, ruff: str, code: int
) -> None:
    checkout = Checkout(tmp_path)
    checkout.python.parent.mkdir(parents=True)
    scripts = {"ruff": ruff, "mypy": "echo types seen", "lint-imports": "exit 0"}
    scripts["python"] = f'exec {sys.executable} "$@"'
    for name, line in scripts.items():
        checkout.tool(name).write_text(f"#!/bin/sh\n{line}\n")
        checkout.tool(name).chmod(0o755)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(): pass\n")
    script = (
        "import sys, pathlib, checks, environment\n"
        "sys.exit(checks.run_all(environment.Checkout(pathlib.Path(sys.argv[1])), []))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=PACKAGING,
        env=BARE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "types seen" in done.stdout
    assert ("FAILED  ruff check" in done.stdout) == bool(code)
    assert "tests/x11 has none" in done.stdout
    assert done.stdout.splitlines()[-1] == "tests: 1 passed, 0 failed"


def test_a_test_that_fails_by_chance_is_repeated_and_told(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pathlib\n"
        "def test_luck():\n"
        "    mark = pathlib.Path('mark')\n"
        "    if not mark.exists():\n"
        "        mark.touch()\n"
        "        raise AssertionError\n"
        "def test_good(): pass\n"
    )
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "."]
    check = Check("tests", command, dict(os.environ), report)
    code, _, counted = run_with_a_second_look(check, tmp_path)
    assert (code, counted) == (0, Totals(passed=2, repeated=1))
    assert "1 of the passed failed at first" in counted.text()


def test_a_test_that_fails_twice_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_bad(): assert False\n")
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "."]
    check = Check("tests", command, dict(os.environ), report)
    code, _, counted = run_with_a_second_look(check, tmp_path)
    assert (code, counted) == (1, Totals(failed=1))
