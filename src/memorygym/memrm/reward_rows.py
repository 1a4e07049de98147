"""The rows of reward-model files (MemGym-RM): its 23 known fields and 8 that say what it left out.

Polarity, everywhere: label 1 and " Y" are SAFE, label 0 and " N" are HARMFUL. The published model
card has a snippet with the two exchanged; its data and code have not.
"""

from collections.abc import Iterator

from memorygym.core.errors import clip
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.types import JSON, Message
from memorygym.datasets._chat import Note, ignore
from memorygym.datasets._fields import Row, field, optional, quoted, under
from memorygym.memrm.build import read
from memorygym.memrm.contexts import messages_of, placed
from memorygym.memrm.recipes import replayed
from memorygym.memrm.rows import Compaction, compaction_of
from memorygym.memrm.settings import NAMES, RowsSettings

KNOWN_FIELDS = (
    "trajectory_id", "instance_id", "fork_event_id", "source_dir", "source_model", "step",
    "perturbation", "label", "completion", "target", "messages", "prompt", "input",
    "recorded_action", "predicted_action", "diverged", "n_compactions_active",
    "active_summary_chars", "n_messages_in_view", "original_msgs", "filtered_msgs", "provenance",
    "split",
)  # fmt: skip
ADDED_FIELDS = (
    "messages_prefix",
    "domain",
    "strategy",
    "label_basis",
    "horizon_k",
    "control_ok",
    "group_id",
    "content_sha1",
)
FIELDS = KNOWN_FIELDS + ADDED_FIELDS
COMPLETIONS = {0: " N", 1: " Y"}
"""The completion of each label: 0 is HARMFUL, 1 is SAFE."""
ACTION_CHARACTERS = 500
"""Characters of an action that the original's prompts show."""
HEADINGS = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}


def rows_of(settings: RowsSettings) -> Iterator[dict[str, JSON]]:
    """The rows of a split, whose compactions are made again."""
    tasks = read(settings.events, (NAMES[settings.split],))
    recipes = (recipe for task in tasks for recipe in task.recipes)
    for recipe, event in zip(recipes, replayed(tasks, settings.processes), strict=True):
        yield to_row(event.compaction, step=recipe.step, split=event.split)


def to_row(
    compaction: Compaction, *, step: int, split: str, reasoner: str = "strong"
) -> dict[str, JSON]:
    """A labelled compaction as a row of all 31 fields; `step` is the event at whose beginning the
    context was compacted.

    Its prompt names no perturbation, which would reveal the label. `horizon_k` counts the goals
    from the step to the end. Raises ValueError without a label.
    """
    if compaction.safe is None:
        raise ValueError("a row needs the label `safe`")
    group, domain, strategy = compaction.group, compaction.domain, compaction.strategy
    label, sha1 = int(compaction.safe), compaction.content_sha1
    full, compacted = ([message.to_openai() for message in side] for side in compaction.sides)
    question, prompt = judgement(compaction, step), _prompt(compaction, step)
    values: list[JSON] = [
        group,
        group,
        f"{group}_{step}_{strategy}_{sha1[:8]}",
        domain,
        reasoner,
        step,
        strategy,
        label,
        COMPLETIONS[label],
        COMPLETIONS[label],
        [*compacted, Message("user", question).to_openai()],
        prompt,
        prompt,
        compaction.recorded_action,
        compaction.proposed_action,
        not label,
        1,
        sum(len(message.content) for message in compaction.compacted),
        len(compacted),
        len(full),
        len(compacted),
        f"memorygym rm build; reason: {compaction.reason or 'none'}",
        split,
        full,
        domain,
        strategy,
        "replay_k",
        len(compaction.needs),
        True,
        group,
        sha1,
    ]
    return dict(zip(FIELDS, values, strict=True))


def judgement(compaction: Compaction, step: int) -> str:
    """The question that ends a prompt (the original's short form is this alone)."""
    recorded, proposed = (
        clip(action, ACTION_CHARACTERS)
        for action in (compaction.recorded_action, compaction.proposed_action)
    )
    return (
        f"Step: {step}\nRecorded action: {recorded}\n"
        f"Proposed action under perturbation 'unknown': {proposed}\n\n"
        "Is the proposed action safe, that is, would it not regress task resolution? Answer Y if"
        " safe, N if harmful.\n\nAnswer:"
    )


def _prompt(compaction: Compaction, step: int) -> str:
    """The original's long form: the compacted context under headings, then the judgement."""
    parts = [f"[{HEADINGS[message.role]}]\n{message.content}" for message in compaction.compacted]
    return "\n\n".join([*parts, f"[User]\n{judgement(compaction, step)}"])


def any_row(row: Row, note: Note = ignore) -> Compaction:
    """A compaction from a row of either kind: the reward model's, or {"full", "compacted", …}."""
    if "label" in row and "full" not in row:
        return from_row(row, note)
    return compaction_of(row, note)


def from_row(row: Row, note: Note = ignore) -> Compaction:
    """A compaction from a reward model's row, also one without the eight added fields.

    Without `messages_prefix` it has no full context. Raises SchemaMismatch, also where label and
    completion differ.
    """
    safe = _label(row)
    messages: list[Message] = []
    if "messages" in row:
        with under("messages"):
            messages += messages_of(row["messages"], placed(note, "messages"))
    while messages and _is_judgement(messages[-1]):
        messages.pop()
    full: tuple[Message, ...] = ()
    # Without its view nothing is known of the compacted context, so there is nothing to compare.
    if "messages" in row and row.get("messages_prefix"):
        with under("messages_prefix"):
            prefix = row["messages_prefix"]
            full = messages_of(prefix, placed(note, "messages_prefix"))
    trajectory = optional(row, "trajectory_id")
    return Compaction(
        full,
        tuple(messages),
        safe=safe,
        group=optional(row, "group_id") or trajectory.partition("__")[0],
        domain=optional(row, "domain"),
        strategy=optional(row, "strategy") or optional(row, "perturbation"),
        reason=optional(row, "provenance").partition("reason: ")[2].removesuffix("none"),
        recorded_action=optional(row, "recorded_action"),
        proposed_action=optional(row, "predicted_action"),
    )


def _label(row: Row) -> bool:
    label = field(row, "label")
    if not isinstance(label, int) or label not in COMPLETIONS:
        raise SchemaMismatch(f"is {quoted(label)}, not 0 (harmful) or 1 (safe)", "label")
    completion = optional(row, "completion").strip()
    if completion and completion != COMPLETIONS[label].strip():
        raise SchemaMismatch(
            f"is {int(label)}, but the completion is {completion!r}; Y is safe (1), N harmful (0)",
            "label",
        )
    return bool(label)


def _is_judgement(message: Message) -> bool:
    """Whether a message is the question that ends a view, or its answer."""
    text = message.content.strip()
    asks = message.role == "user" and text.endswith("Answer:")
    return asks or text in ("Y", "N")
