"""Question types about relations; a symmetric relation holds in both directions."""

from memorygym.tracks.worlds.facts import Relation
from memorygym.tracks.worlds.generator.gold import Need
from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler


def _related(
    sampler: QuestionSampler, entity: int, relation: Relation
) -> tuple[list[int], list[Need]]:
    """The related entities as stated before this event, and the facts that state the relations."""
    others: list[int] = []
    needs: list[Need] = []
    for source, code, target in sampler.timeline.edges_at(entity):
        if code != relation.code or sampler.timeline.shown[source] >= sampler.event:
            continue
        if source == entity or relation.symmetric:
            others.append(target if source == entity else source)
            needs.append(Need(source, f"{code}>{target}"))
    return others, needs


def _all_shown(sampler: QuestionSampler, entities: list[int]) -> bool:
    return all(sampler.timeline.shown[entity] < sampler.event for entity in entities)


def _start(
    sampler: QuestionSampler, least: int, most: int
) -> tuple[int, Relation, list[int], list[Need]] | None:
    """An entity with `least` to `most` related ones, all of which have been shown."""
    for _ in range(40):
        sources = sampler.timeline.sources
        entity = sampler.stream.choice(sources) if sources else sampler.entity()
        relation = sampler.stream.choice(sampler.guide.relations)
        others, needs = _related(sampler, entity, relation)
        if least <= len(others) <= most and _all_shown(sampler, [entity, *others]):
            return entity, relation, others, needs
    return None


def lookup(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which entity another one is related to."""
    start = _start(sampler, 1, 1)
    if start is None:
        return None
    entity, relation, others, needs = start
    text = (
        f'Complete the sentence "{sampler.name(entity)} {relation.phrase} ...": which'
        f" {sampler.guide.noun} is it? Answer as NAME."
    )
    about = (entity, sampler.guide.key_attributes[0])
    return PlannedQuestion(
        text, sampler.name(others[0]), tuple(needs), about, (sampler.name(entity),)
    )


def hop(sampler: QuestionSampler) -> PlannedQuestion | None:
    """An attribute of the related entity."""
    start = _start(sampler, 1, 1)
    if start is None:
        return None
    entity, relation, others, needs = start
    a = sampler.attribute("int", "float", "date", "text")
    text = (
        f"Take the {sampler.guide.noun} that completes"
        f' "{sampler.name(entity)} {relation.phrase} ...".'
        f" What is the entry for {sampler.label(a)} under that name?"
    )
    needs.append(Need(others[0], a.code))
    return PlannedQuestion(text, sampler.show(others[0], a.code), tuple(needs), (others[0], a.code))


def chain(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which entity two relations in a row lead to, and one of its attributes."""
    start = _start(sampler, 1, 1)
    if start is None:
        return None
    entity, first, others, needs = start
    second = sampler.stream.choice(sampler.guide.relations)
    last, more_needs = _related(sampler, others[0], second)
    if len(last) != 1 or last[0] == entity or not _all_shown(sampler, last):
        return None
    a = sampler.attribute("int", "float")
    text = (
        f'Follow "{sampler.name(entity)} {first.phrase} ..." and from there "... {second.phrase}'
        f' ...": which {sampler.guide.noun} do you reach, and what is the entry for'
        f" {sampler.label(a)} under that name? Answer as NAME (VALUE)."
    )
    needs += [*more_needs, Need(last[0], a.code)]
    rivals = (sampler.name(entity), sampler.name(others[0]))
    return PlannedQuestion(
        text, sampler.winner(last[0], a.code), tuple(needs), (last[0], a.code), rivals
    )


def count(sampler: QuestionSampler) -> PlannedQuestion | None:
    """How many entities are related, and which."""
    start = _start(sampler, 2, 5)
    if start is None:
        return None
    entity, relation, others, needs = start
    text = (
        f'How many {sampler.guide.plural} complete the sentence "{sampler.name(entity)}'
        f' {relation.phrase} ...", and which? Answer as COUNT (NAMES).'
    )
    names = ", ".join(sampler.name(other) for other in others)
    about = (entity, sampler.guide.key_attributes[0])
    return PlannedQuestion(text, f"{len(others)} ({names})", tuple(needs), about)


def best_of(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which of the related entities has the highest value."""
    start = _start(sampler, 2, 5)
    if start is None:
        return None
    entity, relation, others, needs = start
    a = sampler.attribute("int", "float")
    winner = sampler.best(others, a.code)
    if winner is None:
        return None
    text = (
        f"Of all {sampler.guide.plural} that complete"
        f' "{sampler.name(entity)} {relation.phrase} ...",'
        f" which has the highest entry for {sampler.label(a)}? Answer as NAME (VALUE)."
    )
    needs += [Need(other, a.code) for other in others]
    rivals = tuple(sampler.name(e) for e in [entity, *others] if e != winner)
    return PlannedQuestion(
        text, sampler.winner(winner, a.code), tuple(needs), (winner, a.code), rivals
    )
