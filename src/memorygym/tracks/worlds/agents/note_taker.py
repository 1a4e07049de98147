"""The scripted agent that most others are made of: it reads prose, keeps notes in budget, answers.

It keeps nothing between events; the view tells it the budget, and named streams its whims. What is
kept are whole records, or notes of their worth-while parts, attribute by attribute.
"""

from collections.abc import Callable, Container, Sequence
from functools import lru_cache

from memorygym.agents.calls import END, Wanted, calls, edit, read, search, submit, write
from memorygym.core.rng import named_rng
from memorygym.core.tokens import count
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.worlds.fact_reader import StrongReader
from memorygym.tracks.worlds.facts import Knowledge, Query, Record
from memorygym.tracks.worlds.generator.domain_schema import CODES
from memorygym.tracks.worlds.generator.fact_timeline import ATTRIBUTE_SHARE, CATEGORY_SHARE
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import fill, note_of, record_of
from memorygym.tracks.worlds.parsed_view import ParsedContext, scene

Keep = Callable[[ParsedContext], list[str]]
"""Which entries to write of the documents of an event."""
Conclude = Callable[[ParsedContext, Query, Knowledge], str | None]
"""The answer from what memory gave, None to refuse."""
ONE_ENTITY = ("value", "delta", "before", "ratio", "trend", "extreme")


def concluded(now: ParsedContext, query: Query, known: Knowledge) -> str | None:
    """What follows, and nothing else."""
    return now.reader.answer(query, known)


class BudgetedNoteTaker(Policy):
    """Stores what `keep` chooses, applies changes to it, answers from it, refuses otherwise."""

    def __init__(
        self,
        keep: Keep,
        conclude: Conclude = concluded,
        *,
        updates: bool = True,
        history: bool = False,
        reads_all: bool = False,
    ) -> None:
        self._keep = keep
        self._conclude = conclude
        self._updates = updates
        self._history = history
        self._reads_all = reads_all

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        match now.title:
            case "DOCUMENTS" if now.batch:
                return self.store(now)
            case "DOCUMENTS" | "CORRECTION":
                return self.change(now) if self._updates else END
            case "QUESTION":
                return self.reply(now)
        return END

    def store(self, now: ParsedContext) -> Message:
        """Writes what is worth keeping, all in one reply."""
        if now.said:
            return END
        return calls(*[write(entry) for entry in self._keep(now)])

    def change(self, now: ParsedContext) -> Message:
        """Looks the entity up and edits its line in place."""
        told = now.records
        if not told:
            return END
        if not now.said:
            return calls(search(told[0].name))
        if len(now.said) > 1:
            return END
        for line in "\n".join(now.heard).split("\n"):
            kept = now.reader.read(line)
            if kept and kept[0].name == told[0].name:
                new = changed_line(now.reader, kept[0], told[0], self.formers(told[0].name))
                return calls(edit(line, new)) if new and new != line else END
        return END

    def formers(self, name: str) -> Container[str]:
        """The attributes of an entity whose replaced values are worth keeping."""
        return CODES if self._history else ()

    def reply(self, now: ParsedContext) -> Message:
        """Looks up what the question needs, then answers or refuses."""
        query = now.query
        if query is None:
            return calls(submit(REFUSAL))
        if not now.said:
            return calls(self._look_up(query))
        answer = self._conclude(now, query, self.known(now))
        return calls(submit(REFUSAL if answer is None else answer))

    def _look_up(self, query: Query) -> Wanted:
        """The call that finds what the question needs."""
        one = query.kind in ONE_ENTITY and not self._reads_all
        return search(query.names[0]) if one else read()

    def known(self, now: ParsedContext) -> Knowledge:
        """What memory gave."""
        return now.known


