"""Signatures, assignments, decorators and paths in notes, spelled out with labels."""

import re
from collections.abc import Callable

from memorygym.scoring.fact_reader.phrases import Phrases
from memorygym.scoring.fact_reader.words import LINKS
from memorygym.tracks.codeqa.keys import KEYS, LITERAL
from memorygym.tracks.codeqa.names import is_name

_Words = str | Callable[[re.Match[str]], str]
_LABELS = Phrases((label, key) for key in KEYS for label in key.labels)
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)?"
_SIGNATURE = re.compile(
    rf"^(?P<start>[^\w@]*)(?P<marks>(?:@\w+(?:\([^()]*\))?\s*)*)(?:async )?(?:def )?"
    rf"(?P<name>`?{_NAME})"
    r"\((?P<inputs>[^()]*)\)`?(?:\s*→\s*\w[\w.|]*(?:\[[^\]]*\])?(?=\s*(?:[:;,]|\s{2}|$)))?:?(?P<rest>[\s\S]*)$"
)
_SET = re.compile(rf"\b([^\W\d]\w*)(?:(?::[^=,]*)?\s*=\s*|: ?)({LITERAL})")
_PLAIN = r"(?:-?\d[\d.]*|\"[^\"]*\"|'[^']*'|True|False|None)"
_PAIRS = rf"(?:\w+(?: ?[=:] ?| ){_PLAIN}(?:,? (?:and )?)?)+"
_MARK = re.compile(
    r"(?:(?:\bis |\bare )?\b(?:decorated|wrapped|marked)(?: with| by| in| as)? @?"
    r"|\bdecorators?:? @?|@|(?<!\w)(?=[a-z]+ed\(\w+[=:])|\bis (?=[a-z]+ed with )"
    r"|(?<=[,;:—] )(?=[a-z]+ed with \w+ \d))"
    rf"`?(?P<name>\w+)`?(?:\((?P<inside>[^()]*)\)|(?:,| with|:|) (?P<pairs>{_PAIRS}))"
)
"""A decorator with its arguments: "@metered(pause=3)", "is metered with pause 3 and burst 4"."""
_MARK_SIGNS = ("@", "ed(", "ed with", "ecorat", "wrapped", "marked")
_PAIR = re.compile(rf"\b([^\W\d]\w*)(?: ?[=:] ?| )({LITERAL})")
_CLASSES = re.compile(
    r"(?<=[,;] )(?:and |class )*`?(?P<name>[A-Z]\w*[a-z]\w*)`?\(`?(?P<base>[A-Z]\w*[a-z]\w*)`?\)"
)
"""A class behind another one."""
_CLASS = re.compile(
    r"^(?P<start>\W*)(?:class\s+)?`?(?P<name>[A-Z]\w*[a-z]\w*)`?\s*(?:\(\s*|<[-:]?\s*)`?"
    r"(?P<base>[A-Z]\w+|object)`?\s*\)?:?(?=\W|$)"
)
_HOLDS = re.compile(
    r"(?<![\w.])(?<!use of the setting )(?<!use of the function )"
    r"(?<!\bmodule of )"
    r"(`?(?:_*[A-Z][A-Z\d]*(?:_[A-Z\d]+)+|[A-Z]\w*[a-z]\w*\.[a-z]\w*)`?)"
    rf"(?: ?[=:→] ?| (?:is|equals|is set to|is now|now) | )({LITERAL})"
    r"(?=\s*(?:[,;.)(|#—→]|$))"
)
_MOVED = re.compile(
    r"(?<=[A-Z\d])`? (?:was |has been )?(?:raised|changed|lowered|set|cut|bumped|moved|increased"
    rf"|decreased|reduced|updated)(?: from (?:{LITERAL}))? to (?={LITERAL})"
)
"""Stands between a constant and its new value."""
_SPAN = re.compile(r"`(\w+ ?= ?[^`\n]+)`")
"""An assignment in backticks."""
_READS = re.compile(
    r"\b(?:looks (?:up|at)|adds|consults|checks|multiplies by|divides by|references|refers to"
    r"|relies on) (?=`?_*[A-Z][A-Z\d]*_)"
)
_CALLS = re.compile(r"\b(?:invokes|delegates to|hands over to|relies on) (?=`?[a-z]+_\w)")
_ENTRY = re.compile(r"\b[Ee]ntry for ((?:(?!\. |ntry for).){0,200}?) reads ")
_ADJECTIVES = frozenset("no any new old current former previous same".split())
_NO_INPUT = "|".join(sorted(LINKS | _ADJECTIVES))
_RAISE = re.compile(r"\braise (?=[A-Z]\w*\()")
_VALUE = rf"(?:(?: is| was| now)? |: ?| ?[=→] ?)(?:{LITERAL})"
_DEFAULT = re.compile(
    rf"\b(?!(?:{_NO_INPUT})\b)(?:([A-Za-z]\w*) default(?: value)?\b(?! for | value )"
    rf"(?! of (?!\w+[_.]\w))(?! (?!(?:is|was|now|to)\b)[a-z]+{_VALUE})"
    rf"|([a-z]\w*)_default(?=(?:=|: ?)(?:{LITERAL})))",
    re.IGNORECASE,
)
_HEADED = re.compile(r"\W*`?[a-z]\w*_\w+`?(?:\(\))?(?:'s)?(?:\s*[:;—|]|\s(?=\w+ ?[=→]))")
"""What opens a line about a function."""
_KEYWORD = re.compile(
    r"(?<=[\s;,])(?<![Dd]efault )(?<!default of )(?<!argument )(?P<name>[^\W\d]\w*(?:\.[a-z]\w*)?)"
    rf"(?: ?= ?| ?→ ?| (?=(?:{LITERAL}) →))(?P<value>{LITERAL})(?=[\s;,.]|$)"
)
_TO = re.compile(
    rf"\b(?:param(?:eter)? |argument )?([A-Za-z]\w*)(?: defaults to| \(default:?) (?={LITERAL})"
)
_FRAGMENT = re.compile(
    rf"(?:(?<=^[-*•] )|(?<=^  [-*•] )|(?<= has )|(?<= takes ))"
    rf"(?P<name>[a-z]\w*)=(?P<value>{LITERAL})"
)
"""A default alone in a bullet, or behind "has"."""
_FILE = r"`?(?P<path>[\w/]+\.py)`?"
_ANY = r"`?(?:\w+_\w+|[A-Z]\w*[a-z]\w*)`?"
_VALUED = rf"(?: ?= ?(?:{LITERAL})(?: \([^()]*\))?)?"
_HELD = _ANY + _VALUED
_IN_FILE = re.compile(
    rf"^(?P<name>\W*{_ANY}(?:\(\w+\))?)"
    r"(?: [(\[](?:in )?| (?:is |lives |sits |defined )?in | @ | — )"
    rf"{_FILE}[)\]]?(?=[\s;:,.]|$)"
)
_AT = re.compile(rf"^(?P<name>\W*{_ANY}) @ (?P<path>[a-z]\w*):")
_HOLDERS = re.compile(
    rf"^(?P<start>[^\w`]*){_FILE}(?:::|: | (?:defines|contains|holds|has) )"
    rf"(?P<names>{_HELD}(?:(?:, and |, | and | & ){_HELD})*)"
    r"(?P<rest>$|[.:;](?:\s|$).*|(?= [a-z]).*)"
)
"""A file and what it holds."""
_NESTED = re.compile(
    r"\b(?:indent|nest)(?:ed|ing|ation)? ?(?:=|:|is|are|means?|shows?) ?(?:an? |the )?"
    r"(?:sub-?class|child|deriv|inherit)",
    re.IGNORECASE,
)
"""Says that a class stands deeper than its parent."""
_ITEM = re.compile(r"(?P<indent>\s*)(?:[-*•+] )?`?(?P<name>[A-Z]\w*[a-z]\w*)`?")
_DEFAULTS = re.compile(r"\W*defaults\b[^=]{0,12}?:", re.IGNORECASE)
_OWN_DEFAULT = re.compile(rf"(`?[a-z]\w*_\w+`?)(?:'s)?:? ([a-z]\w*) ?= ?(?={LITERAL})")
"""A function and the value of its parameter in a list of defaults."""
_PATH = re.compile(
    r"^(?P<start>\s*(?:(?:#+|[-*•](?=\s))\s*)?)[=*`\[]*"
    r"(?P<path>(?:[\w-]+/)*[\w-]+\.py)[=*`\]]*:?[*`]*\s*$"
)
_HIDDEN = re.compile(r"(?<=\.)__(\w+?)__|(?<!\w)_(?=[A-Z\d]+_|[a-z]+_\w)|(?<=[`.])_(?=\w)")


