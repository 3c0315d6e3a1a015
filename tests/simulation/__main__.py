"""Play seeds: ``python -m tests.simulation --seed N`` replays one and prints what happened."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(_FOLDER), str(_FOLDER.parents[1])]

_TELL_EVERY = 10_000
_COLLECT_EVERY = 25


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="replay one seed and print all of it")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--again", type=int, default=50, help="every how many a seed runs twice")
    given = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets of text must not differ from one run to the next.
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.simulation", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    from sim_run import Stage, run

    stage = Stage()
    if given.seed is not None:
        outcome = run(given.seed, stage, keep=True)
        print("\n".join(outcome.lines))
        print("\n".join(outcome.problems) or "good", outcome.digest, sep="\n")
        return 1 if outcome.problems else 0
    counts: Counter[str] = Counter()
    bad: list[tuple[int, list[str]]] = []
    began = time.perf_counter()
    # Collecting now and then costs a tenth of what it costs all the time.
    gc.freeze()
    gc.disable()
    for seed in range(given.first, given.first + given.seeds):
        outcome = run(seed, stage)
        counts += outcome.counts
        problems = list(outcome.problems)
        if seed % _COLLECT_EVERY == 0:
            gc.collect()
        if given.again and seed % given.again == 0:
            second = run(seed, stage)
            counts["run twice"] += 1
            if second.digest != outcome.digest:
                problems.append("a second run went another way")
        if problems:
            bad.append((seed, problems))
        if (seed + 1 - given.first) % _TELL_EVERY == 0:
            print(f"{seed + 1 - given.first:,} of {given.seeds:,}", file=sys.stderr, flush=True)
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "seeds": given.seeds, "counts": counts, "bad": bad}))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
