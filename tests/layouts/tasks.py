"""Facts of generated tasks as blocks, which layouts render and fact readers read again."""

from collections.abc import Sequence
from functools import cache

from memorygym.core.json_values import thaw
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.codeqa.names import type_of as type_of_code
from memorygym.tracks.dialogue.desk import Desk
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.fact_reader import keys_of, reader_for
from memorygym.tracks.dialogue.generator import DialogueRecipe
from memorygym.tracks.dialogue.texts import shown
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.question_grammar import MONTHS, month_text
from memorygym.tracks.research.vocabulary import type_of
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Guide, Knowledge, Record
from tests.episodes import generated
from tests.layouts.blocks import Block, Item
from tests.tracks.codeqa.instances import instance

SOURCES = {3: "Register", 2: "Field report", 1: "Newsletter"}


def world_blocks(guide: Guide, records: Sequence[Record]) -> list[Block]:
    """What layouts render of records: one block each, in their order."""
    return [Block(r.name, guide.noun, tuple(_items(guide, r)), r.date) for r in records if r.name]


def _items(guide: Guide, record: Record) -> list[Item]:
    found = [Item("group", record.category, "category")] if record.category else []
    for code, value in record.values.items():
        a, former = guide.attribute(code), record.former.get(code)
        previous = "" if former is None else a.show(former)
        found.append(Item(a.label, a.show(value), a.kind, previous=previous))
    for code, amount in record.shifts.items():
        a = guide.attribute(code)
        way = "higher" if amount > 0 else "lower"
        found.append(Item(a.label, f"{a.number(abs(amount))} {way} than stated before", "shift"))
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    return found + [Item(phrases[code], other, "relation") for code, other in record.edges]


def ordered(records: Sequence[Record]) -> list[Record]:
    """The records in the order in which they hold."""
    return [record for listed in Knowledge(records).by_name.values() for record in listed]


def world_facts(records: Sequence[Record], guide: Guide) -> dict[tuple[str, ...], object]:
    """All facts that follow from records."""
    known = Knowledge(records)
    found: dict[tuple[str, ...], object] = {}
    for name, listed in known.by_name.items():
        values = {a.code: known.current(name, a.code) for a in guide.attributes}
        found |= {(name, code): value for code, value in values.items() if value is not None}
        found |= {(name, *edge): True for record in listed for edge in record.edges}
        if category := known.category(name):
            found[name, "category"] = category
    return found


@cache
def shown_world(template: str, entities: int = 12) -> tuple[str, tuple[Record, ...]]:
    """The system message of a task, and all that its documents state of some entities."""
    task = generated(template)
    reader = strong_reader(task.system)
    records = [r for e in task.events if "=== QUESTION" not in e.text for r in reader.read(e.text)]
    names = list(dict.fromkeys(record.name for record in records))[:entities]
    return task.system, tuple(ordered([r for r in records if r.name in names]))


def company_facts(text: str) -> dict[tuple[str, ...], object]:
    """What a text states of companies, with the words of the system message for the keys."""
    reader = strong_reader(shown_world("company")[0])
    words = {a.code: a.label for a in reader.guide.attributes} | {"category": "group"}
    words |= {relation.code: relation.phrase for relation in reader.guide.relations}
    facts = world_facts(reader.read(text), reader.guide)
    return {(name, words[code], *other): value for (name, code, *other), value in facts.items()}


def research_blocks(statements: Sequence[Statement]) -> list[Block]:
    """One block for each run of statements about one entity with one rank."""
    blocks: list[Block] = []
    for stated in statements:
        authority, day = stated.rank or (0, 0)
        date = f"{day % 100} {MONTHS[day // 100 % 100 - 1]} {day // 10_000}" if day else ""
        head = (stated.subject, type_of(stated.subject))
        block = Block(*head, (_item(stated),), date, SOURCES.get(authority, ""))
        last = blocks[-1] if blocks else None
        if last and (last.name, last.date) == (block.name, date):
            blocks[-1] = Block(*head, (*last.items, *block.items), date, block.source)
        else:
            blocks.append(block)
    return blocks


def _item(stated: Statement) -> Item:
    match stated.key.split(" "):
        case ["director", first, last]:
            months = (month_text(int(m[:4]) * 12 + int(m[5:]) - 1) for m in (first, last))
            return Item("director", stated.value, "entity", "from {} to {}".format(*months))
    if not stated.value.isdecimal():
        return Item(stated.key, stated.value, "entity")
    is_year = stated.key.endswith("year")
    return Item(stated.key, stated.value if is_year else f"{int(stated.value):,}", "int")


