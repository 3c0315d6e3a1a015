"""Every check and test of the project, in one order, with one verdict."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from console import say
from system_packages import X11_PROGRAMS, missing_programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from environment import Checkout

X11_TESTS = Path("tests/x11")
_COUNTS = ("tests", "failures", "errors", "skipped")

#: Starts the window manager inside the private screen and waits until it answers: before that,
#: windows get no focus and no frame, and clicks land elsewhere.
_UNDER_WINDOW_MANAGER = """
openbox >/dev/null 2>&1 &
tries=0
until xdotool get_num_desktops >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 100 ]; then echo "The window manager did not start." >&2; exit 1; fi
    sleep 0.1
done
exec "$@"
"""

MOST_REPEATED = 4
"""More failures than this are no accident of a busy machine."""


class Check(NamedTuple):
    """One command of the test run; `report` is where pytest leaves its counts."""

    name: str
    command: list[str]
    environ: dict[str, str]
    report: Path | None = None


class Totals(NamedTuple):
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    repeated: int = 0

    def plus(self, other: Totals) -> Totals:
        """The sum of both."""
        return Totals(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def text(self) -> str:
        """The closing line."""
        tail = f", {self.skipped} skipped" if self.skipped else ""
        if self.repeated:
            tail += f"; {self.repeated} of the passed failed at first and passed when repeated"
        return f"tests: {self.passed} passed, {self.failed} failed{tail}"


def run_all(checkout: Checkout, pytest_arguments: Sequence[str]) -> int:
    """Run every check, then every test; 0 when all is well.

    A failed check stops nothing: the rest still has something to say.
    """
    with tempfile.TemporaryDirectory(prefix="studio-checks-") as folder:
        x11_obstacle = why_not_x11(checkout.root)
        planned = plan(checkout, pytest_arguments, os.environ, Path(folder), not x11_obstacle)
        results = []
        totals = Totals()
        for check in planned:
            code, seconds, counted = run_with_a_second_look(check, checkout.root)
            results.append((code, seconds))
            totals = totals.plus(counted)
    if x11_obstacle:
        say(f"\n{x11_obstacle}")
    say("")
    failed = False
    for check, (code, seconds) in zip(planned, results, strict=True):
        ok = is_success(check, code, pytest_arguments)
        failed = failed or not ok
        say(f"{'passed' if ok else 'FAILED'}  {check.name} ({seconds:.1f} s)")
    if x11_obstacle and x11_must_run(checkout.root, os.environ):
        say("FAILED  tests with real windows (not run)")
        failed = True
    say(totals.text())
    return 1 if failed else 0


def plan(
    checkout: Checkout,
    pytest_arguments: Sequence[str],
    environ: Mapping[str, str],
    reports: Path,
    with_x11: bool,
) -> list[Check]:
    """The commands in order. Paths among `pytest_arguments` choose which tests run."""
    plain = {key: value for key, value in environ.items() if not key.startswith("QT_")}
    checks = [
        Check("ruff check", [str(checkout.tool("ruff")), "check", "."], plain),
        Check("ruff format", [str(checkout.tool("ruff")), "format", "--check", "."], plain),
        Check("mypy", [str(checkout.tool("mypy"))], plain),
        Check("import layers", [str(checkout.tool("lint-imports"))], plain),
    ]
    options, windows, others = sort_arguments(checkout.root, pytest_arguments)
    pytest = [str(checkout.python), "-m", "pytest"]
    everything = not (windows or others)
    if with_x11 and (everything or windows):
        report = reports / "x11.xml"
        command = [
            *("xvfb-run", "-a", "-s", "-screen 0 1920x1080x24"),
            *("sh", "-c", _UNDER_WINDOW_MANAGER, "x11-tests"),
            *pytest,
            *options,
            *(windows or [str(X11_TESTS)]),
            f"--junitxml={report}",
        ]
        screen = {**plain, "QT_QPA_PLATFORM": "xcb"}
        checks.append(Check("tests with real windows", command, screen, report))
    if everything or others:
        report = reports / "offscreen.xml"
        command = [*pytest, *options, *others, f"--ignore={X11_TESTS}", f"--junitxml={report}"]
        offscreen = {**plain, "QT_QPA_PLATFORM": "offscreen"}
        checks.append(Check("tests", command, offscreen, report))
    return checks


def sort_arguments(root: Path, arguments: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Split pytest's arguments into options, paths of tests with real windows, other paths."""
    options: list[str] = []
    windows: list[str] = []
    others: list[str] = []
    for argument in arguments:
        path = root / argument.split("::")[0]
        if argument.startswith("-") or not path.exists():
            options.append(argument)
        elif path.resolve().is_relative_to((root / X11_TESTS).resolve()):
            windows.append(argument)
        else:
            others.append(argument)
    return options, windows, others


