"""The agents that manage their memory within the rules."""

from collections.abc import Container

from memorygym.agents.calls import calls, submit
from memorygym.core.rng import named_rng
from memorygym.core.tokens import count
from memorygym.core.track import PolicyFactory
from memorygym.core.types import Message, Task
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.agents.note_taker import (
    AnswersAlways,
    BudgetedNoteTaker,
    Strategist,
    sampled,
    whole_records,
    worth_while,
)
from memorygym.tracks.worlds.facts import Query, Record
from memorygym.tracks.worlds.generator.gold import Need, WorldGold
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import fill, note_of, record_of
from memorygym.tracks.worlds.parsed_view import ParsedContext


def naive() -> BudgetedNoteTaker:
    """More than half of the budget, and never an update."""
    return BudgetedNoteTaker(sampled(0.57), updates=False)


def brief_reader() -> BudgetedNoteTaker:
    """Whole notes by the brief, with the values that were replaced."""
    return BudgetedNoteTaker(worth_while, history=True)


def everything(now: ParsedContext) -> list[str]:
    """Every record of a batch, whole."""
    return [record_of(now.reader.guide, record) for record in now.records]


class Abstainer(Strategist):
    """Right only where nothing was told."""

    def reply(self, now: ParsedContext) -> Message:
        return calls(submit(REFUSAL))


def random_number(now: ParsedContext, _: Query) -> str:
    """It never looks at what it was told."""
    return f"{named_rng('guesser', now.text).between(1, 999_999):,}"


class Clairvoyant(BudgetedNoteTaker):
    """Stores what the questions rest on, with the values that it reads in the documents.

    Only the runner can give it the table.
    """

    def __init__(self, task: Task) -> None:
        gold = task.gold
        assert isinstance(gold, WorldGold)
        self._names = gold.names
        self._needs: dict[str, set[Need]] = {}
        for question in gold.questions:
            for need in question.needs:
                self._needs.setdefault(gold.names[need.entity], set()).add(need)
        super().__init__(self._needed)

    def formers(self, name: str) -> Container[str]:
        return {need.key for need in self._needs.get(name, ()) if need.old}

    def _needed(self, now: ParsedContext) -> list[str]:
        guide = now.reader.guide
        notes: list[tuple[str, int]] = []
        for record in now.records:
            if needs := self._needs.get(record.name):
                note = note_of(guide, self._part(record, needs))
                spare = sum(2 + count(str(record.values[n.key])) for n in needs if n.old)
                notes.append((note, count(note) + spare))
        return fill(notes, now.slot)

    def _part(self, record: Record, needs: set[Need]) -> Record:
        keys = {need.key for need in needs}
        values = {code: value for code, value in sorted(record.values.items()) if code in keys}
        wanted = {(key[0], self._names[int(key[2:])]) for key in keys if ">" in key}
        edges = tuple(edge for edge in record.edges if edge in wanted)
        category = record.category if "category" in keys else ""
        return Record(record.name, category, values, edges=edges)


MAKERS: dict[str, PolicyFactory] = {
    "abstainer": lambda _: Abstainer(),
    "brief_reader": lambda _: brief_reader(),
    "clairvoyant": Clairvoyant,
    "guesser": lambda _: AnswersAlways(random_number),
    "naive": lambda _: naive(),
    "perfect": lambda _: BudgetedNoteTaker(everything, history=True),
    "priority_strategic": lambda _: BudgetedNoteTaker(whole_records(0.7)),
    "random_strategic": lambda _: BudgetedNoteTaker(sampled(0.7)),
    "smart_guesser": lambda _: AnswersAlways(lambda now, _: guess(now)),
    "strategic": lambda _: Strategist(),
    "template_expert": lambda _: BudgetedNoteTaker(worth_while),
}
