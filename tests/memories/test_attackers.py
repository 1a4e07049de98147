"""A memory can neither carry more than its counted tokens nor pass off its own defects."""

from functools import partial
from typing import Any

import pytest

from memorygym.agents.calls import END, calls, submit, write
from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings, MemoryFault, ProviderFailure, Refused
from memorygym.core.trace import Answer, MemoryUpdate, Observation
from memorygym.core.types import Budget, Call, Entry, Event, Memory, Message
from memorygym.memories.markdown import Markdown
from memorygym.testing import check_memory
from tests.episodes import begin, recorded, stepped
from tests.memories.attackers import RuleViolation

ALPHA, FIRST = "alpha bravo charlie delta", "before the first event"
FINISH = (calls(write("alpha")), END, END)


def test_a_memory_that_no_other_process_can_make_is_checked_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="cannot be made in a fresh process"):
        assert check_memory(lambda: Markdown()) == []  # noqa: PLW0108  # A lambda is the point.


def test_no_attribute_of_a_memory_context_leads_to_the_budget_tracker() -> None:
    context = BudgetTracker(Budget()).context()
    assert [name for name in dir(context) if not name.startswith("__")] == [
        "count",
        "event",
        "instructions",
        "record",
        "store",
        "write",
    ]
    for part in (context.store, context.count, context.write, context.record):
        assert not [name for name in dir(part) if not name.startswith("__")]
        assert not hasattr(part, "__self__")


def test_a_memory_context_is_made_anew_at_every_session() -> None:
    met: list[Any] = []

    class Keeper(Memory):
        def open(self, context: Any) -> None:
            met.append(context)

    episode = begin("one", Event("documents", "two", session=True), memory=Keeper)
    episode.step(END)
    assert len(met) == 2 and met[0].store is not met[1].store


@pytest.mark.parametrize(
    ("entries", "tokens"),
    [
        ({"1": "alpha"}, 1),
        ({"2": "alpha"}, 2),
        ({"01": "alpha"}, 2),
        ({"alpha bravo": "alpha"}, 3),
        ({"345678": "alpha"}, 3),
        ({"1": "", "2": "alpha"}, 2),
    ],
)
def test_an_id_costs_tokens_unless_it_is_the_number_of_a_stored_text(
    entries: dict[str, str], tokens: int
) -> None:
    dump = [Entry(*entry) for entry in entries.items()]
    episode = begin(ALPHA, memory=partial(RuleViolation, "dump", dump))
    episode.step(calls(*[write("alpha"), write("bravo")][: len(entries)]))
    assert recorded(episode, MemoryUpdate)[-1].tokens == tokens


def test_blanks_in_an_id_carry_nothing() -> None:
    ids = ("\t \t\t ", "alpha\u2003 bravo")
    episode = begin(
        ALPHA, memory=partial(RuleViolation, "dump", [Entry(id, "alpha") for id in ids])
    )
    assert list(episode.snapshot().entries) == ["", "alpha bravo"]


def test_a_dump_is_recorded_and_restored_as_stored_text_is() -> None:
    memory = RuleViolation("dump", [Entry("1", " alpha \t bravo ")])
    episode = begin(ALPHA, "two", memory=lambda: memory)
    episode.step(END)
    assert [r.entries for r in recorded(episode, MemoryUpdate)] == [(Entry("1", "alpha bravo"),)]
    assert episode.snapshot().entries == {"1": "alpha bravo"}


@pytest.mark.parametrize(
    "message",
    [
        Message("user", "alpha" + " " * 65),
        Message("tool", "alpha", (), "alpha " * 65),
        Message("assistant", "", (Call("alpha", {"a": "alpha" + " " * 65}),)),
        Message("assistant", "", (Call("alpha", {}, "alpha " * 65),)),
        Message("assistant", "", (Call("alpha" + " " * 65, {}),)),
    ],
)
def test_nothing_in_a_view_carries_text_without_its_price(message: Message) -> None:
    shown = [Message("user", "alpha"), message]
    whisperer = partial(RuleViolation, "compose", shown)
    episode = begin(ALPHA, budget=Budget(view=60), memory=whisperer)
    assert episode.view()[1:-2] == shown[:1]


