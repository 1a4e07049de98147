"""The system message: the employer, what they ask about, the schema in order, the rules."""

from memorygym.tracks._qa import stream
from memorygym.tracks.worlds.facts import Guide, listed
from memorygym.tracks.worlds.guide import form_of

REFUSAL = stream.REFUSAL


def instructions(guide: Guide, employer: str) -> str:
    """The system message; every context begins with it, and it counts towards no budget."""
    key_labels = [guide.attribute(code).label for code in guide.key_attributes]
    lines = [
        f"You keep the memory of {employer}.",
        "Events arrive one at a time: documents, corrections, memos and questions. After each event"
        " everything in it is gone; only this message stays, and what you saved with your memory"
        " tools. The memory is far too small for everything, so choose.",
        "",
        f"What they ask about: seven in ten questions and corrections concern {guide.plural} of the"
        f" groups {listed(guide.key_categories)}; three in four concern {listed(key_labels)}.",
        "",
        f"Groups of {guide.plural}: " + _coded(guide.categories) + ".",
        f"Attributes of each {guide.noun}, in order:",
        *[f"{a.code}. {a.label} (also: {a.alias}): {form_of(a)}" for a in guide.attributes],
        f"Relations between {guide.plural}: "
        + "; ".join(
            f'{r.code} "{r.phrase}"' + (" (holds both ways)" if r.symmetric else "")
            for r in guide.relations
        )
        + ".",
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


def _coded(items: tuple[str, ...]) -> str:
    return "; ".join(f"{chr(65 + i)} {item}" for i, item in enumerate(items))
