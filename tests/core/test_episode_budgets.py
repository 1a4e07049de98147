"""Budgets are hard on every path; a refusal costs and stores nothing, and names both figures."""

from collections.abc import Mapping, Sequence

import pytest

from memorygym.agents.calls import END, calls, edit, read, write
from memorygym.core.episode import Episode
from memorygym.core.trace import LimitHit, MemoryUpdate
from memorygym.core.types import JSON, Budget, Entry, Event, Memory, MemoryContext, Message
from memorygym.memories.stores.notebook import TOOLS
from tests.episodes import WORDS, begin, recorded, say
from tests.memories.attackers import Mirror


def first(n: int) -> str:
    """n words, n tokens."""
    return " ".join(WORDS.split()[:n])


def measured(episode: Episode) -> tuple[int, int]:
    """Tokens held and writes paid, by the last record."""
    stored = recorded(episode, MemoryUpdate)
    return (stored[-1].tokens, stored[-1].writes) if stored else (0, 0)


@pytest.mark.parametrize(
    ("before", "text", "refusal"),
    [
        ((), first(9), "refused: 9 tokens in the entry asked, 8 allowed; nothing was stored"),
        ((7,), first(6), "refused: 13 tokens in memory asked, 12 allowed; nothing was stored"),
        ((1, 1, 1), "alpha", "refused: 4 writes asked, 3 allowed; nothing was stored"),
        ((), "x" * 1_000_001, "refused: 1,000,001 characters asked, 1,000,000 allowed"),
        ((), "alpha \ud800", "refused: the text holds lone surrogates, which are not characters"),
        ((), " \n\t ", "refused: nothing to store (the text is empty)"),
    ],
)
def test_a_write_beyond_a_limit_names_both_figures_and_costs_nothing(
    before: Sequence[int], text: str, refusal: str
) -> None:
    episode = begin()
    for n in before:
        say(episode, calls(write(first(n))))
    then = measured(episode), say(episode, calls(read()))
    assert say(episode, calls(write(text))) == refusal
    assert (measured(episode), say(episode, calls(read()))) == then


def test_limits_may_be_filled_to_the_last_token() -> None:
    episode = begin()
    answers = [say(episode, calls(write(first(n)))) for n in (8, 3, 1)]
    assert (answers, measured(episode)) == (["stored"] * 3, (12, 3))


@pytest.mark.parametrize(
    ("old", "refusal"),
    [
        ("alpha", "occurs 2 times, and must occur exactly once"),
        ("delta", "occurs 2 times, and must occur exactly once"),
        ("bravo\nalpha", "occurs 0 times, and must occur exactly once"),
        ("", "is empty"),
    ],
)
def test_an_edit_must_meet_its_text_exactly_once(old: str, refusal: str) -> None:
    episode = begin()
    say(episode, calls(write("alpha bravo"), write("alpha delta delta")))
    assert say(episode, calls(edit(old, "echo"))) == f"refused: old_text {refusal}"
    assert measured(episode) == (5, 2)


@pytest.mark.parametrize(
    ("new", "answer", "tokens"),
    [
        (first(9), "refused: 9 tokens in the entry asked, 8 allowed; nothing was stored", 8),
        (first(6), "refused: 13 tokens in memory asked, 12 allowed; nothing was stored", 8),
        (first(5), "edited", 12),
        ("", "edited", 7),
    ],
)
def test_an_edit_obeys_the_limits_of_a_write(new: str, answer: str, tokens: int) -> None:
    episode = begin()
    say(episode, calls(write(first(7)), write("lima")))
    assert say(episode, calls(edit("lima", new))) == answer
    assert measured(episode)[0] == tokens


def test_an_entry_edited_to_nothing_is_gone_and_frees_its_tokens() -> None:
    episode = begin()
    say(episode, calls(write(first(8)), write("kilo lima")))
    assert say(episode, calls(edit(first(8), " "))) == "edited"
    assert (say(episode, calls(read())), measured(episode)) == ("kilo lima", (2, 3))


CORRECTION = Event("correction", WORDS, free_edits=1)


def test_only_the_first_edit_of_a_correction_is_free_and_a_refused_one_stays_free() -> None:
    episode = begin(CORRECTION)
    say(episode, calls(write("alpha"), edit("golf", "x"), edit("alpha", first(9))))
    say(episode, calls(edit("alpha", "bravo")))
    assert measured(episode) == (1, 1)
    say(episode, calls(edit("bravo", "delta")))
    assert measured(episode) == (1, 2)


def test_a_free_edit_ends_with_its_event() -> None:
    episode = begin(CORRECTION, WORDS)
    say(episode, calls(write("alpha")))
    episode.step(END)
    say(episode, calls(edit("alpha", "bravo")))
    assert measured(episode) == (1, 2)


def test_a_free_edit_is_possible_when_no_write_is_left() -> None:
    episode = begin(WORDS, CORRECTION)
    say(episode, calls(*[write(word) for word in ("alpha", "bravo", "delta")]))
    episode.step(END)
    assert say(episode, calls(edit("delta", "echo"))) == "edited"
    assert say(episode, calls(edit("echo", "golf"))).startswith("refused: 4 writes asked")


