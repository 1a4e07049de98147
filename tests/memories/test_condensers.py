"""Condensers: what they keep, when they ask their model, and what they ask it."""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.core.errors import ProviderFailure
from memorygym.core.rng import named_rng
from memorygym.core.types import Call, Message
from memorygym.memories.stores.prompts import TOLD
from memorygym.models.extractive import write
from tests.memories import parts

NAMES = (
    "naive", "sliding_window", "llm_summarizing", "structured_summary", "adaptive_token_budget",
)  # fmt: skip
SMALL = "llm_summarizing:max_size=8:condensation_ratio=0.5"
LIVE = (Message("user", "What now?"),)


class Writer:
    """Writes the same again and again, and notes what it was asked."""

    def __init__(self, written: str = "All is well.") -> None:
        self.written = written
        self.tasks: list[str] = []
        self.texts: list[str] = []

    def __call__(self, task: str, text: str, most: int) -> str:
        self.tasks.append(task)
        self.texts.append(text)
        return self.written


every = pytest.mark.parametrize("name", NAMES)


opened = partial(parts.opened, known=["note boats user summary Summary"])


def note(number: int, words: int = 4) -> Message:
    return Message("user", f"note {number}:" + " boats" * words)


def shown(view: Sequence[Message]) -> str:
    return "\n".join(message.content for message in view)


def looked_up(number: int) -> list[Message]:
    call = Call("look", {"page": number}, f"c{number}")
    result = Message("tool", f"page {number}: lamps and boats", (), call.id)
    return [Message("assistant", "I look.", (call,)), result]


def test_head_summary_and_newest_messages_are_shown_in_this_order() -> None:
    memory = opened(SMALL, Writer())
    memory.observe([note(number) for number in range(1, 10)])
    view = memory.compose(LIVE, None)
    assert [message.content[:9] for message in view] == ["note 1: b", "[Summary]", "note 8: b",
                                                         "note 9: b"]  # fmt: skip


@every
def test_a_message_is_summarised_once_and_the_last_summary_is_continued(name: str) -> None:
    writer = Writer("carried on")
    memory = opened(name, writer)
    for number in range(1, 200):
        memory.observe([note(number)])
        memory.compose(LIVE, 200)
    texts = "\n".join(writer.texts)
    assert all(texts.count(f"note {number}: ") <= 1 for number in range(1, 200))
    assert len(writer.texts) > 1 and all("carried on" in text for text in writer.texts[1:])


@every
def test_a_missing_summary_is_replaced_by_the_beginnings_of_the_messages(name: str) -> None:
    memory = opened(name, Writer(""))
    memory.observe([note(number, words=60) for number in range(1, 6)])
    assert "[Summary]\nnote 1:" in shown(memory.compose(LIVE, 200))


@every
def test_the_failure_of_the_model_is_no_empty_summary(name: str) -> None:
    def fail(*_: object) -> str:
        raise ProviderFailure("no answer")

    memory = opened(name, fail)
    memory.observe([note(number) for number in range(1, 60)])
    with pytest.raises(ProviderFailure):
        memory.compose(LIVE, 100)


@pytest.mark.parametrize("budget", [None, 5_000])
@pytest.mark.parametrize(
    ("spec", "messages"),
    [("llm_summarizing:max_size=10", 11), ("structured_summary:max_size=10", 11),
     ("sliding_window:window_size=10", 11), ("naive:max_tokens=100", 10),
     ("adaptive_token_budget:max_tokens=100", 10), ("llm_summarizing:max_token_size=100", 10)],
)  # fmt: skip
def test_its_own_limit_sets_a_condenser_off(spec: str, messages: int, budget: int | None) -> None:
    writer = Writer()
    memory = opened(spec, writer)
    for number in range(messages):
        assert not writer.texts
        memory.observe([note(number)])
        memory.compose(LIVE, budget)
    assert len(writer.texts) == 1


