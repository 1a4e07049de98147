"""Every needed fact is followed from its first message to the answer, and entries back."""

from collections.abc import Iterator
from functools import cache

import pytest

from memorygym.agents.calls import END, calls, edit, read, submit, write
from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.outcome import Outcome
from memorygym.core.statements import FORMER
from memorygym.core.trace import MemoryUpdate, Trace
from memorygym.core.types import Budget
from memorygym.memories.markdown import Markdown
from memorygym.scoring.attribution import COMPOSED, Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.provenance import FactHistory, Provenance
from memorygym.tracks import research
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.strata import ResearchRecipe
from memorygym.tracks.worlds import TRACK
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.gold import WeightedQuestion
from memorygym.tracks.worlds.generator.task import generate
from tests.episodes import generated, gold, played
from tests.slow import mostly_slow

MEMORIES = ("full", "recency", "bm25", "bm25:top_k=1", "none")
AGENTS = ("strategic", "naive", "notice_keeper", "edit_dumper", "guesser")


@cache
def composed(memory: str, view: int | None, reasoner: str = "strong", tier: str = "lite") -> Trace:
    """An episode of a memory that shows what it likes, read by a locked reasoner."""
    task = generate("company", 3, tier)
    episode = Episode(
        WorldsEnv(task),
        lambda: registry.make("memory", memory),
        Budget(view=view),
    )
    return play(episode, TRACK.reasoners[reasoner](task))


def ways(trace: Trace) -> Iterator[tuple[Outcome, FactHistory]]:
    """Every needed fact of every question."""
    provenance = Provenance(trace)
    for outcome in outcomes(trace):
        for history in provenance.histories(outcome.goal):
            yield outcome, history


def broken(history: FactHistory) -> str:
    """The earliest step at which a fact was lost, by the places where it was found."""
    if any(appearance.passage.right for appearance in history.appearances):
        return ""
    if history.stored is not None and history.dropped is None:
        return "not retrieved"
    if history.stored is None:
        return "never written"
    held = history.fact.role != FORMER and any(span.until is None for span in history.spans)
    return "stale" if held else "dropped"


def relative(history: FactHistory) -> bool:
    """Whether a correction stated only the difference, so that no single text states the value."""
    return any(t.passage.says.endswith(("higher", "lower")) for t in history.mentions)


@mostly_slow(
    ("reasoner", "tier", "view"),
    [("weak", "lite", 2000), ("strong", "lite", None), ("strong", "multi", 500)],
)
@pytest.mark.parametrize("memory", MEMORIES)
def test_histories_agree_with_the_attribution_of_composed_memories(
    memory: str, reasoner: str, tier: str, view: int | None
) -> None:
    trace = composed(memory, view, reasoner, tier)
    single = [history for _, history in ways(trace) if not relative(history)]
    assert single and all(broken(history) == history.lost for history in single)


@pytest.mark.parametrize("agent", AGENTS)
def test_histories_agree_with_the_attribution_of_agents(agent: str) -> None:
    for seed in range(2):
        single = [j for _, j in ways(played(agent, generated(seed=seed))) if not relative(j)]
        assert single and [broken(j) for j in single] == [j.lost for j in single]


@pytest.mark.parametrize("memory", MEMORIES)
def test_the_earliest_broken_step_is_the_cause_of_the_miss(memory: str) -> None:
    trace = composed(memory, 500)
    for outcome, cause in Attribution(trace).causes:
        lost = {j.lost for j in Provenance(trace).histories(outcome.goal)} - {""}
        assert cause in lost if lost else cause not in lost


def test_every_message_that_stated_a_fact_is_listed() -> None:
    table = gold(generated(seed=3))
    for outcome, history in ways(composed("none", None)):
        events = [mention.event for mention in history.mentions]
        changes = [c.event for c in table.changes if c.new[:2] == history.fact[:2]]
        before = [event for event in changes if event < outcome.goal.event]
        assert events == [table.events[history.fact[:2]], *before]
        assert history.mentions[0].superseded == (before[0] if before else None)


def test_the_sentence_that_stated_a_fact_is_quoted() -> None:
    for _, history in ways(composed("none", None)):
        for mention in history.mentions:
            assert history.fact.subject in mention.passage.heading
            assert len(mention.passage.sentence) < 250 and "\n" not in mention.passage.sentence


