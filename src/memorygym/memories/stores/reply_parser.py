"""The parser of what a model writes for a memory: facts, keywords and triples.

Other lines are dropped. Facts are put back under the headings of their passages.
"""

import re
from collections.abc import Iterator, Sequence

from memorygym.memories.stores.splitter import headed

_BULLET = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^(?:\[.*\]|=+ .*|#+ .*)$")
_WORD = re.compile(r"[^\W_]+")
_AROUND = " \t\"'*`[](){}<>,;|"
"""Characters around a name that do not belong to it."""
LONGEST = 80
"""Most characters of a keyword or of a part of a triple; a longer text is a sentence."""

Triple = tuple[str, str, str]
"""Subject, relation, object."""


def facts(reply: str, heading: str = "") -> list[tuple[str, str]]:
    """Each fact with its heading; `heading` is that of facts before the first heading.

    >>> facts("Here they are:\\n- Ann ran.\\n[Note · Bob]\\nHe won.\\n---", "[Log]")
    [('[Log]', 'Ann ran.'), ('[Note · Bob]', 'He won.')]
    """
    known = heading.split("\n")
    stated: list[tuple[str, str]] = []
    above: list[str] = []
    for raw in reply.split("\n"):
        line = _BULLET.sub("", raw.strip())
        if line and (line in known or _HEADING.match(line)):
            above.append(line)
        elif _WORD.search(line) and not line.endswith(":"):
            heading, above = "\n".join(above) or heading, []
            stated.append((heading, line))
    return stated


def keywords(reply: str, most: int) -> list[str]:
    """The first keywords, each once.

    >>> keywords("Keywords: Ann Lee, *chess*, ann lee\\nParis; 42!", 3)
    ['Ann Lee', 'chess', 'Paris']
    """
    listed = re.split(r"[,;\n|]", re.sub(r"(?i)^\s*keywords\s*:", "", reply))
    named = (word.strip(_AROUND) for word in listed)
    unique: dict[str, str] = {}
    for word in filter(_is_name, named):
        unique.setdefault(word.lower(), word)
    return list(unique.values())[:most]


def triples(reply: str) -> list[Triple]:
    """The lines that hold three parts.

    >>> triples("- Ann | knows | Bob\\nI see:\\nAnn | | Bob\\nBob | is | 'tall'")
    [('Ann', 'knows', 'Bob'), ('Bob', 'is', 'tall')]
    """
    parsed: list[Triple] = []
    for line in reply.split("\n"):
        parts = [part.strip(_AROUND) for part in _BULLET.sub("", line.strip()).split("|")]
        if len(parts) == 3 and all(map(_is_name, parts)):
            parsed.append((parts[0], parts[1], parts[2]))
    return list(dict.fromkeys(parsed))


def phrase(name: str) -> str:
    """A name as it is compared: its words in lower case, without a leading article.

    >>> phrase("The Oak-Pier"), phrase("oak pier.")
    ('oak pier', 'oak pier')
    """
    words = _WORD.findall(name.lower())
    if len(words) > 1 and words[0] in ("a", "an", "the"):
        del words[0]
    return " ".join(words)


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST and bool(_WORD.search(text))


UNTITLED = "[-]"
"""The heading, for the model, of a passage without one, so that it is not joined to the last."""


def alone(reply: str, passage: str) -> list[str]:
    """The facts that a model wrote of one passage, each under its heading; the passage itself if
    it wrote none.

    >>> alone("She ran.\\nShe won.", "[Note · Ann]\\nShe ran and won.")
    ['[Note · Ann]\\nShe ran.', '[Note · Ann]\\nShe won.']
    >>> alone("", "Ann ran.")
    ['Ann ran.']
    """
    stated = facts(reply, headed(passage)[0])
    return [f"{heading}\n{fact}" if heading else fact for heading, fact in stated] or [passage]


def joined(passages: Sequence[str]) -> str:
    """The passages as one text, each under a heading.

    >>> joined(["[Note · Ann]\\nShe ran.", "Bye."])
    '[Note · Ann]\\nShe ran.\\n\\n[-]\\nBye.'
    """
    return "\n\n".join(text if headed(text)[0] else f"{UNTITLED}\n{text}" for text in passages)


def topics(reply: str, passages: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The headings and facts that a model wrote of passages, in the order of the passages.

    A passage of which it wrote nothing stays as it is; facts under headings that no passage has
    come last.

    >>> list(topics("[Bob]\\nHe won\\nHe sat.", ["[Ann]\\nShe ran. She won.", "[Bob]\\nHe did."]))
    [('[Ann]', ['She ran. She won.']), ('[Bob]', ['He won.', 'He sat.'])]
    """
    written: dict[str, list[str]] = {}
    for heading, fact in facts(reply):
        written.setdefault(heading, []).append(fact if fact[-1] in ".!?\"')" else f"{fact}.")
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