def spelled_out(line: str) -> str:
    """A line with labels for what signatures, assignments and paths state.

    >>> spelled_out("sift_quay(crates, margin=45)  @metered(pause=3)")
    'sift_quay; default of margin: 45;   , argument metered.pause: 3, '
    >>> spelled_out("# a/quay.py"), spelled_out("QUAY_LIMIT = 417")
    ('# module: a/quay.py', "QUAY_LIMIT's value: 417")
    """
    if match := _PATH.match(line):
        path = f"module: {match['path']}"
        return match["start"] + (path if match["start"].startswith("#") else f"[{path}]")
    if "efaults" in line and _DEFAULTS.match(line):
        line = _OWN_DEFAULT.sub(r"default of \2 of \1: ", line)
    for signs, pattern, words in _STEPS:
        if any(sign in line for sign in signs):
            line = pattern.sub(words, line)
    match = _SIGNATURE.match(line) if "(" in line else None
    if match and is_name(match["name"].strip("`")):
        stated = "".join(
            f"default of {name}: {value}; " for name, value, *_ in _SET.findall(match["inputs"])
        )
        line = (
            f"{match['start'].rstrip('`')}{match['name'].strip('`')}; {stated}"
            f"{match['marks']}{match['marks'] and '; '}{match['rest']}"
        )
    if any(sign in line for sign in _MARK_SIGNS):
        line = _MARK.sub(_marking, line)
    if ("=" in line or "→" in line) and _HEADED.match(line):
        line = _KEYWORD.sub(_keyword, line)
    line = _MOVED.sub("'s value: ", line) if " to " in line else line
    return line if "value" in line.lower() else _HOLDS.sub(_holding, line)