def update(trace: Trace) -> tuple[WeightedQuestion, FactHistory]:
    """An update question of an episode, whose fact was stated in full twice."""
    return next(
        (outcome.goal, history)
        for outcome, history in ways(trace)
        if outcome.goal.kind == "update" and not relative(history)
    )


def test_a_superseded_value_in_view_is_seen() -> None:
    _, history = update(composed("full", None))
    assert history.lost == ""
    assert [appearance.passage.right for appearance in history.appearances] == [False, True]
    assert {appearance.source for appearance in history.appearances} == {COMPOSED}


def test_what_falls_out_of_a_window_was_dropped() -> None:
    _, history = update(composed("recency", 500))
    last = history.spans[-1]
    assert history.lost == "dropped" and history.dropped == last.until and not last.changed


def test_a_truncated_view_is_named() -> None:
    trace = composed("full", 500)
    question, history = update(trace)
    assert history.lost == "not retrieved" and history.appearances == ()
    assert "were beyond the view's 500 tokens" in Provenance(trace).limit_reasons(question.event)[0]


def test_an_entry_that_is_rewritten_and_read_is_followed() -> None:
    task, table = generated(seed=1), gold(generated(seed=1))
    question = next(q for q in table.questions if q.needs and isinstance(q.needs[0].value, int))
    (need, *_), event = question.needs, question.event
    episode, note = Episode(WorldsEnv(task), Markdown), f"{need.subject} {need.key} 77"
    plan = {0: [write(note), edit(" 77", " 88")], event: [read(), submit("8")]}
    for number in range(event + 1):
        for call in plan.get(number, ()):
            episode.step(calls(call))
        episode.step(END)
    history = Provenance(episode.trace).histories(question)[0]
    assert [(span.until, span.changed) for span in history.spans] == [(0, True), (None, False)]
    assert [(s.source, s.passage.says) for s in history.appearances] == [
        ("Read", history.spans[1].passage.says)
    ]
    assert history.lost == "never written"


def test_what_is_written_and_dropped_in_one_event_was_dropped() -> None:
    question, unseen = update(composed("none", None))
    passage = unseen.mentions[-1].passage
    text = f"{passage.heading}\n{passage.sentence}"
    episode = Episode(WorldsEnv(generate("company", 3, "lite")), Markdown, Budget())
    for call in (write(text), edit(text, "")):
        episode.step(calls(call))
    while not episode.done:
        episode.step(END)
    (history,) = Provenance(episode.trace).histories(question)
    assert (history.stored, history.dropped, history.lost) == (0, 0, "dropped")


@mostly_slow("memory", ["bm25", "full", "memorybank-lite"], quick=2)
def test_an_entry_comes_from_the_message_that_was_kept(memory: str) -> None:
    trace = composed(memory, None)
    provenance = Provenance(trace)
    stored = [(event, id) for event, held in trace.memory_states() for id in held]
    for id in dict.fromkeys(id for _, id in stored):
        (version,) = provenance.origins(id)
        assert not version.unfounded and version.sources
        assert version.since in {source.event for source in version.sources}


def test_a_fact_that_no_message_stated_is_unfounded() -> None:
    task = generated(seed=1)
    episode = Episode(WorldsEnv(task), Markdown)
    episode.step(calls(write(f"{gold(task).names[0]} b 123456789")))
    episode.step(calls(edit("b 123456789", "")))
    first, second = Provenance(episode.trace).origins("1")
    assert len(first.unfounded) == 1 and first.sources == () and first.changed
    assert second.unfounded == () and second.until is None


def test_an_entry_that_never_was_has_no_texts() -> None:
    assert Provenance(composed("bm25", 500)).origins("none such") == []


def test_no_entry_comes_from_a_message_that_was_shown_after_it() -> None:
    task = ResearchRecipe(ResearchSettings("hops4", 0, 0, 4, 12_000, "bridge")).generate()
    episode = Episode(research.TRACK.env(task), lambda: registry.make("memory", "full"))
    trace = play(episode, research.TRACK.reasoners["strong"](task))
    trace.gold = task.gold
    provenance = Provenance(trace)
    stored = (record for record in trace.records if isinstance(record, MemoryUpdate))
    for id in {entry.id for record in stored for entry in record.entries}:
        for version in provenance.origins(id):
            assert all(source.event <= version.since for source in version.sources)
