"""Words that a fact reader takes for no names and for no abbreviations; texts in lower case."""

import re
from collections.abc import Iterable


def lowered(text: str) -> str:
    """The text in lower case, each character in its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower()[0] for c in text)


def any_of(patterns: Iterable[str], after: str) -> str:
    """A pattern of the patterns, in groups by their first letters: search is fast as each group
    begins with a letter. `after` looks behind the first letter: "(?<![a-z].)"."""
    grouped: dict[str, list[str]] = {}
    for pattern in patterns:
        size = 2 if pattern[0] == "\\" else 1
        grouped.setdefault(pattern[:size], []).append(pattern[size:])
    groups = [f"{letter}{after}(?:{'|'.join(rest)})" for letter, rest in grouped.items()]
    return f"(?:{'|'.join(groups) or '(?!)'})"


def choice_pattern(choices: Iterable[str]) -> re.Pattern[str]:
    """Finds choices as whole words; of two at one place the longer one."""
    ordered = map(re.escape, sorted(choices, key=len, reverse=True))
    return re.compile(any_of(ordered, r"(?<![\w-].)") + r"(?![\w-])")


LINKS = frozenset(
    "a about all also an and as at but by concerning for from had has have in is it its no not of"
    " on or our re record regarding that the their these this those to was we were which"
    " with".split()
)
"""Words that state nothing and start no name."""
GENERIC = frozenset(
    "actions additional background backlog brief briefing changelog changes company compact"
    " context conversation core correction corrections current data date details entities entity"
    " entries entry event events extract extra fact facts figures follow-up general generic"
    " history index info information insights item items key known latest list log main memo"
    " memory message metadata metrics misc miscellaneous name names new news next note noted notes"
    " numbers observed old open other overview pending people place places point points previous"
    " profile questions record records reference registry relation relations relationships"
    " remaining report revised running scratchpad section session snapshot source sources state"
    " statement status step steps subject summary table task tasks things timeline to-do todo"
    " tracker update updated updates user values what working".split()
)
"""Words that name parts of notes rather than entities."""
COMMON = frozenset(
    "add added ago ask asked back best both came day days did does done each even ever every few"
    " first found gave get gets give given gives got help here hold holds how into just keep kept"
    " last pct let like line made make many may mean met mid month months more most much must near"
    " need nine one only out over part per put ran run said same saw say says second see seen seven"
    " set show shown six so some still such sum take taken tell ten than then there three time told"
    " too took top total try two und under until use used very via week weeks well went were when"
    " who why will year years yet".split()
)
"""Words that abbreviate nothing."""
OPENERS = frozenset(
    "actually after although because before besides but currently finally however if instead later"
    " likewise meanwhile neither nor next okay only or otherwise per plus rather remember right"
    " similarly since though thus today tomorrow unlike until whereas while yesterday yet".split()
)
"""Words that begin sentences, with a capital before a name."""
