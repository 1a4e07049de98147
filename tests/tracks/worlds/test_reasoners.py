"""The scripted reasoners and the gold evidence: what they can answer, and what they cannot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pytest

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.errors import UnknownPart
from memorygym.core.outcome import Outcome
from memorygym.core.statements import Statement, Value
from memorygym.core.types import JSON, Budget, Event, Memory, Message, Task
from memorygym.runs.comparison.memory_specs import Oracle, least_view
from memorygym.runs.systems import scripted
from memorygym.scoring.episode_scores import outcomes
from memorygym.tracks.worlds import TRACK
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.reasoners import note_taker
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import generated

TEMPLATES = registry.names("templates")


def answered(
    task: Task, make: Callable[[], Memory], view: int | None = None, reasoner: str = "strong"
) -> list[Outcome]:
    """The outcomes of a task's answerable questions, played with a memory and a reasoner."""
    episode = Episode(WorldsEnv(replace(task, gold=None)), make, Budget(view=view))
    trace = play(episode, scripted(reasoner, task))
    trace.gold = task.gold
    return [outcome for outcome in outcomes(trace) if outcome.goal.kind != "abstention"]


def share(results: list[Outcome]) -> float:
    return sum(outcome.correct for outcome in results) / len(results)


def memory(name: str) -> Callable[[], Memory]:
    return partial(registry.make, "memory", name)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_strong_reasoner_answers_everything_with_full_context_and_nothing_without(
    template: str,
) -> None:
    task = generated(template, 1, "standard")
    assert share(answered(task, memory("full"))) == 1
    assert share(answered(task, memory("none"))) == 0


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_facts_of_the_oracle_answer_every_question(template: str) -> None:
    task = generated(template, 1, "standard")
    assert share(answered(task, partial(Oracle, TRACK.oracle(task)), 1000)) == 1


@pytest.mark.parametrize("template", TEMPLATES[:4])
def test_the_strong_reasoner_solves_scattered_facts_and_the_weak_one_a_part(template: str) -> None:
    task = generated(template, 0, "scattered")
    assert share(answered(task, memory("full"))) == 1
    assert share(answered(task, partial(Oracle, TRACK.oracle(task)), 1000)) == 1
    assert 0.2 <= share(answered(task, memory("full"), reasoner="weak")) < 0.85


def test_the_oracle_shows_all_that_a_question_needs_or_nothing() -> None:
    task = generated("company", 1, "standard")
    least = least_view(TRACK, task)
    assert share(answered(task, partial(Oracle, TRACK.oracle(task)), least - 1)) == 0
    assert 0 < share(answered(task, partial(Oracle, TRACK.oracle(task)), least)) < 1


def test_the_weak_reasoner_loses_fifteen_points_with_full_context() -> None:
    results = [
        outcome
        for template in TEMPLATES
        for outcome in answered(generated(template, 1), memory("full"), reasoner="weak")
    ]
    assert 0.2 < share(results) < 0.85


def test_an_unknown_reasoner_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownPart, match="no reasoner named 'stong'; did you mean strong"):
        scripted("stong", WorldsSettings("company", 0, "lite").generate())


def test_the_scripted_writer_stores_notes_and_answers_from_them() -> None:
    task = generated("company", 1, "standard")
    trace = play(
        Episode(WorldsEnv(replace(task, gold=None)), memory("markdown")),
        note_taker(scripted("strong", task), task),
    )
    trace.gold = task.gold
    assert 0.2 < share([o for o in outcomes(trace) if o.goal.kind != "abstention"]) < 1


@pytest.mark.parametrize(("reasoner", "answer"), [("strong", "9"), ("weak", "7")])
def test_the_weak_reasoner_takes_the_first_entity_that_one_clause_fits(
    reasoner: str, answer: str
) -> None:
    task = generated("company", 1, "standard")
    guide = strong_reader(task.system).guide
    relation, number, groups = (
        guide.relations[0].phrase,
        guide.attributes[0].label,
        guide.categories,
    )
    text = "\n\n".join(
        f"[Fact · {name} · now]\n{name} {relation} Eve Harbor. {name} gives {value} for {number}."
        f" {name} belongs to the '{group}' group."
        for name, value, group in (("Ann Harbor", 7, groups[0]), ("Bob Harbor", 9, groups[1]))
    )
    question = (
        f"=== QUESTION · event 9 of 9 · 5 March 2031 ===\nPlease state the entry of the company"
        f" that {relation} Eve Harbor and belongs to the '{groups[1]}' group for {number}."
    )
    view = [Message("system", task.system), Message("user", text), Message("user", question)]
    assert scripted(reasoner, task).act(view, ()).calls[0].arguments == {"answer": answer}


@pytest.mark.parametrize("others", [("Bob", "Cat"), ("Cat", "Bob")])
def test_the_weak_reasoner_believes_the_first_of_two_words_on_a_relation(
    others: tuple[str, str],
) -> None:
    task = generated("company", 1, "standard")
    guide = strong_reader(task.system).guide
    relation, attribute = guide.relations[0], guide.attributes[0]
    facts = [(attribute.code, 7), *((relation.code, f"{other} Harbor") for other in others)]
    question = (
        f'Complete the sentence "Ann Harbor {relation.phrase} ...": which {guide.noun} is it?'
        " Answer as NAME."
    )
    assert weak_answer(task, facts, question) == f"{others[0]} Harbor"


@pytest.mark.parametrize("values", [(7, 9), (9, 7)])
def test_the_weak_reasoner_believes_the_first_of_two_values(values: tuple[int, int]) -> None:
    task = generated("company", 1, "standard")
    number = next(a for a in strong_reader(task.system).guide.attributes if a.kind == "int")
    question = f"Please state the entry of Ann Harbor for {number.label}."
    facts = [(number.code, value) for value in values]
    assert weak_answer(task, facts, question) == number.show(values[0])


def weak_answer(task: Task, facts: Sequence[tuple[str, Value]], question: str) -> JSON:
    """The weak reasoner's answer from documents that each state one fact of Ann Harbor."""
    guide = strong_reader(task.system).guide
    documents = (
        f"[Fact · Ann Harbor · now]\n{guide.sentence(Statement('Ann Harbor', *fact))}"
        for fact in facts
    )
    head, end = "=== QUESTION · event 9 of 9 · 5 March 2031 ===", "Answer with submit_answer."
    asked = f"{head}\n{question}\n\n{end}"
    text = "\n\n".join(documents)
    task = replace(task, events=(Event("documents", text),))
    texts = [("system", task.system), ("user", text), ("user", asked)]
    reply = scripted("weak", task).act([Message(*text) for text in texts], ())
    assert isinstance(reply.calls[0].arguments, Mapping)
    return reply.calls[0].arguments["answer"]
