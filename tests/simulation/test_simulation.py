"""Three people, one server, all that can go wrong: nothing is lost, made twice or hidden.

Seeds are played by processes of their own, one for each processor, since the order of sets must be
the same in each of them. A failing seed prints the command that replays it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).resolve().parent
_ROOT = _FOLDER.parents[1]
if str(_FOLDER) not in sys.path:
    # The modules beside the tests are theirs alone; the folder is no package.
    sys.path.append(str(_FOLDER))

from sim_faults import EVERY  # noqa: E402
from sim_run import Stage, run  # noqa: E402

from studio.domain.draft import DraftField  # noqa: E402
from studio.domain.merge import Merge, merge_fields  # noqa: E402
from studio.store import outbox, taking_back  # noqa: E402
from studio.sync import publish  # noqa: E402

_SEEDS = 20_000
_ENOUGH = 5_000
"""From so many seeds on, every kind of fault has to have happened."""


def _option(config: pytest.Config, name: str) -> int | None:
    found = config.getoption(name, None)
    return None if found is None else int(found)


def _play(first: int, seeds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.simulation", "--first", str(first), "--seeds", str(seeds)],
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )


def _shares(seeds: int) -> list[tuple[int, int]]:
    """First seed and how many, for each processor."""
    parts = min(os.cpu_count() or 1, seeds)
    edges = [seeds * part // parts for part in range(parts + 1)]
    return [(first, last - first) for first, last in pairwise(edges)]


def _told(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = process.communicate()
    assert said.strip(), "a process of the simulation ended without a word"
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found


def _report(bad: list[tuple[int, list[str]]]) -> str:
    lines = [f"{len(bad)} seeds failed"]
    for seed, problems in bad[:10]:
        lines += [f"python -m tests.simulation --seed {seed}", *(f"    {p}" for p in problems[:3])]
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_whatever_goes_wrong_all_sides_agree_in_the_end_and_nothing_is_lost_or_made_twice(
    request: pytest.FixtureRequest,
) -> None:
    seed = _option(request.config, "--seed")
    if seed is not None:
        outcome = run(seed, Stage(), keep=True)
        print("\n".join(outcome.lines))
        assert not outcome.problems, _report([(seed, list(outcome.problems))])
        return
    seeds = _option(request.config, "--seeds") or _SEEDS
    counts: Counter[str] = Counter()
    bad: list[tuple[int, list[str]]] = []
    for told in [_told(each) for each in [_play(*share) for share in _shares(seeds)]]:
        counts.update(told["counts"])
        bad += told["bad"]
    for name, count in sorted(counts.items()):
        print(f"{count:9,} {name}")
    assert not bad, _report(bad)
    assert counts["run twice"] > 0
    if seeds >= _ENOUGH:
        assert [name for name in EVERY if not counts[name]] == []


def test_a_seed_goes_the_same_way_twice_and_another_seed_another_way() -> None:
    stage = Stage()
    first, second, other = (run(seed, stage).digest for seed in (7, 7, 8))
    assert first == second
    assert first != other


def _is_noticed(at_most: int = 60) -> bool:
    stage = Stage()
    return any(run(seed, stage).problems for seed in range(at_most))


def test_it_notices_when_the_last_writer_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_base(fields: Any, theirs: Any) -> Merge:
        over = {path: DraftField(each.value, theirs.value(path)) for path, each in fields.items()}
        return merge_fields(over, theirs)

    monkeypatch.setattr(publish, "merge_fields", without_base)
    assert _is_noticed()


def test_it_notices_when_what_was_being_sent_is_forgotten_by_a_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "recover", lambda _conn: 0)
    assert _is_noticed()


def test_it_notices_when_edits_taken_back_do_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking_back, "_merge", lambda *_: None)
    assert _is_noticed()
