"""The gold table of worlds for a person: facts, relations, changes, questions and truths."""

from collections.abc import Iterator

from memorygym.tracks.worlds.facts import Guide, Value
from memorygym.tracks.worlds.generator.gold import Change, WorldsGold


def gold_text(gold: WorldsGold, guide: Guide) -> Iterator[str]:
    """The lines of a gold table."""

    def shown(code: str, value: Value) -> str:
        attribute = guide.attribute(code)
        return f"{attribute.label} {attribute.show(value)}"

    yield "\n--- gold: facts as first stated"
    for name, category, values, event in zip(
        gold.names, gold.categories, gold.values, gold.shown, strict=True
    ):
        facts = "; ".join(
            shown(a.code, value) for a, value in zip(guide.attributes, values, strict=True)
        )
        yield f"{name} ({category}, event {event + 1}): {facts}"
    phrases = {relation.code: relation.phrase for relation in guide.relations}
    yield "\n--- gold: relations"
    for entity, code, other in gold.edges:
        yield f"{gold.names[entity]} {phrases[code]} {gold.names[other]}"
    yield "\n--- gold: changes"
    for change in gold.changes:
        old, new = shown(change.code, change.old), guide.attribute(change.code).show(change.new)
        where = f"event {change.event + 1}: {gold.names[change.entity]}"
        yield f"{where}, {old} → {new} ({_manner(change)})"
    yield "\n--- gold: questions"
    for question in gold.questions:
        yield f"event {question.event + 1}, {question.question_type}: {question.text}"
        yield f"    truth: {question.truth}"


def _manner(change: Change) -> str:
    if not change.notice:
        return "a later document"
    return "correction by difference" if change.relative else "correction"