def changed_line(
    by: StrongReader, kept: Record, told: Record, formers: Container[str]
) -> str | None:
    """The line of a kept record after what was told; None if it does not concern what is kept."""
    knowledge = Knowledge([kept, told])
    values, former = dict(kept.values), dict(kept.former)
    for code in kept.values:
        now = knowledge.now(kept.name, code)
        if now is not None and now != kept.values[code]:
            values[code] = now
            if code in formers:
                former[code] = kept.values[code]
    if values == kept.values:
        return None
    record = Record(kept.name, kept.category, values, former, edges=kept.edges)
    full = not former and len(values) == len(by.guide.attributes)
    return record_of(by.guide, record) if full else note_of(by.guide, record)


def allowance(now: ParsedContext, share: float) -> int:
    """Writes for this batch: an even part of that share of all writes."""
    total = int(share * now.writes)
    return total * now.batch // now.batches - total * (now.batch - 1) // now.batches


@lru_cache(maxsize=65_536)
def at_random(name: str) -> float:
    """Ranks entities in an order that has nothing to do with the brief."""
    return named_rng("scribe", name).uniform()


class Strategist(BudgetedNoteTaker):
    """Keeps whole records of entities chosen at random, for the whole budget."""

    def __init__(self, conclude: Conclude = concluded) -> None:
        super().__init__(sampled(1.0), conclude)


class AnswersAlways(Policy):
    """Stores nothing, and answers every question."""

    def __init__(self, answer: Callable[[ParsedContext, Query], str]) -> None:
        self._answer = answer

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        if now.title != "QUESTION":
            return END
        return calls(submit(self._answer(now, now.query) if now.query else REFUSAL))


def by_brief(now: ParsedContext, record: Record) -> tuple[float, ...]:
    """Ranks entities of the key groups first."""
    return (record.category not in now.reader.guide.key_categories, at_random(record.name))


def whole_records(share: float) -> Keep:
    """One reference record a write, as many as the share of the writes allows, by the brief."""

    def keep(now: ParsedContext) -> list[str]:
        chosen = sorted(now.records, key=lambda record: by_brief(now, record))
        return [record_of(now.reader.guide, record) for record in chosen[: allowance(now, share)]]

    return keep


def sampled(share: float) -> Keep:
    """The same of entities chosen at random; no other document is read."""

    def keep(now: ParsedContext) -> list[str]:
        ranked = sorted(now.documents, key=lambda document: at_random(document[0]))
        texts = [text for _, text in ranked[: allowance(now, share)]]
        records = [record for text in texts for record in now.reader.read(text)]
        return [record_of(now.reader.guide, record) for record in records]

    return keep


SLACK = 0.985
"""Share of the capacity that is planned for; edits may grow a note."""


def _part(record: Record, codes: Container[str]) -> Record:
    """Those attributes in schema order, and the relations."""
    values = {code: value for code, value in sorted(record.values.items()) if code in codes}
    return Record(record.name, record.category, values, edges=record.edges)


def worth_while(now: ParsedContext) -> list[str]:
    """Entries for this batch: parts of records by expected questions a token, within its share."""
    guide = now.reader.guide
    planned = SLACK * now.capacity * now.batch / now.batches
    room = min(planned, now.capacity) - now.held
    options: list[tuple[float, float, int, int, str, str]] = []
    for record in now.records:
        key = record.category in guide.key_categories
        weight = CATEGORY_SHARE / 3 if key else (1 - CATEGORY_SHARE) / (len(guide.categories) - 3)
        small = note_of(guide, _part(record, guide.key_attributes))
        big = note_of(guide, _part(record, CODES))
        cost = count(small) + 1
        extra = count(big) + 1 - cost
        tie, name = at_random(record.name), record.name
        options.append((-weight * ATTRIBUTE_SHARE / cost, tie, 0, cost, name, small))
        options.append((-weight * (1 - ATTRIBUTE_SHARE) / extra, tie, 1, extra, name, big))
    chosen: dict[str, str] = {}
    for _, _, level, cost, name, note in sorted(options):
        if cost <= room and (level == 0 or name in chosen) and count(note) <= now.slot:
            chosen[name] = note
            room -= cost
    return fill([(note, count(note)) for note in chosen.values()], now.slot)[: now.writes_left]
