"""Facts of generated tasks as blocks, which layouts render and fact readers read again."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from memorygym.core.json_values import thaw
from memorygym.core.statements import AMONG, CATEGORY, FORMER, SHIFT, Statement, StatementIndex
from memorygym.core.tokens import MONTHS
from memorygym.tracks.dialogue.desk import Desk
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.fact_reader import keys_of, reader_for
from memorygym.tracks.dialogue.generator import DialogueRecipe
from memorygym.tracks.dialogue.texts import shown
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.relations import month_text
from memorygym.tracks.research.vocabulary import type_of
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Facts, Guide, category_in, values_in
from tests.episodes import generated
from tests.layouts.blocks import Block, Item

SOURCES = {3: "Register", 2: "Field report", 1: "Newsletter"}


def documents(facts: Iterable[Statement]) -> list[Facts]:
    """Facts by document, in the order in which they hold: by entity, and there by date."""
    groups: dict[tuple[str, str], list[Statement]] = {}
    for fact in facts:
        groups.setdefault((fact.subject, fact.date), []).append(fact)
    places = {subject: place for place, (subject, _) in reversed([*enumerate(groups)])}
    ordered = sorted(groups, key=lambda group: (places[group[0]], group[1]))
    return [tuple(groups[group]) for group in ordered]


def world_blocks(guide: Guide, facts: Iterable[Statement]) -> list[Block]:
    """What layouts render of facts: one block a document, in their order."""
    return [
        Block(own[0].subject, guide.noun, tuple(_items(guide, own)), own[0].date)
        for own in documents(facts)
    ]


def _items(guide: Guide, facts: Facts) -> Iterator[Item]:
    if category := category_in(facts):
        yield Item("group", category, "category")
    former = {fact.key: fact.value for fact in facts if fact.role == FORMER}
    for code, value in values_in(facts).items():
        a = guide.attribute(code)
        previous = a.show(former[code]) if code in former else ""
        yield Item(a.label, a.show(value), a.kind, previous=previous)
    for fact in (fact for fact in facts if fact.role == SHIFT):
        a = guide.attribute(fact.key)
        assert isinstance(fact.value, int)
        way = "higher" if fact.value > 0 else "lower"
        shown = f"{a.number(abs(fact.value))} {way} than stated before"
        yield Item(a.label, shown, "shift")
    for fact in facts:
        if relation := guide.relation(fact.key):
            yield Item(relation.phrase, fact.text, "relation")


def world_facts(facts: Iterable[Statement], guide: Guide) -> dict[tuple[str, ...], object]:
    """All that follows from facts."""
    facts = list(facts)
    known = StatementIndex(facts)
    found: dict[tuple[str, ...], object] = {}
    for name in known.subjects:
        values = {a.code: known.current(name, a.code) for a in guide.attributes}
        found |= {(name, code): value for code, value in values.items() if value is not None}
        if category := known.category(name):
            found[name, CATEGORY] = category
    return found | {(f.subject, f.key, f.text): True for f in facts if f.role == AMONG}


@cache
def shown_world(template: str, entities: int = 12) -> tuple[str, Facts]:
    """The system message of a task, and all that its documents state of some entities."""
    task = generated(template)
    reader = strong_reader(task.system)
    facts = [f for e in task.events if "=== QUESTION" not in e.text for f in reader.read(e.text)]
    names = list(dict.fromkeys(fact.subject for fact in facts))[:entities]
    shown = documents(fact for fact in facts if fact.subject in names)
    return task.system, tuple(fact for document in shown for fact in document)


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
