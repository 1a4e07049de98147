"""The honest agents: they store, update and answer within the rules."""

from collections.abc import Container
from functools import partial

from memorygym.agents.calls import calls, submit
from memorygym.core.rng import named_rng
from memorygym.core.statements import FORMER
from memorygym.core.tokens import count
from memorygym.core.track import PolicyFactory
from memorygym.core.types import Message, Task
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.agents.note_taker import (
    AnswersAlways,
    BudgetedNoteTaker,
    Strategist,
    most_important,
    sampled,
    whole_records,
)
from memorygym.tracks.worlds.facts import Query, by_entity
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import fill, key_record_of, note_of, record_of
from memorygym.tracks.worlds.parsed_view import ParsedContext


def naive() -> BudgetedNoteTaker:
    """Uses 57 % of the writes for random entities, and never updates."""
    return BudgetedNoteTaker(sampled(0.57), updates=False)


def brief_reader() -> BudgetedNoteTaker:
    """Stores the most important facts, as the system message ranks them, and keeps old values."""
    return BudgetedNoteTaker(most_important, history=True)


def positional_expert() -> BudgetedNoteTaker:
    """Stores what template_expert stores, but values in schema order, without tags."""
    keep = partial(most_important, notation=key_record_of)
    return BudgetedNoteTaker(keep, notation=key_record_of)


def everything(context: ParsedContext) -> list[str]:
    """The reference record of every entity in a batch."""
    return [record_of(context.reader.guide, record) for record in context.records]


class Abstainer(Strategist):
    """Refuses every question, so only the questions without an answer are right."""

    def reply(self, context: ParsedContext) -> Message:
        return calls(submit(REFUSAL))


def random_number(context: ParsedContext, _: Query) -> str:
    """A random number, whatever the question."""
    return f"{named_rng('guesser', context.text).between(1, 999_999):,}"


class Clairvoyant(BudgetedNoteTaker):
    """Stores exactly the facts that the questions need, with the values from the documents.

    It knows these facts from the gold table, which only the runner can give it.
    """

    def __init__(self, task: Task) -> None:
        gold = task.gold
        assert isinstance(gold, WorldsGold)
        needs = (need for question in gold.questions for need in question.needs)
        self._needs = {facts[0].subject: facts for facts in by_entity(needs)}
        super().__init__(self._needed)

    def history_of(self, name: str) -> Container[str]:
        return {need.key for need in self._needs.get(name, ()) if need.role == FORMER}

    def _needed(self, context: ParsedContext) -> list[str]:
        guide = context.reader.guide
        notes: list[tuple[str, int]] = []
        for facts in context.records:
            needs = self._needs.get(facts[0].subject, ())
            if own := [f for f in facts if any(need.is_stated_by(f) for need in needs)]:
                note = note_of(guide, tuple(sorted(own, key=lambda fact: fact.key)))
                former = self.history_of(facts[0].subject)
                spare = sum(2 + count(str(fact.value)) for fact in own if fact.key in former)
                notes.append((note, count(note) + spare))
        return fill(notes, context.slot)


MAKERS: dict[str, PolicyFactory] = {
    "abstainer": lambda _: Abstainer(),
    "brief_reader": lambda _: brief_reader(),
    "clairvoyant": Clairvoyant,
    "guesser": lambda _: AnswersAlways(random_number),
    "naive": lambda _: naive(),
    "perfect": lambda _: BudgetedNoteTaker(everything, history=True),
    "positional_expert": lambda _: positional_expert(),
    "priority_strategic": lambda _: BudgetedNoteTaker(whole_records(0.7)),
    "random_strategic": lambda _: BudgetedNoteTaker(sampled(0.7)),
    "smart_guesser": lambda _: AnswersAlways(lambda context, _: guess(context)),
    "strategic": lambda _: Strategist(),
    "template_expert": lambda _: BudgetedNoteTaker(most_important),
}
