"""The ceiling: each question is shown one canonical sentence for every fact that it needs."""

from collections.abc import Iterator

from memorygym.core import Task
from memorygym.tracks.worlds.dealing.gold import Gold, Need, Question
from memorygym.tracks.worlds.facts import Guide
from memorygym.tracks.worlds.guide import read_guide


def sentences(task: Task) -> dict[int, str]:
    """By event of a question: one canonical sentence for every fact it needs."""
    gold = task.gold
    assert isinstance(gold, Gold)
    guide = read_guide(task.system)
    return {
        question.event: "\n".join(_told(gold, guide, question))
        for question in gold.questions
        if question.needs
    }


def _told(gold: Gold, guide: Guide, question: Question) -> Iterator[str]:
    """The facts by entity, a heading and a line each; earlier values stand first."""
    by_heading: dict[tuple[bool, int], list[Need]] = {}
    for need in question.needs:
        by_heading.setdefault((not need.old, need.entity), []).append(need)
    for (current, entity), needs in sorted(by_heading.items()):
        yield f"[Fact · {gold.names[entity]} · {'current' if current else 'before the change'}]"
        yield " ".join(_sentence(gold, guide, question, need) for need in needs)


def _sentence(gold: Gold, guide: Guide, question: Question, need: Need) -> str:
    name = gold.names[need.entity]
    if need.key == "category":
        return f"{name} belongs to the '{gold.categories[need.entity]}' group."
    code, _, target = need.key.partition(">")
    if target:
        phrase = next(relation.phrase for relation in guide.relations if relation.code == code)
        return f"{name} {phrase} {gold.names[int(target)]}."
    attribute = guide.attribute(code)
    value = attribute.show(gold.value(need.entity, code, -1 if need.old else question.event))
    shown = f'"{value}"' if attribute.kind == "text" else value
    return f"{name} {'gave' if need.old else 'gives'} {shown} for {attribute.label}."