def test_a_word_has_the_price_at_which_it_was_stored() -> None:
    episode = begin("alpha", "zulu")
    say(episode, calls(write("zulu")))
    episode.step(END)
    say(episode, calls(write("zulu zulu")))
    assert measured(episode) == (2 + 2, 2)


def test_what_a_memory_tool_returns_makes_no_word_known() -> None:
    episode = begin("alpha")
    say(episode, calls(write("qzqz"), read()))
    say(episode, calls(write("qzqz alpha")))
    assert measured(episode) == (2 + 3, 2)


def test_the_status_line_states_what_is_left() -> None:
    episode = begin(WORDS, WORDS)
    say(episode, calls(write(first(5))))
    episode.step(END)
    status = "[memory: 2 of 3 writes left; 5 of 12 tokens held; at most 8 tokens an entry]"
    assert episode.view()[1] == Message("user", status)


@pytest.mark.parametrize(
    ("budget", "stated"),
    [
        (Budget(), "no limits"),
        (Budget(capacity=1000), "0 of 1,000 tokens held"),
        (Budget(writes=3, slot=8), "3 of 3 writes left; at most 8 tokens an entry"),
    ],
)
def test_the_status_line_states_each_limit_that_holds(budget: Budget, stated: str) -> None:
    assert begin(WORDS, budget=budget).view()[1] == Message("user", f"[memory: {stated}]")


@pytest.mark.parametrize(
    ("view", "shown"), [(None, 12), (60, 12), (59, 11), (10, 2), (4, 0), (0, 0)]
)
def test_what_a_memory_adds_to_a_view_stays_within_its_budget(view: int | None, shown: int) -> None:
    live = WORDS.replace(" ", "\n\n")
    episode = begin(live, budget=Budget(view=view), memory=Mirror)
    assert [m.content for m in episode.view()[1:]] == [*WORDS.split()[:shown], live]


class Hoarder(Memory):
    """Keeps all that it sees without asking its context."""

    def open(self, context: MemoryContext) -> None:
        self._all: list[Entry] = []

    def observe(self, new: Sequence[Message]) -> None:
        self._all += [Entry(str(len(self._all)), m.content) for m in new if m.role == "user"]

    def dump(self) -> list[Entry]:
        return list(self._all)

    def restore(self, entries: Sequence[Entry]) -> None:
        self._all = list(entries)


class Smuggler(Memory):
    """Stores one word through its context and keeps a hundred."""

    tools = TOOLS[:1]

    def open(self, context: MemoryContext) -> None:
        self._context = context
        self._held: list[Entry] = []

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        self._context.store("alpha")
        self._held = [Entry("1", "alpha " * 100)]
        return "stored"

    def dump(self) -> list[Entry]:
        return self._held

    def restore(self, entries: Sequence[Entry]) -> None:
        self._held = list(entries)


@pytest.mark.parametrize("memory", [Hoarder, Smuggler])
def test_a_memory_that_outgrows_its_capacity_without_asking_is_undone(memory: type[Memory]) -> None:
    episode = begin(*[WORDS] * 3, memory=memory)
    while not episode.done:
        episode.step(calls(write("alpha")))
        episode.step(END)
    reasons = [record.reason for record in recorded(episode, LimitHit)]
    assert "memory beyond its capacity was undone" in reasons
    assert measured(episode)[0] <= 12


def test_what_a_memory_stores_without_tools_is_counted_and_recorded() -> None:
    episode = begin("alpha", "bravo", memory=Hoarder)
    episode.step(END)
    assert [r.entries for r in recorded(episode, MemoryUpdate)] == [(Entry("0", "alpha"),)]


class Labeller(Hoarder):
    """Keeps a keyword with every text; what it is given back, it has."""

    def observe(self, new: Sequence[Message]) -> None:
        texts = [message.content for message in new if message.role == "user"]
        self._all += [Entry(str(len(self._all) + 1), text, " charlie \n") for text in texts]


def test_what_a_memory_finds_texts_by_is_counted_and_recorded_apart_from_them() -> None:
    memories: list[Memory] = []
    made = lambda: memories.append(Labeller()) or memories[-1]  # noqa: E731
    episode = begin("alpha", Event("documents", "bravo", session=True), memory=made)
    episode.step(END)
    (update,) = recorded(episode, MemoryUpdate)
    assert (update.entries, update.tokens) == ((Entry("1", "alpha", "charlie"),), 7)
    assert memories[1].dump()[0] == Entry("1", "alpha", "charlie")
    assert episode.trace.final_memory == {"1": "alpha"}


def test_a_text_is_charged_as_it_is_stored_without_needless_blanks() -> None:
    episode = begin()
    say(episode, calls(write("  alpha \t bravo \n\n charlie \n\n\n delta  ")))
    plain = begin()
    say(plain, calls(write("alpha bravo\ncharlie\ndelta")))
    assert measured(episode) == measured(plain)
