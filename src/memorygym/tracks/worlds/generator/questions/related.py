"""Questions along relations; symmetric ones count both ways."""

from memorygym.tracks.worlds.facts import Relation
from memorygym.tracks.worlds.generator.gold import Need
from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler


def _related(
    board: QuestionSampler, entity: int, relation: Relation
) -> tuple[list[int], list[Need]]:
    """Who stands in the relation, as told by now, and the tellings that say so."""
    found: list[int] = []
    needs: list[Need] = []
    for source, code, target in board.ground.edges_at(entity):
        if code != relation.code or board.ground.shown[source] >= board.event:
            continue
        if source == entity or relation.symmetric:
            found.append(target if source == entity else source)
            needs.append(Need(source, f"{code}>{target}"))
    return found, needs


def _known(board: QuestionSampler, entities: list[int]) -> bool:
    return all(board.ground.shown[entity] < board.event for entity in entities)


def _start(
    board: QuestionSampler, least: int, most: int
) -> tuple[int, Relation, list[int], list[Need]] | None:
    """An entity with that many related ones, all of which have been shown."""
    for _ in range(40):
        sources = board.ground.sources
        entity = board.stream.choice(sources) if sources else board.entity()
        relation = board.stream.choice(board.guide.relations)
        found, needs = _related(board, entity, relation)
        if least <= len(found) <= most and _known(board, [entity, *found]):
            return entity, relation, found, needs
    return None


def lookup(board: QuestionSampler) -> PlannedQuestion | None:
    """The one that an entity is related to."""
    start = _start(board, 1, 1)
    if start is None:
        return None
    entity, relation, found, needs = start
    text = (
        f'Complete the sentence "{board.name(entity)} {relation.phrase} ...": which'
        f" {board.guide.noun} is it? Answer as NAME."
    )
    about = (entity, board.guide.key_attributes[0])
    return PlannedQuestion(text, board.name(found[0]), tuple(needs), about, (board.name(entity),))


def hop(board: QuestionSampler) -> PlannedQuestion | None:
    """An attribute of the related one."""
    start = _start(board, 1, 1)
    if start is None:
        return None
    entity, relation, found, needs = start
    a = board.attribute("int", "float", "date", "text")
    text = (
        f'Take the {board.guide.noun} that completes "{board.name(entity)} {relation.phrase} ...".'
        f" What is the entry for {board.label(a)} under that name?"
    )
    needs.append(Need(found[0], a.code))
    return PlannedQuestion(text, board.show(found[0], a.code), tuple(needs), (found[0], a.code))


def chain(board: QuestionSampler) -> PlannedQuestion | None:
    """Two relations in a row, and an attribute at the end."""
    start = _start(board, 1, 1)
    if start is None:
        return None
    entity, first, found, needs = start
    second = board.stream.choice(board.guide.relations)
    last, more = _related(board, found[0], second)
    if len(last) != 1 or last[0] == entity or not _known(board, last):
        return None
    a = board.attribute("int", "float")
    text = (
        f'Follow "{board.name(entity)} {first.phrase} ..." and from there "... {second.phrase}'
        f' ...": which {board.guide.noun} do you reach, and what is the entry for {board.label(a)}'
        " under that name? Answer as NAME (VALUE)."
    )
    needs += [*more, Need(last[0], a.code)]
    rivals = (board.name(entity), board.name(found[0]))
    return PlannedQuestion(
        text, board.winner(last[0], a.code), tuple(needs), (last[0], a.code), rivals
    )


def count(board: QuestionSampler) -> PlannedQuestion | None:
    """How many, and which."""
    start = _start(board, 2, 5)
    if start is None:
        return None
    entity, relation, found, needs = start
    text = (
        f'How many {board.guide.plural} complete the sentence "{board.name(entity)}'
        f' {relation.phrase} ...", and which? Answer as COUNT (NAMES).'
    )
    names = ", ".join(board.name(other) for other in found)
    about = (entity, board.guide.key_attributes[0])
    return PlannedQuestion(text, f"{len(found)} ({names})", tuple(needs), about)


def best_of(board: QuestionSampler) -> PlannedQuestion | None:
    """The extreme of the related ones."""
    start = _start(board, 2, 5)
    if start is None:
        return None
    entity, relation, found, needs = start
    a = board.attribute("int", "float")
    winner = board.best(found, a.code)
    if winner is None:
        return None
    text = (
        f'Of all {board.guide.plural} that complete "{board.name(entity)} {relation.phrase} ...",'
        f" which has the highest entry for {board.label(a)}? Answer as NAME (VALUE)."
    )
    needs += [Need(other, a.code) for other in found]
    rivals = tuple(board.name(e) for e in [entity, *found] if e != winner)
    return PlannedQuestion(
        text, board.winner(winner, a.code), tuple(needs), (winner, a.code), rivals
    )
