"""Plain truncation: the newest tokens that fit, and no more."""

from memorygym.core.tokens import count, shown_tokens
from memorygym.core.types import Call, Memory, Message
from tests.memories.parts import opened


def fed(*messages: Message) -> Memory:
    """The memory with these messages, all of whose words are known."""
    memory = opened("recency", known=[message.content for message in messages])
    memory.observe(messages)
    return memory


def test_a_message_that_is_too_long_keeps_its_end() -> None:
    long = " ".join(f"word{n}" for n in range(100))
    end, newest = fed(Message("user", long), Message("user", "new")).compose((), 40)
    assert newest.content == "new" and long.endswith(end.content)
    assert 37 < sum(shown_tokens(message, count) for message in (end, newest)) <= 40


def test_what_was_cut_off_is_gone() -> None:
    memory = fed(Message("user", "one two three four"))
    assert [message.content for message in memory.compose((), 6)] == ["three four"]
    assert [entry.text for entry in memory.dump()] == ["user\nthree four"]
    assert [message.content for message in memory.compose((), 100)] == ["three four"]


def test_a_call_and_its_result_are_never_cut() -> None:
    call = Message("assistant", "", (Call("look", {}, "c1"),))
    memory = fed(call, Message("tool", "one two three four", call_id="c1"))
    assert list(memory.compose((), 9)) == []
