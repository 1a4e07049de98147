"""The vocabulary of the fact reader: keys of code and observed topics, and how texts name both."""

import re

from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.tracks.codeqa.keys import IMPORT, KEYS
from memorygym.tracks.codeqa.names import CodeNames, is_name, type_of

_NESTED = re.compile(
    r"\b(?:indent|nest)(?:ed|ing|ation)? ?(?:=|:|is|are|means?|shows?) ?(?:an? |the )?"
    r"(?:sub-?class|child|deriv|inherit)",
    re.IGNORECASE,
)
"""Says that a class stands deeper than its parent."""
_ITEM = re.compile(r"(?P<indent>\s*)(?:[-*•+] )?`?(?P<name>[A-Z]\w*[a-z]\w*)`?")
_SETTINGS = re.compile(r'("\w+": ?)\{((?:"[a-z]+": ?\d+(?:, ?)?)+)\}')
"""Defaults or arguments as JSON has them below the function: "defaults": {"slack": 3}."""


def spelled_out(text: str) -> str:
    """The text with the parent of each class, where it says that classes stand deeper than their
    parents, and with defaults and arguments in the line that says what they are."""
    text = _SETTINGS.sub(lambda match: f'{match[1]}"' + match[2].replace('"', "") + '"', text)
    lines, above, is_told = text.split("\n"), list[tuple[int, str]](), False
    for number, line in enumerate(lines if _NESTED.search(text) else ()):
        match = _ITEM.match(line)
        if _NESTED.search(line):
            is_told, above = True, []
        elif is_told and match and is_name(match["name"]):
            depth = len(match["indent"].expandtabs())
            above = [outer for outer in above if outer[0] < depth]
            if above:
                lines[number] = f"{line}; parent class: {above[-1][1]}"
            above.append((depth, match["name"]))
        elif line.strip():
            is_told = False
    return "\n".join(lines)


VOCABULARY = Vocabulary(
    KEYS,
    CodeNames(KEYS),
    frozenset("function class constant method test decorator topic job identifier symbol".split()),
    type_of,
    (IMPORT,),
    spell_out_text=spelled_out,
)
