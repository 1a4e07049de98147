"""An environment of two events without questions, for tests of agents."""

from memorygym.core.trace import ToolResult, Trace
from memorygym.core.types import Budget, Event, Message, Step, Task, Tool

EVENTS = (
    Event("documents", "=== DOCUMENTS ===\nAcme has 40 beds."),
    Event("memo", "=== MEMO ===\nHm."),
)


class Reading:
    """An environment that shows two texts and asks no question."""

    tools: tuple[Tool, ...] = ()

    def __init__(self) -> None:
        budget = Budget(capacity=1000, writes=3, slot=100, turns=4)
        self.task = Task("reading", "test", {}, "Rules.", EVENTS, budget, None)
        self.left = list(EVENTS)

    def reset(self) -> Step:
        return Step((Message("user", self.left.pop(0).text),), evict=True)

    def step(self, reply: Message) -> Step:
        return self.reset() if self.left else Step(done=True, evict=True)


def tool_results(trace: Trace) -> list[str]:
    records = (record for record in trace.records if isinstance(record, ToolResult))
    return [message.content for record in records for message in record.messages]