def test_a_memory_cannot_change_the_messages_of_the_event() -> None:
    meddler = partial(RuleViolation, "compose", lambda live, _budget: live.clear())
    episode = begin("one", memory=meddler)
    with pytest.raises(MemoryFault, match=r"RuleViolation: compose\(\) raised AttributeError"):
        episode.view()
    assert isinstance(episode.trace.records[0], Observation)


def test_a_memory_cannot_answer_for_the_policy() -> None:
    def prompt(new: Any) -> None:
        for call in (call for message in new for call in message.calls):
            call.arguments["answer"] = "42"

    episode = begin(Event("question", "Which?"), memory=partial(RuleViolation, "observe", prompt))
    with pytest.raises(MemoryFault, match=r"RuleViolation: observe\(\) raised TypeError"):
        episode.step(calls(submit("7")))
    assert not recorded(episode, Answer)


@pytest.mark.parametrize(
    ("method", "result", "sentence"),
    [
        ("open", ValueError("no disk"), "open() raised ValueError: no disk (attackers.py, line "),
        ("observe", KeyError("x"), "observe() raised KeyError: 'x' (attackers.py, line "),
        ("observe", Refused("full"), ") at event 1. Catch memorygym.core.errors.Refused where sto"),
        ("compose", None, "compose() returned None at event 1. Return a list or tuple of Message"),
        ("compose", "all", "compose() returned 'all' at event 1. Return a list or tuple of"),
        ("compose", ("a",), "compose() returned 'a' among its messages at event 1. Return a list"),
        ("compose", ["a"], "compose() returned 'a' among its messages at event 1. Return a list"),
        ("compose", [Message("user", b"a")], "b'a', calls=(), call_id='') among its messages"),  # type: ignore[arg-type]
        ("compose", [Message("god", "a")], "a role of system, user, assistant, tool."),  # type: ignore[arg-type]
        ("compose", ZeroDivisionError("1/0"), "compose() raised ZeroDivisionError: 1/0 ("),
        ("call", None, "call('Write') returned None at event 1. Return the text that the agent"),
        ("call", b"stored", "call('Write') returned b'stored' at event 1. Return the text"),
        ("call", IndexError("3"), "call('Write') raised IndexError: 3 (attackers.py, line "),
        ("dump", None, f"dump() returned None {FIRST}. Return a list of Entry(id, text)"),
        ("dump", ["a"], f"dump() returned ['a'] {FIRST}. Return a list of Entry(id, text)"),
        ("dump", [Entry("1", 7)], "dump() returned [Entry(id='1', text=7, index='')]"),  # type: ignore[arg-type]
        ("dump", [Entry("1", "a"), Entry("1", "b")], "dump() returned two entries with the id '1'"),
        ("dump", OSError("gone"), "dump() raised OSError: gone (attackers.py, line "),
        ("tools", ["Write"], "`tools` is ('Write',) before the first event. Give a tuple of Tool"),
    ],
)
def test_the_message_names_method_event_and_what_to_do(
    method: str, result: Any, sentence: str
) -> None:
    with pytest.raises(MemoryFault, match=r"^memory RuleViolation: ") as caught:
        episode = begin(ALPHA, "two", memory=partial(RuleViolation, method, result))
        stepped(episode, FINISH)
    assert sentence in str(caught.value)
    if isinstance(result, Exception):
        assert caught.value.__cause__ is result


@pytest.mark.parametrize("error", [ProviderFailure("503"), BadSettings("no chromadb")])
def test_a_failing_provider_or_a_missing_package_is_no_fault_of_the_memory(
    error: Exception,
) -> None:
    with pytest.raises(type(error)):
        stepped(begin(memory=partial(RuleViolation, "observe", error)), FINISH)


def test_the_message_for_a_class_that_lacks_a_method_says_to_derive_from_memory() -> None:
    class Bare:
        def open(self, context: object) -> None:
            pass

    with pytest.raises(MemoryFault, match=r"has no attribute 'observe'.*\. Derive the class from"):
        begin(ALPHA, memory=Bare)  # type: ignore[arg-type]
