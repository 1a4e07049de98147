"""The system message: the employer, what they ask about, the schema in order, the rules."""

from memorygym.tracks._qa import stream
from memorygym.tracks.worlds.facts import Guide
from memorygym.tracks.worlds.guide import schema

REFUSAL = stream.REFUSAL


def instructions(guide: Guide, employer: str) -> str:
    """The system message; every context begins with it, and it counts towards no budget."""
    lines = [
        f"You keep the memory of {employer}.",
        "Events arrive one at a time: documents, corrections, memos and questions. After each event"
        " everything in it is gone; only this message stays, and what you saved with your memory"
        " tools. The memory is far too small for everything, so choose.",
        "",
        schema(guide),
        "",
        "What counts:",
        "- A later statement replaces an earlier one; a correction may say by how much an entry"
        " was off instead of what it is. Forecasts, earlier years, rumours and figures of"
        " others are"
        " not the entry.",
        "- To end an event that asks nothing, reply without calling a tool.",
        "- Answer a question with submit_answer, once, in the form that it asks for. One claim an"
        f' answer. If the documents never told you, answer "{REFUSAL}"',
        "- Numbers, names and dates count; wording does not.",
    ]
    return "\n".join(lines)
