"""The vocabulary of the fact reader: keys of code and observed topics, and how texts name both."""

import re
from collections.abc import Sequence
from functools import lru_cache

from memorygym.scoring.fact_reader.key import Key, Named
from memorygym.scoring.fact_reader.phrases import Phrases, mask
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import GENERIC, LINKS

CODE_SIGNS, VALUE_SIGNS = (range(0x30000, 0x30800), range(0x30800, 0x31000))
"""Characters that stand for code and for values in escapes, so that they are not read as words."""
_CODE_SIGN, _VALUE_SIGN = (f"[{chr(s.start)}-{chr(s.stop - 1)}]" for s in (CODE_SIGNS, VALUE_SIGNS))
_NUMBER = r"(?<![\w.])(?<!release )(?<!version )(?<!before )(?<!since )-?\d+(?:\.\d+)?(?!\w|\.\d)"
_OTHER = r", |superseded|by an import|yes\b"
_PART = r"\n\ue000\ue001"
_ATOM = (
    rf"(?:{_NUMBER}|\"(?!{_OTHER})[^\"{_PART}]*\"|'(?!{_OTHER})[^'{_PART}]*'"
    r"|\bTrue\b|\bFalse\b|\bNone\b)"
)
LITERAL = (
    r"`([^`\n\ue000\ue001]+)`|[\"'](\{[\"'\d][^{}\n]*\})[\"']|\{(?:[\"'\d][^{}\n]*)?\}|\[(?:[\"'\d][^\[\]\n]*)?\]"
    rf"|\((?:{_ATOM}, ?)+(?:{_ATOM})?\)|{_ATOM}|{_VALUE_SIGN}"
)
"""The value of a constant or a default, as code writes it."""
_MODULE = (
    r"(?<![\w./])(?:[a-z_ǀ]\w*[./])+[a-z_ǀ]\w*(?:\.py)?(?![\w/]|\.\w)|\b\w+\.py\b|`([a-z_]\w*)`"
)
_WORD_ALONE = (
    r"(?:^|[:=|→—(,;\t\ue000\ue001]|\.\s|\s-|\b(?:is|are|was|as|to|has|gives|reads|put)\s)[\"'`\s*]*"
    r"(?!(?:the|a|an|for|now|is|was|recorded|given|put|set|noted|as)\b)([a-z]+)(?!\w)[\"'`*.]*"
    r"(?=\s*(?:$|[|,;)([<→—\t\ue001]|is\b|as\b))"
)
IMPORT = "by an import"

KEYS = (
    Key("file", "word", ("module", "defined in", "file", "lives in", "located in", "path"),
        pattern=_MODULE, is_shared=True),
    Key("value", "word", ("value",), pattern=LITERAL),
    Key("source", "word", ("code", "source code"), pattern=_CODE_SIGN),
    Key("default:{}", "word", (
        "default of the parameter {}", "default of parameter {}", "default value of {}",
        "default value for {}", "default of {}", "default for {}", "preset for {}", "default {}",
    ), pattern=LITERAL),
    Key("argument:{}", "word", ("decorator argument {}", "argument {}", "marking {}"),
        pattern=LITERAL),
    Key("calls:{}", "enum", ("use of the function {}",), choices=("yes",)),
    Key("reads:{}", "enum", ("use of the setting {}",), choices=("yes",)),
    Key("uses", "entity",
        verbs=("calls", "reads", "uses", "calls the function", "reads the constant",
               "uses the constant", "subtracts", "depends on"),
        inverse_verbs=("is called by", "called by", "is read by", "read by", "is used by",
                       "used by")),
    Key("base", "entity", ("parent class", "base class", "superclass", "parent"),
        ("inherits from", "derives from", "subclass of", "is a subclass of", "extends"),
        subject="class", value="class"),
    Key("raises", "entity",
        ("exception thrown", "exception raised", "exception", "ending", "traceback"),
        ("raises", "throws", "may raise", "ended with", "ended in", "ends with", "ends in"),
        value="class"),
    Key("setting", "entity", ("trigger",),
        ("fails only while", "fails only when", "fails only if", "only fails when",
         "only fails while"), ("makes",), subject="topic", value="constant"),
    Key("culprit", "entity", ("culprit", "function at fault", "fault"),
        ("goes astray in", "sits in"), subject="topic", value="function"),
    Key("rows", "number", ("row cap", "rows a page", "rows per page", "rows")),
    Key("breaks", "number", ("breakage", "goes wrong beyond", "breaks beyond", "breaks above",
                             "breaks after", "entries")),
    Key("items", "number", ("item cap", "items a call", "items per call", "items")),
    Key("memory", "number", ("memory cap", "memory limit", "may hold", "MB")),
    Key("plan", "word", ("plan", "follows the", "goes by the"), pattern=_WORD_ALONE),
)  # fmt: skip
_FUNCTION, _TOPIC_KEYS = ("function",), "rows breaks setting exception culprit items plan memory"
SUBJECTS = {
    "file": ("function", "class", "constant"), "value": ("constant", "function"),
    "source": ("function", "class"), "base": ("class",),
    **dict.fromkeys("default argument calls reads raises".split(), _FUNCTION),
    **dict.fromkeys(_TOPIC_KEYS.split(), ("topic",)),
}  # fmt: skip
"""By key: the types of what has it. A member of a class has the type of a function."""