def why_not_x11(root: Path, platform: str = sys.platform) -> str:
    """The sentence that says why tests with real windows are left out; "" when they can run."""
    if not any((root / X11_TESTS).glob("**/test_*.py")):
        return f"No tests with real windows: {X11_TESTS.as_posix()} has none."
    if platform != "linux":
        return "Tests with real windows are left out: they need Linux with Xvfb."
    absent = missing_programs(X11_PROGRAMS)
    if absent:
        names = ", ".join(need.name for need in absent)
        return f"Tests with real windows are left out: this system has no {names}."
    return ""


def x11_must_run(root: Path, environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether leaving them out is a failure: where a machine judges, nobody reads a remark."""
    has_tests = any((root / X11_TESTS).glob("**/test_*.py"))
    return has_tests and platform == "linux" and bool(environ.get("CI"))


def is_success(check: Check, code: int, pytest_arguments: Sequence[str]) -> bool:
    """Whether an exit code is good news; pytest's 5 (no test) is, when tests were picked."""
    return code == 0 or (code == 5 and check.report is not None and bool(pytest_arguments))


def read_totals(report: Path, code: int) -> Totals:
    """Counts from pytest's report; a run that died before writing one counts as a failure."""
    try:
        suites = ElementTree.parse(report).getroot().iter("testsuite")
    except (OSError, ElementTree.ParseError):
        return Totals(failed=0 if code == 0 else 1)
    totals = Totals()
    for suite in suites:
        count = {key: int(suite.get(key, "0")) for key in _COUNTS}
        bad = count["failures"] + count["errors"]
        passed = max(0, count["tests"] - bad - count["skipped"])
        totals = totals.plus(Totals(passed, bad, count["skipped"]))
    return totals


def run_with_a_second_look(check: Check, root: Path) -> tuple[int, float, Totals]:
    """Run a check; where only a few tests failed, those are played once more, alone.

    A test of real windows and networks may meet a moment the machine was too busy; the closing line
    says how many did, so that none of it stays unseen. Exit code, seconds, and counts.
    """
    code, seconds = _run(check, root)
    if check.report is None:
        return code, seconds, Totals()
    counted = read_totals(check.report, code)
    if code != 1 or not 0 < counted.failed <= MOST_REPEATED:
        return code, seconds, counted
    say(f"=== {counted.failed} failed: played once more")
    again = [*check.command, "--last-failed", "--last-failed-no-failures=none"]
    second, more = _run(check._replace(command=again), root)
    if second != 0:
        return code, seconds + more, counted
    bad = counted.failed
    counted = counted._replace(passed=counted.passed + bad, failed=0, repeated=bad)
    return 0, seconds + more, counted


def _run(check: Check, root: Path) -> tuple[int, float]:
    say(f"\n=== {check.name}")
    began = time.monotonic()
    try:
        code = subprocess.run(check.command, cwd=root, env=check.environ, check=False).returncode
    except OSError as error:
        say(f"{check.command[0]} could not be started: {error.strerror}.")
        code = 127
    seconds = time.monotonic() - began
    say(f"=== {check.name}: {'passed' if code == 0 else f'exit code {code}'} in {seconds:.1f} s")
    return code, seconds
