"""Question types that compare a few named entities."""

from fractions import Fraction

from memorygym.tracks.worlds.facts import Attribute, listed
from memorygym.tracks.worlds.generator.gold import Need
from memorygym.tracks.worlds.generator.question_sampler import (
    NAMED,
    PlannedQuestion,
    QuestionSampler,
)


def scaled(attribute: Attribute, value: Fraction) -> str:
    """A computed figure; one that is not whole gets one decimal more than the attribute has."""
    if value.denominator == 1:
        return attribute.number(int(value))
    places = attribute.decimals + 1
    shown = f"{float(value / 10**attribute.decimals):,.{places}f}"
    return f"{attribute.prefix}{shown}{attribute.suffix}"


def in_points(attribute: Attribute) -> str:
    """What an answer's form adds where the answer is a distance between percentages."""
    return " IN PERCENTAGE POINTS" if attribute.suffix == "%" else ""


def _names(sampler: QuestionSampler, entities: list[int]) -> str:
    return listed([sampler.name(entity) for entity in entities])


def _rivals(sampler: QuestionSampler, entities: list[int], winner: int) -> tuple[str, ...]:
    return tuple(sampler.name(entity) for entity in entities if entity != winner)


def synthesis(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which of five entities has the extreme value."""
    entities, a = sampler.entities(NAMED) or [], sampler.attribute("int", "float")
    word, highest = sampler.direction()
    winner = sampler.best(entities, a.code, highest=highest)
    if winner is None:
        return None
    text = (
        f"Which of {_names(sampler, entities)} has the {word} entry for {sampler.label(a)}?"
        " Answer as NAME (VALUE)."
    )
    needs = tuple(Need(entity, a.code) for entity in entities)
    rivals = _rivals(sampler, entities, winner)
    return PlannedQuestion(text, sampler.winner(winner, a.code), needs, (winner, a.code), rivals)


def comparison(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which of two entities has the larger value, and by how much."""
    entities, a = sampler.entities(2) or [], sampler.attribute("int", "float")
    winner = sampler.best(entities, a.code)
    if winner is None:
        return None
    gap = abs(sampler.number(entities[0], a.code) - sampler.number(entities[1], a.code))
    text = (
        f"Which of {_names(sampler, entities)} has the higher entry for {sampler.label(a)}, and by"
        f" how much? Answer as NAME (DIFFERENCE{in_points(a)})."
    )
    needs = tuple(Need(entity, a.code) for entity in entities)
    truth = f"{sampler.name(winner)} ({a.number(gap)})"
    return PlannedQuestion(text, truth, needs, (winner, a.code), _rivals(sampler, entities, winner))


def outlier(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which of five entities is farthest from their mean, and how far."""
    entities, a = sampler.entities(NAMED) or [], sampler.attribute("int", "float")
    if not entities:
        return None
    values = [sampler.number(entity, a.code) for entity in entities]
    mean = Fraction(sum(values), NAMED)
    gaps = sorted(((abs(v - mean), e) for v, e in zip(values, entities, strict=True)), reverse=True)
    if gaps[0][0] == gaps[1][0]:
        return None
    winner = gaps[0][1]
    text = (
        f"Which of {_names(sampler, entities)} lies farthest from their mean entry for"
        f" {sampler.label(a)}, and by how much? Answer as NAME (DEVIATION{in_points(a)}), with one"
        " decimal more than the entries have."
    )
    needs = tuple(Need(entity, a.code) for entity in entities)
    truth = f"{sampler.name(winner)} ({scaled(a, gaps[0][0])})"
    return PlannedQuestion(text, truth, needs, (winner, a.code), _rivals(sampler, entities, winner))


def multi_hop(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Groups five entities by category, picks a group by one attribute, a member by another."""
    entities = sampler.entities(NAMED)
    if not entities:
        return None
    groups: dict[str, list[int]] = {}
    for entity in entities:
        groups.setdefault(sampler.timeline.categories[entity], []).append(entity)
    if not 2 <= len(groups) <= 3 or max(map(len, groups.values())) < 2:
        return None
    a = sampler.attribute("int", "float")
    b = sampler.attribute("int", "float", but=[a.code])
    means = sorted(
        (
            (Fraction(sum(sampler.number(e, a.code) for e in members), len(members)), name)
            for name, members in groups.items()
        ),
        reverse=True,
    )
    chosen = groups[means[0][1]]
    winner = sampler.best(chosen, b.code)
    if means[0][0] == means[1][0] or winner is None or len(chosen) < 2:
        return None
    text = (
        f"Sort {_names(sampler, entities)} by their groups and take the group whose mean entry for"
        f" {sampler.label(a)} is highest: which of its members named here has the highest entry for"
        f" {sampler.label(b)}? Answer as NAME (VALUE)."
    )
    needs = tuple(Need(e, key) for e in entities for key in ("category", a.code, b.code))
    rivals = _rivals(sampler, entities, winner)
    return PlannedQuestion(text, sampler.winner(winner, b.code), needs, (winner, b.code), rivals)
