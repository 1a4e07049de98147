"""The gold table of worlds for a person: facts, relations, changes, questions and truths."""

from collections.abc import Iterator

from memorygym.tracks.worlds.facts import Guide, by_entity, category_in, values_in
from memorygym.tracks.worlds.generator.gold import Change, WorldsGold


def gold_text(gold: WorldsGold, guide: Guide) -> Iterator[str]:
    """The lines of a gold table."""

    yield "\n--- gold: facts as first stated"
    for facts in by_entity(gold.facts):
        values = ((guide.attribute(code), value) for code, value in values_in(facts).items())
        stated = "; ".join(
            f"{attribute.label} {attribute.show(value)}" for attribute, value in values
        )
        name = facts[0].subject
        event = gold.events[name, facts[0].key] + 1
        yield f"{name} ({category_in(facts)}, event {event}): {stated}"
    yield "\n--- gold: relations"
    for fact in gold.facts:
        if relation := guide.relation(fact.key):
            yield f"{fact.subject} {relation.phrase} {fact.value}"
    yield "\n--- gold: changes"
    for change in gold.changes:
        attribute = guide.attribute(change.new.key)
        old, new = attribute.show(change.old.value), attribute.show(change.new.value)
        where = f"event {change.event + 1}: {change.new.subject}"
        yield f"{where}, {attribute.label} {old} → {new} ({_manner(change)})"
    yield "\n--- gold: questions"
    for question in gold.questions:
        yield f"event {question.event + 1}, {question.question_type}: {question.text}"
        yield f"    truth: {question.truth}"


def _manner(change: Change) -> str:
    if not change.notice:
        return "a later document"
    return "correction by difference" if change.relative else "correction"
