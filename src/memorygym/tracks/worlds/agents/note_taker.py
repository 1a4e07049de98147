"""The scripted note taker from which most agents are made: it reads prose, stores notes, answers.

It has no state between events: the view states the budget, and random choices come from named
streams. It stores whole records, or notes with the most important attributes of a record.
"""

from collections.abc import Callable, Container, Sequence
from functools import lru_cache

from memorygym.agents.calls import END, ToolCall, calls, edit, read, search, submit, write
from memorygym.core.rng import named_rng
from memorygym.core.statements import AMONG, CATEGORY, CURRENT, FORMER, StatementIndex
from memorygym.core.tokens import count
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.worlds.facts import Facts, Query, by_entity, category_in
from memorygym.tracks.worlds.generator.fact_timeline import (
    ATTRIBUTE_SHARE,
    CATEGORY_SHARE,
    shares,
)
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import (
    Notation,
    fill,
    note_of,
    record_of,
    record_or_note,
)
from memorygym.tracks.worlds.generator.template_schema import CODES
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view

Keep = Callable[[ParsedContext], list[str]]
"""Chooses the entries to write for the documents of an event."""
Conclude = Callable[[ParsedContext, Query, StatementIndex], str | None]
"""Gives the answer from the facts in memory, or None to refuse."""


def concluded(context: ParsedContext, query: Query, knowledge: StatementIndex) -> str | None:
    """The answer if it follows from the facts, else None."""
    return context.reader.answer(query, knowledge).answer


class BudgetedNoteTaker(Policy):
    """A policy that stores what `keep` chooses, updates it, answers from it, and else refuses."""

    def __init__(
        self,
        keep: Keep,
        conclude: Conclude = concluded,
        *,
        notation: Notation = record_or_note,
        updates: bool = True,
        history: bool = False,
        reads_all: bool = False,
    ) -> None:
        self._keep = keep
        self._conclude = conclude
        self._notation = notation
        self._updates = updates
        self._history = history
        self._reads_all = reads_all

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        match context.title:
            case "DOCUMENTS" if context.batch:
                return self.store(context)
            case "DOCUMENTS" | "CORRECTION":
                return self.change(context) if self._updates else END
            case "QUESTION":
                return self.reply(context)
        return END

    def store(self, context: ParsedContext) -> Message:
        """Writes the chosen entries in one reply."""
        if context.replies:
            return END
        return calls(*[write(entry) for entry in self._keep(context)])

    def change(self, context: ParsedContext) -> Message:
        """Searches for the changed entity and edits its line."""
        if not context.records:
            return END
        news = context.records[0]
        if not context.replies:
            return calls(self._look_up(Query((news[0].subject,))))
        if len(context.replies) > 1:
            return END
        for line in "\n".join(context.tool_results).split("\n"):
            if (new := self.changed(context, line, news)) not in (None, line):
                return calls(edit(line, new))
        return END

    def changed(self, context: ParsedContext, line: str, news: Facts) -> str | None:
        """A line of the memory with news; None if it states nothing about their entity."""
        name = news[0].subject
        stored = by_entity(context.reader.read(line)) if line.startswith(name) else []
        if not stored or stored[0][0].subject != name:
            return None
        facts = changed(stored[0], news, self.history_of(name))
        return self._notation(context.reader.guide, facts) if facts else line

    def history_of(self, name: str) -> Container[str]:
        """The attributes of an entity whose previous values are stored too."""
        return CODES if self._history else ()

    def reply(self, context: ParsedContext) -> Message:
        """Looks up the facts that the question needs, then answers or refuses."""
        query = context.query
        if query is None:
            return calls(submit(REFUSAL))
        if not context.replies:
            return calls(self._look_up(query))
        answer = self._conclude(context, query, self.knowledge(context))
        return calls(submit(REFUSAL if answer is None else answer))

    def _look_up(self, query: Query) -> ToolCall:
        """The call that finds the facts that the question needs."""
        return search(query.names[0]) if query.is_single and not self._reads_all else read()

    def knowledge(self, context: ParsedContext) -> StatementIndex:
        """The facts that the memory returned."""
        return context.knowledge