def current_facts(statements: Sequence[Statement]) -> dict[tuple[str, str], str]:
    """The current value of each key of each entity."""
    index = StatementIndex(statements)
    found = {}
    for stated in statements:
        current = index.get(stated.subject, stated.key)
        found[stated.subject, stated.key] = current.value if current else ""
    return found


@cache
def shown_research() -> tuple[Statement, ...]:
    """What the documents of a task state, 150 statements of it."""
    reader = ResearchReader()
    task = generated_research()
    return tuple(s for text in task for s in reader.read(text))[:150]


@cache
def generated_research() -> tuple[str, ...]:
    """The texts of the events of a task."""
    from memorygym.core.track import TaskOptions
    from memorygym.runs import tasks

    recipe = tasks.generated("research", TaskOptions(range(1), "", {})).recipes[0]
    return tuple(event.text for event in recipe.generate().events)


def dialogue_blocks(desk: Desk, statements: Sequence[Statement]) -> list[Block]:
    """One block for each subject, with the former values of what changed."""
    kinds = {key.code: key.kind for key in keys_of(desk)}
    stated: dict[str, dict[str, Item]] = {}
    for fact in statements:
        items = stated.setdefault(fact.subject, {})
        former = items.pop(fact.key, None)
        value, kind = shown(desk, fact.key, fact.value), kinds[fact.key]
        previous = former.value if former and former.value != value else ""
        kind = {"number": "int", "word": "text"}.get(kind, kind)
        items[fact.key] = Item(fact.key, value, kind, previous=previous)
    return [
        Block(name.capitalize() if " " not in name else name, "person", tuple(items.values()))
        for name, items in stated.items()
    ]


@cache
def shown_session(template: str) -> tuple[Desk, tuple[Statement, ...]]:
    """The template of a session, and what its messages state."""
    task = DialogueRecipe(template, 0).generate()
    reader = reader_for(template)
    script = thaw(task.state["script"])
    return desk_named(template), tuple(fact for text in script for fact in reader.read(text))


_CODE_LABELS = {
    "file": "module", "value": "value", "base": "parent class", "raises": "exception raised",
    "source": "code", "rows": "row cap", "breaks": "breakage", "setting": "trigger",
    "exception": "ending", "culprit": "culprit", "items": "item cap", "plan": "plan",
    "memory": "memory cap", "default": "default of {}", "argument": "argument {}",
}  # fmt: skip
_CODE_KINDS = {"source": "code", "file": "text", "plan": "text"} | dict.fromkeys(
    ("base", "raises", "setting", "exception", "culprit"), "entity"
)
_QUALIFIERS = {(0,): "by an import", (-1,): "superseded"}
EACH = 24
"""Facts of code that a text of notes holds besides the needed ones."""


def code_block(statement: Statement) -> Block:
    key, _, name = statement.key.partition(":")
    qualifier = _QUALIFIERS.get(statement.rank, "")
    if key in ("calls", "reads"):
        item = Item(key, name, "relation", qualifier)
    else:
        kind = _CODE_KINDS.get(key, "int" if statement.value.isdigit() else "text")
        item = Item(_CODE_LABELS[key].format(name), statement.value, kind, qualifier)
    date = ""
    if statement.rank[0] == 2:
        year, month, day, hour, minute = statement.rank[1:]
        date = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}"
    return Block(statement.subject, type_of_code(statement.subject), (item,), date)


@cache
def shown_code(form: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """All statements that an instance shows, and those that a text of notes holds."""
    dealt = instance("--form", form)
    every = [s for text in dealt["memory_files"].values() for s in codeqa.read(text)]
    distinct = [s for s in dict.fromkeys(every) if s.subject != s.value]
    needed = {(fact["subject"], fact["key"]) for fact in dealt["grounding_facts"]}
    needed |= {s[:2] for s in distinct if s.rank[0] != 1 and s.rank != (0,)}
    others = [s for s in distinct if s[:2] not in needed]
    needed |= {s[:2] for s in others[:: len(others) // EACH]}
    return tuple(every), tuple(s for s in distinct if s[:2] in needed)


def current_code(statements: tuple[Statement, ...]) -> dict[tuple[str, str], str]:
    known = StatementIndex(statements)
    keys = dict.fromkeys(statement[:2] for statement in statements)
    return {key: found.value for key in keys if (found := known.get(*key))}
