"""Questions along relations; symmetric ones count both ways."""

from memorygym.tracks.worlds.facts import Relation
from memorygym.tracks.worlds.generator.gold import Need
from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler


def _related(
    sampler: QuestionSampler, entity: int, relation: Relation
) -> tuple[list[int], list[Need]]:
    """Who stands in the relation, as told by now, and the tellings that say so."""
    found: list[int] = []
    needs: list[Need] = []
    for source, code, target in sampler.timeline.edges_at(entity):
        if code != relation.code or sampler.timeline.shown[source] >= sampler.event:
            continue
        if source == entity or relation.symmetric:
            found.append(target if source == entity else source)
            needs.append(Need(source, f"{code}>{target}"))
    return found, needs


def _known(sampler: QuestionSampler, entities: list[int]) -> bool:
    return all(sampler.timeline.shown[entity] < sampler.event for entity in entities)


def _start(
    sampler: QuestionSampler, least: int, most: int
) -> tuple[int, Relation, list[int], list[Need]] | None:
    """An entity with that many related ones, all of which have been shown."""
    for _ in range(40):
        sources = sampler.timeline.sources
        entity = sampler.stream.choice(sources) if sources else sampler.entity()
        relation = sampler.stream.choice(sampler.guide.relations)
        found, needs = _related(sampler, entity, relation)
        if least <= len(found) <= most and _known(sampler, [entity, *found]):
            return entity, relation, found, needs
    return None


def lookup(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The one that an entity is related to."""
    start = _start(sampler, 1, 1)
    if start is None:
        return None
    entity, relation, found, needs = start
    text = (
        f'Complete the sentence "{sampler.name(entity)} {relation.phrase} ...": which'
        f" {sampler.guide.noun} is it? Answer as NAME."
    )
    about = (entity, sampler.guide.key_attributes[0])
    return PlannedQuestion(
        text, sampler.name(found[0]), tuple(needs), about, (sampler.name(entity),)
    )


def hop(sampler: QuestionSampler) -> PlannedQuestion | None:
    """An attribute of the related one."""
    start = _start(sampler, 1, 1)
    if start is None:
        return None
    entity, relation, found, needs = start
    a = sampler.attribute("int", "float", "date", "text")
    text = (
        f"Take the {sampler.guide.noun} that completes"
        f' "{sampler.name(entity)} {relation.phrase} ...".'
        f" What is the entry for {sampler.label(a)} under that name?"
    )
    needs.append(Need(found[0], a.code))
    return PlannedQuestion(text, sampler.show(found[0], a.code), tuple(needs), (found[0], a.code))


def chain(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Two relations in a row, and an attribute at the end."""
    start = _start(sampler, 1, 1)
    if start is None:
        return None
    entity, first, found, needs = start
    second = sampler.stream.choice(sampler.guide.relations)
    last, more = _related(sampler, found[0], second)
    if len(last) != 1 or last[0] == entity or not _known(sampler, last):
        return None
    a = sampler.attribute("int", "float")
    text = (
        f'Follow "{sampler.name(entity)} {first.phrase} ..." and from there "... {second.phrase}'
        f' ...": which {sampler.guide.noun} do you reach, and what is the entry for'
        f" {sampler.label(a)} under that name? Answer as NAME (VALUE)."
    )
    needs += [*more, Need(last[0], a.code)]
    rivals = (sampler.name(entity), sampler.name(found[0]))
    return PlannedQuestion(
        text, sampler.winner(last[0], a.code), tuple(needs), (last[0], a.code), rivals
    )


def count(sampler: QuestionSampler) -> PlannedQuestion | None:
    """How many, and which."""
    start = _start(sampler, 2, 5)
    if start is None:
        return None
    entity, relation, found, needs = start
    text = (
        f'How many {sampler.guide.plural} complete the sentence "{sampler.name(entity)}'
        f' {relation.phrase} ...", and which? Answer as COUNT (NAMES).'
    )
    names = ", ".join(sampler.name(other) for other in found)
    about = (entity, sampler.guide.key_attributes[0])
    return PlannedQuestion(text, f"{len(found)} ({names})", tuple(needs), about)


def best_of(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The extreme of the related ones."""
    start = _start(sampler, 2, 5)
    if start is None:
        return None
    entity, relation, found, needs = start
    a = sampler.attribute("int", "float")
    winner = sampler.best(found, a.code)
    if winner is None:
        return None
    text = (
        f"Of all {sampler.guide.plural} that complete"
        f' "{sampler.name(entity)} {relation.phrase} ...",'
        f" which has the highest entry for {sampler.label(a)}? Answer as NAME (VALUE)."
    )
    needs += [Need(other, a.code) for other in found]
    rivals = tuple(sampler.name(e) for e in [entity, *found] if e != winner)
    return PlannedQuestion(
        text, sampler.winner(winner, a.code), tuple(needs), (winner, a.code), rivals
    )
