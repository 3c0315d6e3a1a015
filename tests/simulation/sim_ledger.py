"""What everybody asked for, and what became of it: the other side of every check.

Each edit is a word that exists once, so that a word tells where it went. A word may leave a place
only by the hand of somebody who had seen it there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.domain.diff import same
from studio.store import drafts

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Iterable, Mapping

    from sim_computer import Computer

    from studio.domain.conflict import Conflict
    from studio.domain.influencer import FieldValue, Influencer

Place = tuple[str, str]
"""An influencer and a field of it."""


@dataclass
class Ledger:
    """Collects during a run, judges at its end.

    Attributes:
        problems: what must not be; empty after a good run.
    """

    counts: Counter[str]
    problems: list[str] = field(default_factory=list)
    promised: dict[str, str] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    given_up: set[tuple[str, str]] = field(default_factory=set)
    latest: dict[tuple[str, str, str], str] = field(default_factory=dict)
    recreated: set[str] = field(default_factory=set)
    images: dict[str, str] = field(default_factory=dict)
    _seen: set[tuple[str, str, str, str]] = field(default_factory=set)
    _taken_out: set[tuple[str, str, str, str]] = field(default_factory=set)
    _basis: Influencer | None = None
    _words: int = 0

    def word(self, kind: str = "w") -> str:
        """A word that never was before."""
        self._words += 1
        return f"{kind}{self._words:05d}"

    # ---- what people do

    def will_type(
        self, computer: Computer, influencer_id: str, path: str, before: FieldValue, new: FieldValue
    ) -> None:
        """A person looks at a field and changes it; whether that is kept shows afterwards."""
        self._note_seen(computer.name, influencer_id, path, before)
        for word in _words_of(before):
            if word not in _words_of(new):
                self._taken_out.add((computer.name, influencer_id, path, word))

    def typed(
        self,
        computer: Computer,
        influencer_id: str,
        path: str,
        before: FieldValue,
        new: FieldValue,
        *,
        promised: bool,
    ) -> None:
        """What became of a change; a promised one must not be lost from now on."""
        draft = computer.look(drafts.get, influencer_id)
        if draft is not None and path in draft.fields:
            self._note_seen(computer.name, influencer_id, path, draft.fields[path].base)
        shown = computer.shown(influencer_id)
        if not promised and (shown is None or shown.influencer.value(path) != new):
            return
        for word in _words_of(before):
            if word not in _words_of(new):
                self.given_up.add((computer.name, word))
        for word in _words_of(new):
            if word in _words_of(before):
                continue
            if promised:
                self.promise(computer, word)
            if not isinstance(new, tuple) and path != "gender":
                self.latest[computer.name, influencer_id, path] = word

    def promise(self, computer: Computer, word: str, owner: str = "") -> None:
        """This word is safe on this computer; ``owner`` names the influencer of an image."""
        if word[0] in "wa":
            self.promised.setdefault(word, computer.name)
            self.images[word] = owner

    def gave_up(self, computer: Computer, values: Iterable[FieldValue]) -> None:
        """A person dropped these values knowingly."""
        for value in values:
            for word in _words_of(value):
                self.given_up.add((computer.name, word))

    def forgot(self, computer: Computer, influencer_id: str) -> None:
        """A person gave up what is typed on an influencer, or moved it elsewhere."""
        for key in [each for each in self.latest if each[:2] == (computer.name, influencer_id)]:
            del self.latest[key]

    def will_decide(
        self, computer: Computer, conflict: Conflict, chosen: Mapping[str, FieldValue]
    ) -> None:
        """A person chooses, with both sides before them."""
        for each in conflict.to_choose:
            place = (computer.name, conflict.influencer_id, each.path)
            self._note_seen(*place, chosen[each.path])
            for side in (each.mine, each.theirs):
                self._note_seen(*place, side)
                for word in _words_of(side):
                    if word not in _words_of(chosen[each.path]):
                        self.given_up.add((computer.name, word))
                        self._taken_out.add((*place, word))

    def decided(
        self, computer: Computer, conflict: Conflict, chosen: Mapping[str, FieldValue]
    ) -> None:
        """The choice is safe, and what lost has to be listed."""
        history = _text(computer, "SELECT old || new FROM history")
        for each in conflict.to_choose:
            kept = _words_of(chosen[each.path])
            for word in (*_words_of(each.mine), *_words_of(each.theirs)):
                if word not in kept and word not in history:
                    self.problems.append(f"{word} lost a choice and is in no history")
            for word in kept:
                if word not in self.promised and each.path != "gender":
                    self.promise(computer, word)
            shown = computer.shown(conflict.influencer_id)
            over = _words_of(shown.influencer.value(each.path)) if shown is not None else ()
            # What was typed on top of the held publish goes over what was decided about that.
            self.given_up.update((computer.name, word) for word in kept if word not in over)

    def _note_seen(self, name: str, influencer_id: str, path: str, value: FieldValue) -> None:
        for word in _words_of(value):
            self._seen.add((name, influencer_id, path, word))

    # ---- what the server sees

    def basis(self, _caller: str, _influencer_id: str, basis: Influencer | None) -> None:
        """What the sender of the next patch had read of the record."""
        self._basis = basis

    def arrived(
        self, caller: str, influencer_id: str, path: str, old: FieldValue, new: FieldValue
    ) -> None:
        """A field changed on the server: nobody may overwrite what they had not seen."""
        self.reached.update(_words_of(new))
        if not caller:
            return
        if self._basis is None:
            self.problems.append(f"{caller} patched {influencer_id} without reading it")
            return
        there = self._basis.value(path)
        if not same(there, old):
            self.counts["race between read and write"] += 1
        allowed = self._taken_out if isinstance(new, tuple) else self._seen | self._taken_out
        for word in _words_of(there):
            if word not in _words_of(new) and (caller, influencer_id, path, word) not in allowed:
                self.problems.append(
                    f"{caller} overwrote {word} in {path} of {influencer_id} unseen by {new}"
                )

    # ---- judging

    def check_now(self, computer: Computer) -> None:
        """What holds at every moment: typed words are shown, conflicts are real."""
        for (name, influencer_id, path), word in self.latest.items():
            if name != computer.name or word in self.reached or (name, word) in self.given_up:
                continue
            shown = computer.shown(influencer_id)
            value = shown.influencer.value(path) if shown is not None else None
            if value != word:
                self.problems.append(
                    f"{name} typed {word} into {path} of {influencer_id} and is shown {value}"
                )
        for influencer_id, path, mine, theirs in computer.look(
            lambda conn: conn.rows("SELECT influencer_id, path, mine, theirs FROM conflict")
        ):
            if mine == theirs:
                self.problems.append(f"both sides of {path} of {influencer_id} say {mine}")

    def check_kept(self, computers: Iterable[Computer], live: Collection[str]) -> None:
        """Nothing that was acknowledged is missing."""
        for computer in computers:
            here = _text(computer, _WAITING)
            history = _text(computer, "SELECT old || new FROM history")
            for word, owner in self.promised.items():
                if owner != computer.name or word in self.reached or word in here:
                    continue
                if self.images[word] and self.images[word] not in live:
                    continue
                if (owner, word) not in self.given_up:
                    self.problems.append(f"{word}, acknowledged by {owner}, is lost")
                elif word[0] == "w" and word not in history:
                    self.problems.append(f"{word}, given up by {owner}, cannot be restored")

    def check_once(self, started: Iterable[tuple[str, str]]) -> None:
        """Nothing was made twice."""
        first: dict[str, str] = {}
        for influencer_id, name in started:
            if influencer_id in self.recreated:
                continue
            if first.setdefault(name, influencer_id) != influencer_id:
                self.problems.append(f"{name} was made as {first[name]} and as {influencer_id}")


_WAITING = (
    "SELECT value FROM draft_field UNION ALL SELECT body FROM outbox "
    "UNION ALL SELECT mine FROM conflict "
    "UNION ALL SELECT asset_id FROM upload WHERE state <> 'bound'"
)


def _words_of(value: FieldValue) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()


def _text(computer: Computer, sql: str) -> str:
    """Everything a query gives, as one text to look for words in."""
    rows = computer.look(lambda conn: conn.rows(sql))
    return "\n".join(row[0] for row in rows)