def test_a_head_that_takes_too_much_of_the_budget_is_summarised() -> None:
    writer = Writer()
    memory = opened("llm_summarizing", writer)
    memory.observe([note(1, words=90), note(2), note(3)])
    assert shown(memory.compose(LIVE, 100)).startswith("[Summary]")
    assert "note 1:" in writer.texts[0]


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 99), most=st.integers(60, 400))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_what_comes_later_does_not_change_the_notes_of_before(
    name: str, seed: int, most: int
) -> None:
    rng = named_rng("test", str(seed))
    stream = [Message("user", f"Ann{rng.below(9)} Lee has {n} cups. Bob won.") for n in range(60)]
    whole, start = opened(name, write), opened(name, write)
    end = rng.below(60)
    for number, message in enumerate(stream):
        whole.observe([message])
        whole.compose(LIVE, most)
        if number == end:
            seen = whole.dump()
    for message in stream[: end + 1]:
        start.observe([message])
        start.compose(LIVE, most)
    assert start.dump() == seen


def test_the_model_is_told_the_messages_that_stay_beside_its_notes() -> None:
    writer = Writer()
    memory = opened("llm_summarizing", writer)
    memory.observe([Message("user", "Which boat won?"), *map(note, range(40))])
    memory.compose(LIVE, 200)
    assert f"{TOLD}\n\nWhich boat won?" in writer.tasks[0]


def test_a_short_first_message_stays_though_the_second_is_too_long() -> None:
    memory = opened("adaptive_token_budget", Writer())
    memory.observe([note(1), note(2, words=90), *map(note, range(3, 40))])
    first, second, *_ = memory.compose(LIVE, 150)
    assert first == note(1) and second.content.startswith("[Summary]")


def test_the_first_message_of_the_user_is_kept_behind_a_longer_head() -> None:
    memory = opened("adaptive_token_budget:keep_first=1", Writer())
    memory.observe([Message("assistant", "Hello."), Message("assistant", "I am here.")])
    memory.observe([note(number) for number in range(1, 40)])
    first, second, *_ = memory.compose(LIVE, 150)
    assert (first.content, second) == ("Hello.", note(1))


def test_a_long_message_is_read_at_both_ends() -> None:
    writer = Writer()
    memory = opened(f"{SMALL}:keep_first=0:max_event_length=20", writer)
    memory.observe([Message("user", f"begins {'x' * 99} ends"), *map(note, range(8))])
    memory.compose(LIVE, None)
    assert "begins xxx … xxxxx ends" in writer.texts[0]


def test_a_history_too_long_for_one_call_is_read_in_several_calls() -> None:
    writer = Writer()
    memory = opened("naive", writer)
    memory.observe([note(number, words=1_000) for number in range(40)])
    memory.compose(LIVE, 500)
    assert [text.count("note") for text in writer.texts] == [12, 12, 16]


def test_beyond_the_capacity_the_oldest_messages_make_room_and_the_summary_is_spared() -> None:
    writer = Writer("Kept.")
    memory = opened(SMALL, writer, capacity=110)
    for _ in range(2):
        memory.observe([note(number) for number in range(11)])
        memory.compose(LIVE, None)
    assert "Summary so far:\nKept.\n\nNew:\nnote 0" in writer.texts[1]


def test_the_state_is_shown_field_by_field() -> None:
    writer = Writer("Pending tasks: none\nuser_context: A harbor.\n")
    memory = opened("structured_summary:max_size=8", writer)
    memory.observe([note(number, words=30) for number in range(9)])
    assert "[Summary]\n## user_context\nA harbor." in shown(memory.compose(LIVE, None))
    assert "- pending_tasks" in writer.tasks[0]


def test_old_observations_are_masked_but_errors_and_replies_are_not() -> None:
    memory = opened("observation_masking:attention_window=1", Writer())
    error = Message("user", "ValueError: no such boat")
    memory.observe([note(1), *looked_up(2), error, note(3)])
    head, reply, result, kept, newest = memory.compose(LIVE, None)
    assert (head, reply, kept, newest) == (note(1), looked_up(2)[0], error, note(3))
    assert result == Message("tool", "<MASKED>", (), "c2")


def test_of_a_sole_message_beyond_the_budget_the_end_is_kept() -> None:
    memory = opened("observation_masking", Writer())
    memory.observe([Message("user", "  ".join(["boats"] * 200) + "\n\nlast")])
    (kept,) = memory.compose(LIVE, 20)
    assert kept.content.endswith("boats\nlast")
    assert kept.content.count("boats") > 5