def changed(stored: Facts, news: Facts, history: Container[str]) -> Facts:
    """Stored facts with the changed values, and with the former ones of the attributes in
    `history`; none if nothing changed."""
    known = StatementIndex([*stored, *news])
    now = {f: known.current(f.subject, f.key) for f in stored if f.role == CURRENT}
    new = {fact: value for fact, value in now.items() if value not in (None, fact.value)}
    replaced = {fact.key: fact for fact in new if fact.key in history}
    former = [f for f in stored if f.role == FORMER and f.key not in replaced]
    former += [fact._replace(role=FORMER) for fact in replaced.values()]
    held = [f._replace(value=new.get(f, f.value)) for f in stored if f.role != FORMER]
    return (*former, *held) if new else ()


def allowance(context: ParsedContext, share: float) -> int:
    """Writes for this batch: an equal part of a share of all writes."""
    total = int(share * context.writes)
    return total * context.batch // context.batches - total * (context.batch - 1) // context.batches


@lru_cache(maxsize=65_536)
def at_random(name: str) -> float:
    """A rank that orders entities independently of their importance."""
    return named_rng("scribe", name).uniform()


class Strategist(BudgetedNoteTaker):
    """Stores whole records of random entities, and uses the whole budget."""

    def __init__(self, conclude: Conclude = concluded) -> None:
        super().__init__(sampled(1.0), conclude)


class AnswersAlways(Policy):
    """A policy that stores nothing and answers every question."""

    def __init__(self, answer: Callable[[ParsedContext, Query], str]) -> None:
        self._answer = answer

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = parse_view(view)
        if context.title != "QUESTION":
            return END
        return calls(submit(self._answer(context, context.query) if context.query else REFUSAL))


Rank = Callable[[ParsedContext, Facts], tuple[float, ...]]
"""Orders entities; the lowest come first."""


def by_instructions(context: ParsedContext, facts: Facts) -> tuple[float, ...]:
    """A rank that puts entities of the key categories first."""
    is_key = category_in(facts) in context.reader.guide.key_categories
    return (not is_key, at_random(facts[0].subject))


def whole_records(share: float, rank: Rank = by_instructions) -> Keep:
    """Stores one reference record per write, for a share of all writes; the first by rank."""

    def keep(context: ParsedContext) -> list[str]:
        chosen = sorted(context.records, key=lambda facts: rank(context, facts))
        guide = context.reader.guide
        return [record_of(guide, facts) for facts in chosen[: allowance(context, share)]]

    return keep


def sampled(share: float) -> Keep:
    """The same for random entities."""
    return whole_records(share, lambda _, facts: (at_random(facts[0].subject),))


SLACK = 0.985
"""Share of the capacity that notes may fill; the rest is for Edits that lengthen them."""


def part(facts: Facts, codes: Container[str]) -> Facts:
    """These attributes, in schema order, and the category and all relations."""
    values = (fact for fact in facts if fact.key in codes or fact.key == CATEGORY)
    links = (fact for fact in facts if fact.role == AMONG)
    return (*sorted(values, key=lambda fact: fact.key), *links)


def most_important(context: ParsedContext, notation: Notation = note_of) -> list[str]:
    """Entries for this batch: the parts of records with most expected questions per token."""
    guide = context.reader.guide
    planned = SLACK * context.capacity * context.batch / context.batches
    room = min(planned, context.capacity) - context.tokens_held
    importance = shares(guide.categories, guide.key_categories, CATEGORY_SHARE)
    weights = dict(zip(guide.categories, importance, strict=True))
    options: list[tuple[float, float, int, int, str, str]] = []
    for facts in context.records:
        # A document that does not state the category may be of any.
        weight = weights.get(category_in(facts), 1 / len(weights))
        big = notation(guide, whole := part(facts, CODES))
        small = notation(guide, part(facts, guide.key_attributes) or whole)
        cost = count(small) + 1
        extra = max(1, count(big) + 1 - cost)
        name = facts[0].subject
        tie = at_random(name)
        options.append((-weight * ATTRIBUTE_SHARE / cost, tie, 0, cost, name, small))
        options.append((-weight * (1 - ATTRIBUTE_SHARE) / extra, tie, 1, extra, name, big))
    chosen: dict[str, str] = {}
    for _, _, level, cost, name, note in sorted(options):
        if cost <= room and (level == 0 or name in chosen) and count(note) <= context.slot:
            chosen[name] = note
            room -= cost
    return fill([(note, count(note)) for note in chosen.values()], context.slot)[
        : context.writes_left
    ]
