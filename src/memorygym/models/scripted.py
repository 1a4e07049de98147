"""A model that follows a script, for tests and for trying an agent without an endpoint."""

from collections.abc import Callable, Iterable, Sequence

from memorygym.core.errors import ProviderFailure
from memorygym.core.types import Message, Tool
from memorygym.models.model import Model, Reply

Line = Message | str | Exception
"""A reply, the text of one, or an error to raise."""
Rule = Callable[[Sequence[Message], Sequence[Tool]], Line]


class Scripted(Model):
    """Replies from a list, in order, or from a function of messages and tools.

    Raises ProviderFailure after the end of the list.

    >>> Scripted(["ok"]).complete([], []).message
    Message(role='assistant', content='ok', calls=(), call_id='')
    """

    def __init__(self, script: Iterable[Line] | Rule) -> None:
        self.seen: list[tuple[Message, ...]] = []
        """The messages of every request so far."""
        if callable(script):
            self._rule = script
            return
        lines = iter(script)
        end_of_script = ProviderFailure("the script is over")
        self._rule = lambda *_: next(lines, end_of_script)

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        self.seen.append(tuple(messages))
        line = self._rule(messages, tools)
        if isinstance(line, Exception):
            raise line
        message = Message("assistant", line) if isinstance(line, str) else line
        return Reply(message, finish="tool_calls" if message.calls else "stop")
