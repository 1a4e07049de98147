"""The facts that a model wrote of a passage, or of several at once, put back under headings."""

from collections.abc import Iterator, Sequence

from memorygym.stores.replies import facts
from memorygym.stores.splitting import headed

UNTITLED = "[-]"
"""Heads, for the model, a passage without a heading, so that it is not taken for the one before."""

Topic = tuple[str, list[str]]
"""A heading, "" if there is none, and the sentences under it."""


def alone(reply: str, passage: str) -> list[str]:
    """The facts that a model wrote of one passage, each under its heading; the passage as it is if
    it wrote none.

    >>> alone("She ran.\\nShe won.", "[Note · Ann]\\nShe ran and won.")
    ['[Note · Ann]\\nShe ran.', '[Note · Ann]\\nShe won.']
    >>> alone("", "Ann ran.")
    ['Ann ran.']
    """
    told = facts(reply, headed(passage)[0])
    return [f"{heading}\n{fact}" if heading else fact for heading, fact in told] or [passage]


def joined(passages: Sequence[str]) -> str:
    """The passages as one text, each under a heading.

    >>> joined(["[Note · Ann]\\nShe ran.", "Bye."])
    '[Note · Ann]\\nShe ran.\\n\\n[-]\\nBye.'
    """
    return "\n\n".join(one if headed(one)[0] else f"{UNTITLED}\n{one}" for one in passages)


def topics(reply: str, passages: Sequence[str]) -> Iterator[Topic]:
    """The facts that a model wrote of the passages, in the order of these.

    A passage of which it wrote nothing stays in its own words; what it put under headings that no
    passage has comes last.

    >>> list(topics("[Bob]\\nHe won\\nHe sat.", ["[Ann]\\nShe ran. She won.", "[Bob]\\nHe did."]))
    [('[Ann]', ['She ran. She won.']), ('[Bob]', ['He won.', 'He sat.'])]
    """
    written = _by_heading(reply)
    left = dict(written)
    for passage in passages:
        whole, own = headed(passage)
        last = whole.split("\n")[-1] or UNTITLED
        heading = whole if whole in written else last
        if heading not in written:
            yield whole, [own]
        elif heading in left:
            yield heading.removesuffix(UNTITLED), left.pop(heading)
    yield from left.items()


def _by_heading(reply: str) -> dict[str, list[str]]:
    """The facts as sentences, in the order of the headings."""
    found: dict[str, list[str]] = {}
    for heading, fact in facts(reply):
        found.setdefault(heading, []).append(fact if fact[-1] in ".!?\"')" else f"{fact}.")
    return found
