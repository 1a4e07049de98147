"""The prompts of memories for their model: one function per kind of task, shared by all memories.

The first line names the kind, so that a model which reads no instructions can answer, too. The
caller adds the limit of the reply at the end.
"""

import re
from collections.abc import Sequence

KIND = "Task: "
"""The start of the first line of every task."""
SO_FAR = "Summary so far:"
"""The heading, in the text of a `summary` task, of the summary so far."""
NEW = "New:"
"""The heading of the new text."""
HINT = "What the agent is asked to do, to judge what matters:"
"""The heading, in a task, of the agent's instructions."""
TOLD = "What the agent was told first, and keeps as it is:"
"""The heading of the first messages, where they stay beside the summary."""
LIMIT = re.compile(r"^Reply with at most (\d+) tokens", re.MULTILINE)
_HEADINGS = """\
A heading is a short line above a paragraph, often in square brackets: it says whom or what the
paragraph is about, and when. Copy a heading as it is, on its own line above what you keep from
under it."""
_NOTES = """\
Keep facts rather than sentences: one a line, the shortest clause that names its subject, with its
value and date. Where facts have a source, put it on its own line above them. If you leave facts
out, end with one line such as "Left out: 12 facts about A, B."; replace the one of the notes."""
_DIVIDE = "Divide the notes into these sections, each under its name, in this order:"
_KEEP = """\
Keep names, numbers with their units, dates, places and decisions exactly as written. Where a later
sentence gives another value of the same thing, keep the later one; where it tells only by how much
the value changed, keep both. Drop greetings, boilerplate, and what says nothing new. Add nothing
that the text does not say."""


def summary(task_hint: str = "", sections: Sequence[str] = (), told: Sequence[str] = ()) -> str:
    """Rewrites what was kept so far and what is new as one text; `told` are the first messages,
    which stay beside it."""
    return _task(
        "summary",
        f"""\
You keep the notes of an agent that will forget everything else. The text holds the notes up to now
under "{SO_FAR}" and what came since under "{NEW}"; either may be empty. Write the notes that
replace both.""",
        _KEEP,
        _NOTES,
        "\n".join([_DIVIDE, *(f"- {section}" for section in sections)]) if sections else "",
        f"{HINT}\n{task_hint}" if task_hint else "",
        "\n\n".join([TOLD, *told]) if told else "",
        "Reply with the notes alone, oldest first.",
    )


def facts() -> str:
    """Lists every fact of a text; it omits the agent's instructions, as no fact may be dropped."""
    return _task(
        "facts",
        """\
List every fact of the text that somebody may ask for later: one fact per line, as a sentence that
can be understood without the others, with names instead of pronouns.""",
        _KEEP,
        _HEADINGS,
        "Reply with the headings and facts alone, in the order of the text, without bullets.",
    )


def keywords() -> str:
    """Names what a text is about."""
    return _task(
        "keywords",
        """\
Name what the text is about, so that it can be found and linked to other texts: the names of people,
places, organisations and things first, then the rare words. No numbers and no amounts.""",
        "Reply with one line: the keywords, separated by commas, the most telling first.",
    )


def triples() -> str:
    """Takes a text apart into relations between two things."""
    return _task(
        "triples",
        """\
List the relations that the text states between a named thing and another name, number, date or
quotation. Write each name in full and the same way every time; take the subject from the heading
where the sentence has only a pronoun.""",
        """\
Reply with one relation per line, in the order of the text, in the form
subject | relation | object""",
    )


def limit(most: int) -> str:
    """The sentence that limits the reply, for the end of a task; `LIMIT` reads it.

    >>> LIMIT.findall(limit(500))
    ['500']
    """
    return f"Reply with at most {most} tokens, about {most * 3 // 4} words. What is beyond is lost."


def _task(kind: str, *parts: str) -> str:
    return "\n\n".join([KIND + kind, *filter(None, parts)])
