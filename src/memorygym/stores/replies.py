"""Reads what a model wrote for a memory: facts, keywords, triples; other lines are lost."""

import re

_BULLET = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^(?:\[.*\]|=+ .*|#+ .*)$")
_WORD = re.compile(r"[^\W_]+")
_AROUND = " \t\"'*`[](){}<>,;|"
"""What may stand around a name and does not belong to it."""
LONGEST = 80
"""Characters of a keyword or of a part of a triple; what is longer is a sentence."""

Triple = tuple[str, str, str]
"""Subject, relation, object."""


def facts(reply: str, heading: str = "") -> list[tuple[str, str]]:
    """Each fact under its heading; `heading` is that of the facts before any.

    >>> facts("Here they are:\\n- Ann ran.\\n[Note · Bob]\\nHe won.\\n---", "[Log]")
    [('[Log]', 'Ann ran.'), ('[Note · Bob]', 'He won.')]
    """
    known = heading.split("\n")
    found: list[tuple[str, str]] = []
    above: list[str] = []
    for raw in reply.split("\n"):
        line = _BULLET.sub("", raw.strip())
        if line and (line in known or _HEADING.match(line)):
            above.append(line)
        elif _WORD.search(line) and not line.endswith(":"):
            heading, above = "\n".join(above) or heading, []
            found.append((heading, line))
    return found


def keywords(reply: str, most: int) -> list[str]:
    """The first keywords, each once.

    >>> keywords("Keywords: Ann Lee, *chess*, ann lee\\nParis; 42!", 3)
    ['Ann Lee', 'chess', 'Paris']
    """
    listed = re.split(r"[,;\n|]", re.sub(r"(?i)^\s*keywords\s*:", "", reply))
    named = (word.strip(_AROUND) for word in listed)
    found: dict[str, str] = {}
    for word in filter(_is_name, named):
        found.setdefault(word.lower(), word)
    return list(found.values())[:most]


def triples(reply: str) -> list[Triple]:
    """The lines that hold three parts.

    >>> triples("- Ann | knows | Bob\\nI see:\\nAnn | | Bob\\nBob | is | 'tall'")
    [('Ann', 'knows', 'Bob'), ('Bob', 'is', 'tall')]
    """
    found: list[Triple] = []
    for line in reply.split("\n"):
        parts = [part.strip(_AROUND) for part in _BULLET.sub("", line.strip()).split("|")]
        if len(parts) == 3 and all(map(_is_name, parts)):
            found.append((parts[0], parts[1], parts[2]))
    return list(dict.fromkeys(found))


def phrase(name: str) -> str:
    """A name as it is compared: its words, lower case, no leading article.

    >>> phrase("The Oak-Pier"), phrase("oak pier.")
    ('oak pier', 'oak pier')
    """
    words = _WORD.findall(name.lower())
    if len(words) > 1 and words[0] in ("a", "an", "the"):
        del words[0]
    return " ".join(words)


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST and bool(_WORD.search(text))