def with_parents(text: str) -> str:
    """The text with the parent of each class, where it says that classes stand deeper than their
    parents."""
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


def _holding(match: re.Match[str]) -> str:
    """A constant with its value."""
    return f"{match[1]}'s value: {match[2]}"


def _held(match: re.Match[str]) -> str:
    """What a file holds, each with its module; a single one with what follows it."""
    names = [held[0] for held in re.finditer(_HELD, match["names"])]
    if len(names) > 1 and not match["rest"].strip(" ."):
        pairs = (re.split(" ?= ?", name, maxsplit=1) for name in names)
        stated = [
            f"{name.strip('`')}'s module: {match['path']}"
            + (f"; {name.strip('`')}'s value: {value[0]}" if value else "")
            for name, *value in pairs
        ]
        return f"{match['start']}{'; '.join(stated)}"
    if len(names) > 1:
        return match[0]
    return f"{match['start']}{names[0]}; module: {match['path']}; {match['rest'].lstrip(':;. ')}"


def _keyword(match: re.Match[str]) -> str:
    """The default of a parameter, unless its name is the label of another key."""
    is_label = next(_LABELS.find(match["name"]), None)
    label = "argument" if "." in match["name"] else "default of"
    return match[0] if is_label else f"{label} {match['name']}: {match['value']}"


def _marking(match: re.Match[str]) -> str:
    """The arguments of a decorator."""
    pairs = _PAIR.findall(match["inside"] or match["pairs"] or "")
    stated = [f"argument {match['name']}.{name}: {value}" for name, value, *_ in pairs]
    return f", {', '.join(stated)}, " if stated else match[0]


_STEPS: tuple[tuple[tuple[str, ...], re.Pattern[str], _Words], ...] = (
    (("_",), _HIDDEN, lambda match: f".ǁ{match[1]}ǁ"[1:] if match[1] else "ǀ"),
    ((" @ ",), _AT, r"\g<name>; module: `\g<path>`; "),
    ((".py",), _HOLDERS, _held),
    ((".py",), _IN_FILE, r"\g<name>; module: \g<path>; "),
    (("efault",), _TO, r"default of \1: "),
    (("`",), _SPAN, r"\1"),
    (("looks ", "adds ", "sults ", "checks ", " by ", "refer", "relies "), _READS, "reads "),
    (("invokes ", "delegates ", "hands ", "relies "), _CALLS, "calls "),
    (("=",), _FRAGMENT, _keyword),
    (("ntry for",), _ENTRY, r"\1 is "),
    (("raise ",), _RAISE, ""),
    (("efault",), _DEFAULT, lambda match: f"default of {(match[1] or match[2]).lower()}"),
    (("(",), _CLASSES, r"; \g<name>'s parent class: \g<base>"),
    (("(", "<"), _CLASS, r"\g<start>\g<name>; parent class: \g<base>; "),
)
"""What is replaced before signatures are read: signs, pattern, words."""