_FOLDED = (("__", "ǁ"), ("_", "ǀ"))
"""What would be read as emphasis, and what stands for it."""


def shown(name: str) -> str:
    """A name as code and questions write it."""
    for sign, other in _FOLDED:
        name = name.replace(other, sign)
    return name if " " not in name or name.startswith("the ") else f"the {name}"


def type_of(name: str) -> str:
    """The type of what a name names.

    >>> [type_of(name) for name in ("the export of tide tables", "A_B", "QuayLog", "QuayLog.weigh")]
    ['topic', 'constant', 'class', 'function']
    """
    name = shown(name)
    if " " in name:
        return "topic"
    if name.isupper():
        return "constant"
    return "class" if name == "object" or (name[0].isupper() and "." not in name) else "function"


_SINGLE = frozenset("metered audited throttled mirrored noting partial object Exception".split())
"""Names of one word in generated packages; texts show others in backticks."""
_NO_NAME = (
    LINKS | GENERIC | frozenset("last recorded stated according document kind import".split())
)
_IDENTIFIER = re.compile(
    r"`(?P<quoted>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?:\(\))?`"
    r"|(?<![\w./`-])(?P<bare>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?:\(\))?(?![\w/]|\.py\b)"
)
_BEFORE_NAME = re.compile(
    r"(?:^|\b(?:of|for|in|at|by|function|class|method|test|constant|calls|uses|reads|raises|and))"
    r"[\s\W]*$"
)
_STOP = "|".join(sorted(LINKS | frozenset(
    "may might can could must should will would keep keeps get gets go goes fail fails follow"
    " follows hold holds lose loses end ends ended want wants return returns break breaks crash"
    " crashes use uses user limit limited".split()
)))  # fmt: skip
_WORD = rf"(?!(?:{_STOP})\b)[a-z]+"
_TOPIC = re.compile(
    r"(?:\b[Tt]he |(?:^[\W\d]*|\ue001 (?:of|for|at) ))(?<![a-z])"
    rf"(?P<topic>{_WORD}(?: {_WORD}){{1,3}} of {_WORD}(?: {_WORD})?)(?!\w)"
    rf"|\b[Tt]he (?P<short>{_WORD} of {_WORD} {_WORD})(?!\w)"
)


