"""The agents that manage their memory within the rules; parts.json says what each of them does."""

from collections.abc import Container

from memorygym.agents.calls import calls, submit
from memorygym.core import Gold, Message
from memorygym.rng import rng
from memorygym.tokens import count
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.agents.scribe import (
    Answerer,
    Scribe,
    Strategist,
    sampled,
    whole_records,
    worth_while,
)
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.gold import Gold as WorldsGold
from memorygym.tracks.worlds.dealing.gold import Need
from memorygym.tracks.worlds.dealing.notes import fill, note_of, record_of
from memorygym.tracks.worlds.facts import Query, Record
from memorygym.tracks.worlds.scene import Scene


def naive() -> Scribe:
    return Scribe(sampled(0.57), updates=False)


def random_strategic() -> Scribe:
    return Scribe(sampled(0.7))


def priority_strategic() -> Scribe:
    return Scribe(whole_records(0.7))


def template_expert() -> Scribe:
    return Scribe(worth_while)


def brief_reader() -> Scribe:
    return Scribe(worth_while, history=True)


def perfect() -> Scribe:
    """It plays without budgets."""
    return Scribe(
        lambda now: [record_of(now.reader.guide, record) for record in now.records], history=True
    )


class Abstainer(Strategist):
    """Right only where nothing was told."""

    def reply(self, now: Scene) -> Message:
        return calls(submit(REFUSAL))


class Guesser(Answerer):
    """It never looks at what it was told."""

    def answer(self, now: Scene, query: Query) -> str:
        return f"{rng('guesser', now.text).between(1, 999_999):,}"


class SmartGuesser(Answerer):
    """It knows the public schema and ranges, and nothing of the world."""

    def answer(self, now: Scene, query: Query) -> str:
        return guess(now)


class Clairvoyant(Scribe):
    """Stores what the questions rest on, with the values that it reads in the documents.

    Only the runner can give it the table.
    """

    def __init__(self, gold: Gold) -> None:
        assert isinstance(gold, WorldsGold)
        self._names = gold.names
        self._needs: dict[str, set[Need]] = {}
        for question in gold.questions:
            for need in question.needs:
                self._needs.setdefault(gold.names[need.entity], set()).add(need)
        super().__init__(self._needed)

    def formers(self, name: str) -> Container[str]:
        return {need.key for need in self._needs.get(name, ()) if need.old}

    def _needed(self, now: Scene) -> list[str]:
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
