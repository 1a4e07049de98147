"""An episode of two events without questions, for tests of agents."""

from memorygym.core.episode import Episode
from memorygym.core.trace import ToolResult, Trace
from memorygym.core.types import Budget, Event
from tests.episodes import begin

EVENTS = (
    Event("documents", "=== DOCUMENTS ===\nAcme has 40 beds."),
    Event("memo", "=== MEMO ===\nHm."),
)


def reading() -> Episode:
    return begin(*EVENTS, budget=Budget(capacity=1000, writes=3, slot=100, turns=4))


def tool_results(trace: Trace) -> list[str]:
    records = (record for record in trace.records if isinstance(record, ToolResult))
    return [message.content for record in records for message in record.messages]