class CodeNames:
    """Finds identifiers that cannot be words, others in backticks, and topics."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._labels = Phrases(
            (phrase, key)
            for key in keys
            for phrase in (*key.labels, *key.verbs, *key.inverse_verbs)
        )

    def __call__(self, text: str) -> list[Named]:
        """The names in a text."""
        labels = [(start, end) for start, end, _, _ in self._labels.find(text)]
        names: list[Named] = []
        place = 0
        for match in _IDENTIFIER.finditer(text):
            while place < len(labels) and labels[place][1] < match.end():
                place += 1
            is_label = place < len(labels) and labels[place][0] <= match.start()
            if is_label and match[0] == "Exception" and labels[place] == match.span():
                is_label = _is_label(text, match, labels[place - 1][1] if place else -9)
            if not is_label and (name := _name(match, text)):
                names.append((match.start(), match.end(), name))
        if " of " in text:
            names += _topics(text, labels)
        return sorted(names)


def _is_label(text: str, match: re.Match[str], before: int) -> bool:
    """Whether the word "Exception" is a label; the label before it ends at `before`."""
    behind = re.match(r"\s*(?:[:=→]|of\b|at\b|in\b)", text[match.end() :])
    return before + 1 < match.start() and behind is not None


def _name(match: re.Match[str], text: str) -> str:
    """The identifier; "" if it may be a word, a value or a module."""
    name = match["quoted"] or match["bare"]
    is_known = match["quoted"] and "." not in name and _BEFORE_NAME.search(text[: match.start()])
    return name if is_known or _is_name(name) else ""


@lru_cache(maxsize=20_000)
def _is_name(word: str) -> bool:
    """Whether an identifier can be no word and no module."""
    first, dot, _ = word.partition(".")
    if dot:
        return first[0].isupper() and not first.isupper()
    if "_" in word.strip("_"):
        return not all(part in _NO_NAME for part in word.lower().split("_"))
    return word in _SINGLE or (
        word[0].isupper() and bool(re.search(r"[a-z\d][A-Z]|[A-Z]{2}[a-z]", word))
    )


def _topics(text: str, labels: Sequence[tuple[int, int]]) -> list[Named]:
    text = mask(text, labels, "\ue001")
    found = []
    for match in _TOPIC.finditer(text):
        group = "topic" if match["topic"] else "short"
        start = match.start() if match[0][:4].lower() == "the " else match.start(group)
        found.append((start, match.end(), match[group]))
    return found


_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)?"
_SIGNATURE = re.compile(
    rf"^(?P<start>\W*)(?P<marks>(?:@\w+(?:\([^()]*\))?\s*)*)(?:async )?(?:def )?(?P<name>`?{_NAME})"
    r"\((?P<inputs>[^()]*)\)`?(?:\s*->\s*[\w\[\], .|]+?(?=:|\s{2}|$))?:?(?P<rest>[\s\S]*)$"
)
_MARK = re.compile(r"@(\w+)(?:\(([^()]*)\))?")
_SET = re.compile(rf"\b([^\W\d]\w*)(?::[^=,]*)?\s*=\s*({LITERAL})")
_CLASS = re.compile(
    r"^(?P<start>\W*)(?:class\s+)?`?(?P<name>[A-Z]\w*[a-z]\w*)`?\s*(?:\(\s*|<[-:]?\s*)`?"
    r"(?P<base>[A-Z]\w+|object)`?\s*\)?:?(?=\W|$)"
)
_HOLDS = re.compile(
    r"(?<![\w.])(?<!use of the setting )(?<!use of the function )"
    r"(?<!\bmodule of )"
    r"(`?(?:_*[A-Z][A-Z\d]*(?:_[A-Z\d]+)+|[A-Z]\w*[a-z]\w*\.[a-z]\w*)`?)"
    rf"(?: ?[=:→] ?| (?:is|equals|is set to) | )({LITERAL})(?=\s*(?:[,;.)(|#—→]|$))"
)
_ENTRY = re.compile(r"\b[Ee]ntry for ((?:(?!\. |ntry for).){0,200}?) reads ")
_ADJECTIVES = frozenset("no any new old current former previous same".split())
_NO_INPUT = "|".join(sorted(LINKS | _ADJECTIVES))
_RAISE = re.compile(r"\braise (?=[A-Z]\w*\()")
_DEFAULT = re.compile(
    rf"\b(?!(?:{_NO_INPUT})\b)(?:([A-Za-z]\w*) default(?: value)?\b(?! for | value )"
    r"(?! of (?!\w+[_.]\w))"
    rf"|([a-z]\w*)_default(?=(?:=|: ?)(?:{LITERAL})))",
    re.IGNORECASE,
)
_HEADED = re.compile(r"\W*`?[a-z]\w*_\w+`?(?:\(\))?\s*[:;—]")
_KEYWORD = re.compile(rf"(?<=[\s;,])([^\W\d]\w*)=({LITERAL})(?=[\s;,.]|$)")
_TO = re.compile(rf"\b([A-Za-z]\w*) defaults to (?={LITERAL})")
_MARKED = re.compile(
    r"(?:\bdecorated (?:with |by )?|^\s*[-*•] )@(\w+)(?:\(|: )((?:\w+=[^\s,()]+,? ?)+)\)?"
)
_FRAGMENT = re.compile(
    rf"(?:(?<=^[-*•] )|(?<=^  [-*•] )|(?<= has )|(?<= takes ))([a-z]\w*)=({LITERAL})"
)
"""A default alone in a bullet, or behind "has"."""
_IN_FILE = re.compile(
    r"^(?P<name>\W*\w+_\w+`?)(?: \(| (?:is |lives |sits )?in )`?(?P<path>[\w/]+\.py)`?\)?"
)
_PATH = re.compile(
    r"^(?P<start>\s*(?:#+|[-*•])?\s*)[=*`\[]*"
    r"(?P<path>(?:[\w-]+/)*[\w-]+\.py)[=*`\]]*:?\s*$"
)
_HIDDEN = re.compile(r"(?<=\.)__(\w+?)__|(?<!\w)_(?=[A-Z\d]+_|[a-z]+_\w)|(?<=[`.])_(?=\w)")


def spelled_out(line: str) -> str:
    """A line with labels for what signatures, assignments and paths state.

    >>> spelled_out("sift_quay(crates, margin=45)  @metered(pause=3)")
    'sift_quay; default of margin: 45;   ; argument metered.pause: 3; '
    >>> spelled_out("# a/quay.py"), spelled_out("QUAY_LIMIT = 417")
    ('# module: a/quay.py', "QUAY_LIMIT's value: 417")
    """
    if match := _PATH.match(line):
        path = f"module: {match['path']}"
        return match["start"] + (path if match["start"].startswith("#") else f"[{path}]")
    line = _HIDDEN.sub(lambda match: f".ǁ{match[1]}ǁ"[1:] if match[1] else "ǀ", line)
    line = _IN_FILE.sub(r"\g<name>; module: \g<path>; ", _TO.sub(r"default of \1: ", line))
    line = _FRAGMENT.sub(_keyword, _MARKED.sub(_marking, line))
    line = _RAISE.sub("", _ENTRY.sub(r"\1 is ", line))
    if "default" in line.lower():
        line = _DEFAULT.sub(lambda match: f"default of {(match[1] or match[2]).lower()}", line)
    line = _CLASS.sub(r"\g<start>\g<name>; parent class: \g<base>; ", line)
    match = _SIGNATURE.match(line)
    if match and _is_name(match["name"].strip("`")):
        stated = "".join(
            f"default of {name}: {value}; " for name, value, *_ in _SET.findall(match["inputs"])
        )
        rest = _MARK.sub(_marking, match["marks"] + match["rest"])
        line = f"{match['start'].rstrip('`')}{match['name'].strip('`')}; {stated}{rest}"
    if _HEADED.match(line):
        line = _KEYWORD.sub(_keyword, line)
    return line if "value" in line.lower() else _HOLDS.sub(r"\1's value: \2", line)


def _keyword(match: re.Match[str]) -> str:
    """The default of a parameter, unless its name is the label of another key."""
    is_label = next(VOCABULARY.labels.find(match[1]), None)
    return match[0] if is_label else f"default of {match[1]}: {match[2]}"


def _marking(match: re.Match[str]) -> str:
    """The arguments of a decorator."""
    return "; " + "".join(
        f"argument {match[1]}.{name}: {value}; " for name, value, *_ in _SET.findall(match[2] or "")
    )


VOCABULARY = Vocabulary(
    KEYS, CodeNames(KEYS),
    frozenset("function class constant method test decorator topic job identifier symbol".split()),
    type_of, (IMPORT,), folds_case=False, has_short_labels=False, spell_out=spelled_out,
)  # fmt: skip
