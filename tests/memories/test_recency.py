"""Plain truncation: the newest tokens that fit, and no more."""

from memorygym.core.budget import BudgetTracker
from memorygym.core.tokens import shown_tokens
from memorygym.core.types import Budget, Call, Memory, Message
from memorygym.memories.recency import Recency


def fed(*messages: Message) -> tuple[Memory, BudgetTracker]:
    memory, tracker = Recency(), BudgetTracker(Budget())
    tracker.unread_texts += [message.content for message in messages]
    memory.open(tracker.context())
    memory.observe(messages)
    return memory, tracker


def test_a_message_that_is_too_long_keeps_its_end() -> None:
    long = " ".join(f"word{n}" for n in range(100))
    memory, tracker = fed(Message("user", long), Message("user", "new"))
    end, newest = memory.compose((), 40)
    assert newest.content == "new" and long.endswith(end.content)
    spent = sum(shown_tokens(message, tracker.count) for message in (end, newest))
    assert 37 < spent <= 40


def test_what_was_cut_off_is_gone() -> None:
    memory, _ = fed(Message("user", "one two three four"))
    assert [message.content for message in memory.compose((), 6)] == ["three four"]
    assert [entry.text for entry in memory.dump()] == ["user\nthree four"]
    assert [message.content for message in memory.compose((), 100)] == ["three four"]


def test_a_call_and_its_result_are_never_cut() -> None:
    call = Message("assistant", "", (Call("look", {}, "c1"),))
    memory, _ = fed(call, Message("tool", "one two three four", call_id="c1"))
    assert list(memory.compose((), 9)) == []
