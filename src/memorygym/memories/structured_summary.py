"""structured_summary: as llm_summarizing, but the summary has named fields.

MemGym's port of OpenHands' structured condenser. Kept: the fields and their markdown, the
parameters. Simplified: the model is asked for sections rather than to call a function, so any
model will do; what it writes under no field is other relevant context. Not repeated: MemGym's
never finds its last summary and starts over at every step; this one is given the last state.
"""

from dataclasses import replace

from memorygym.memories.stores.history_edits import Condenser, by_size

FIELDS = (
    "user_context", "completed_tasks", "pending_tasks", "current_state", "files_modified",
    "function_changes", "data_structures", "tests_written", "tests_passing", "failing_tests",
    "error_messages", "branch_created", "branch_name", "commits_made", "pr_created", "pr_status",
    "dependencies", "other_relevant_context",
)  # fmt: skip
NOTHING = ("", "-", "none", "n/a", "unknown")
"""Values of a field that say nothing."""


def make(
    max_size: int = 100,
    keep_first: int = 1,
    condensation_ratio: float = 0.75,
    max_event_length: int = 20_000,
) -> Condenser:
    rule = by_size(max_size, keep_first, condensation_ratio)
    return Condenser(
        replace(rule, max_event_length=max_event_length, sections=FIELDS, render=markdown)
    )


def markdown(written: str) -> str:
    """The fields that say something, each once, in order.

    >>> print(markdown("Ann won.\\n**Pending tasks**\\nnone\\nuser_context: A race."))
    ## user_context
    A race.
    ## other_relevant_context
    Ann won.
    """
    state: dict[str, list[str]] = {field: [] for field in FIELDS}
    field = FIELDS[-1]
    for line in written.split("\n"):
        name, _, rest = line.partition(":")
        label = name.strip("#*- ").lower().replace(" ", "_")
        field, content = (label, rest.strip("* ")) if label in state else (field, line)
        if content.strip("*. ").lower() not in NOTHING:
            state[field].append(content)
    return "\n".join("\n".join([f"## {name}", *lines]) for name, lines in state.items() if lines)
