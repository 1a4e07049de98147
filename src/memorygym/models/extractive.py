"""The provider `extractive`: an offline stand-in for a model, which copies clauses from the text.

Equal requests have equal replies on every machine. It understands nothing: it ranks clauses by
names, numbers, quotations and news, by the words of what the agent is asked to do, and by the names
that lead there from clause to clause. A later clause about the same thing replaces an earlier one.
"""

import builtins
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.tokens import MONTHS, count, normalize, truncate
from memorygym.core.types import JSON, Message, Tool
from memorygym.memories.stores.prompts import HINT, KIND, LIMIT, NEW, SO_FAR, TOLD
from memorygym.memories.stores.search.fulltext import STOP_WORDS
from memorygym.memories.stores.splitter import ENDS, LONGEST_HEAD, sentences
from memorygym.models.model import Model, Reply, check_whole, described, options_of

NAMELESS = True
"""The provider has a single model, so its name is the whole spec."""
DEFAULT_LIMIT = 1024
"""Most tokens of a reply if the request sets no limit."""
MAX_RARE_WORDS = 8
"""Most keywords that are no names: the longest words, which tend to be rare."""
_SELDOM = 3
"""Most times that the instruction repeats a word of its focus."""
_FOCUS = 2
"""Factor of a fact for each word of the focus, at most two, or of one question."""
_SHARED = 4
"""Most words of one question of which each doubles the weight of a fact."""
_NEAR = (9, 8, 7, 6, 5, 4, 3, 2)
"""Factors of the facts that name the focus, of those that name what these name, and so on."""
_CODE_WORDS = 3
"""Tokens beyond its text of a sentence about code, whose words a budget may not know."""
_SHORT = 100
"""Tokens up to which notes have no room kept for what they leave out."""
_MARGIN = 6
"""Tokens by which a budget may count longer notes higher, as it does not know all words."""
_RECENCY = 10
"""The last fact weighs 1 + 1 / 10 times as much as the first."""

_BUILTINS = frozenset(dir(builtins))
_NUMBER = re.compile(r"(?<![\w.])[-−]?[$€£]?\d[\d,.:/-]*(?<![,.:/-])(?:%|[A-Za-z]{1,3}\b)?")
# For speed, both patterns begin with the text that they look for; the lookbehind follows it.
_IDENTIFIER = re.compile(r"\w[._/]\w|[a-z][A-Z]|\w\(")
"""A place within a name in code."""
_CODE = re.compile(
    r'^ *(?:@\w|"""|(?:def|class|import|from|return) \w.*[\w):]$|\w+ [-+*]?= )', re.MULTILINE
)
"""The start of a line of code."""
_FILE = re.compile(
    r"(?:^=.*=\n)?^\[(\S+\.py)(?: · class (\w+))?\]\n((?:(?!\[|=).+(?:\n|$))+)", re.MULTILINE
)
"""A paragraph of a file of Python under its heading."""
_DEFINED = re.compile(r"`(\w+(?:\.\w+|_\w+|[a-z][A-Z]\w*))`")
"""The name of a definition, in a sentence about code."""
_DEF = re.compile(r"^ *def (\w+)\((.*)\).*:$", re.MULTILINE)
_CLASS = re.compile(r"^class (\w+)(?:\((\w+)\))?:$", re.MULTILINE)
_MARK = re.compile(r"^ *@(\w+)\((.*)\)$", re.MULTILINE)
_GIVEN = re.compile(r"(\w+)=([^,]+)")
_RAISED = re.compile(r"\braise (\w+)")
_CALLED = re.compile(r"(?<![\w.])([a-z_]\w*)\(")
_UPPER = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
_SET = re.compile(r"^ *(\w+) = (-?\d+|\".*\"|\{.*\})$", re.MULTILINE)
_QUOTED = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|'(?<!\w')[^'\n]+'(?!\w)")
_NAME = re.compile(r"[A-Z](?<![\w&].)[\w&-]*(?: (?:(?:of|de|van|von) )?[A-Z][\w&-]*)*")
_OBJECT = re.compile(f"{_QUOTED.pattern}|{_NUMBER.pattern}(?:, {_NUMBER.pattern})*")
_QUOTES = "\"'“”"
_DIGITS = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"[A-Za-z]+")
_WORDS = re.compile(r"[A-Za-z&'-]+")
_RARE = re.compile(r"(?<![\w-])[a-z]{6,}(?![\w-])")
_CLAUSE = re.compile(r"[,;:.](?=\s|$)")
_PARTS = re.compile(rf"^(?:{re.escape(SO_FAR)}|{re.escape(NEW)})[^\S\n]*$", re.MULTILINE)
_MARKED = re.compile(r"(?:\[.*\]|=.*=|#.*|.*:)$")
_NOTED = re.compile(r"[:=|{}\d]")
_SENTENCE_STARTS = frozenset(("", "\n", *'.!?["(=#'))
"""Characters before the first word of a sentence or heading."""
_ASIDE = re.compile(
    r"[;,] (?:although|though|whereas|while|versus|compared|against|after|up|down|with|no|not)\b.*"
    r"|; the .*"
)
"""What follows a value: another year, another's figure, a rumour."""
_VALUE = re.compile(r"[\d\"'“]| (?:is|are|was|were) ")
_LEAD = re.compile(r"^(\w+: )?(?:.*[,:] )?(?=(?:my|our|the) [^,:;]* (?:is|are) )", re.IGNORECASE)
"""What stands before a statement, as in "By the way, my …"; who speaks is kept."""
_PRONOUN = re.compile(r"^(?:It|He|She|They|(Its|His|Her|Their))\b")
_SPEAKER = re.compile(r"^\w+: ")
_STATE = re.compile(rf" (?:is|are|was|were)(?: now)? (?:[^\s,;]+|{_NAME.pattern})(?=\.?$)")
"""A state at the end of a clause, which a later one replaces."""
_NEWS = re.compile(r"\b(?:now|changed|corrected|amended|updated|no longer|than)\b")
_CALL = re.compile(r"(?:assistant: )?\w+ \{.*\}$")
_SECTION = re.compile(r"^## (\S+)$", re.MULTILINE)
_OTHER_NAME = re.compile(r"([\w ]+) \(([^()]+)\)")
_FRAMED = re.compile(r"\[.*\]$|=.*=$")
_PLAIN = re.compile(r"[A-Z]?[a-z]+(?: (?:[a-z]+|\d+))*|[A-Z]+")
"""A part of a heading that is no name, path or date: the kind of a source, its number."""
_LEFT_OUT = re.compile(r"^Left out: (\d+) facts?.*\n?", re.MULTILINE)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_CALENDAR = frozenset((*MONTHS, *_DAYS.split()))
_OPENERS = STOP_WORDS | frozenset(
    "i he she it we you they he his her its our your their no yes but".split()
)
"""Words that have a capital only because they begin a sentence."""
_SELF = frozenset("i my mine we our".split())
_RELATIVE = frozenset("than by again another further more less up down".split())


@dataclass(frozen=True, slots=True)
class HeadedSentence:
    """A sentence of a text."""

    text: str
    head: str
    """The heading above it; "" if there is none."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a sentence says, in a clause that names its subject."""

    text: str
    head: str
    """Source and date, from the heading above it."""
    names: frozenset[str]
    """The names and quotations in it, and its subject."""
    words: frozenset[str]
    """Its words, as `_stems` gives them."""
    says: int
    """How much it says of its subject."""
    key: str
    """Equal for two facts of which the later one replaces the earlier."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What the agent is asked to do, as far as an instruction says it."""

    words: frozenset[str]
    """The words of the instruction."""
    focus: frozenset[str]
    """Those of the questions that the agent was told first, or else those that the instruction
    repeats, with their other names."""
    questions: tuple[frozenset[str], ...] = ()
    """By question: its words."""

    def shared(self, words: frozenset[str]) -> int:
        """How many words, up to some, are those of one question, or of the focus."""
        if not self.questions:
            return min(2, len(words & self.focus))
        return min(_SHARED, max(len(words & question) for question in self.questions))


@lru_cache(maxsize=1024)  # Several memories make the same request.
def write(task: str, text: str, most: int) -> str:
    """The reply to an instruction of `memories.stores.prompts`, in at most `most` tokens.

    It is a `core.types.Writer`. Raises UnknownPart for another instruction.

    >>> write("Task: summary", "Summary so far:\\nAnn won 2 cups.\\n\\nNew:\\nHi! Bob won 3.", 20)
    'Ann won 2 cups.\\nBob won 3.'
    >>> write("Task: triples", "[Note · Ann Lee]\\nShe won 3 cups.", 20)
    'Ann Lee | won cups | 3'
    """
    first, _, rest = task.partition("\n")
    kind = first.removeprefix(KIND).strip()
    if kind not in KINDS:
        raise UnknownPart("task of the model extractive", kind, KINDS)
    return KINDS[kind](text, most, rest) if most > 0 else ""


def _summary(text: str, most: int, task: str) -> str:
    """Notes that replace the notes so far and the new text: what serves the goal best per token,
    and last, how much was left out."""
    left_out = sum(map(int, _LEFT_OUT.findall(text)))
    text = _PARTS.sub("", _LEFT_OUT.sub("", text))
    text = _SECTION.sub(lambda head: "" if f"\n- {head[1]}\n" in task else head[0], text)
    goal, facts = _goal(task), dict[str, Fact]()
    for sentence in _sentences(_FILE.sub(_code, text)):
        if fact := _fact(sentence.text, sentence.head, goal):
            facts.pop(fact.key, None)
            facts[fact.key] = fact
    useful = [fact for fact in facts.values() if fact.says or fact.words & goal.focus]
    return _notes(useful or [*facts.values()], goal, left_out, most)


def _code(shown: re.Match[str]) -> str:
    """What a paragraph of code says, a sentence a line; indentation may be lost.

    >>> print(_FILE.sub(_code, "[a/b.py]\\n@seen(n=2)\\ndef f_x(n, k=3):\\nraise NoX(g_x(n))"))
    <BLANKLINE>
    `f_x` is defined in a/b.py.
    The default of `k` of `f_x` is 3.
    The decorator `seen` of `f_x` sets `n` to 2.
    `f_x` raises `NoX`.
    `f_x` calls `g_x`.
    <BLANKLINE>
    """
    path, owner, body = shown.groups("")
    said = list[str]()
    if head := _DEF.search(body):
        name = f"{owner}.{head[1]}".lstrip(".")
        said += [f"`{name}` is defined in {path}."] if not owner else []
        said += [f"The default of `{k}` of `{name}` is {v}." for k, v in _GIVEN.findall(head[2])]
        for mark, given in _MARK.findall(body):
            setting = f"The decorator `{mark}` of `{name}` sets"
            said += [f"{setting} `{k}` to {v}." for k, v in _GIVEN.findall(given)]
        done = body[head.end() :]
        said += [f"`{name}` raises `{raised}`." for raised in _RAISED.findall(done)]
        said += [f"`{name}` calls `{called}`." for called in _CALLED.findall(done)
                 if called not in _BUILTINS]  # fmt: skip
        said += [f"`{name}` reads `{read}`." for read in _UPPER.findall(done)]
    else:
        for name, base in _CLASS.findall(body):
            said += [f"`{name}` is defined in {path}."]
            said += [f"`{name}` derives from `{base}`."] if base not in ("", "Exception") else []
        prefix = f"{owner}." if owner else ""
        said += [f"The value of `{prefix}{name}` is {v}." for name, v in _SET.findall(body)]
    return "\n".join(["", *dict.fromkeys(said), ""])


def _facts(text: str, most: int, _: str) -> str:
    """Every fact of a text but of its code, which a memory keeps as it is."""
    text = "\n\n".join(part for part in text.split("\n\n") if not _CODE.search(part))
    lines, head, said = list[str](), "", [*_informative(text)]
    for sentence in said:
        lines += [sentence.head] if sentence.head != head else []
        lines.append(sentence.text)
        head = sentence.head
    joined = _join_fitting(filter(None, lines), "\n", most)
    return joined or truncate(max((each.text for each in said), key=_weight, default=""), most)


def _keywords(text: str, most: int, _: str) -> str:
    text = normalize(text)
    rare = sorted(dict.fromkeys(_RARE.findall(text)), key=len, reverse=True)
    rare = [word for word in rare if word not in _OPENERS][:MAX_RARE_WORDS]
    return _join_fitting([*dict.fromkeys(_names(text)), *rare], ", ", most)


def _triples(text: str, most: int, _: str) -> str:
    return _join_fitting((row for each in _informative(text) for row in _triple(each)), "\n", most)


KINDS: dict[str, Callable[[str, int, str], str]] = {
    "summary": _summary,
    "facts": _facts,
    "keywords": _keywords,
    "triples": _triples,
}


def _join_fitting(parts: Iterable[str], between: str, most: int) -> str:
    """As many parts, from the first, as fit into the limit, joined."""
    gap, left, kept = count(between), most + count(between), []
    for part in parts:
        left -= count(part) + gap
        if left < 0:
            break
        kept.append(part)
    return between.join(kept)


@lru_cache(maxsize=16_384)
def _names(text: str) -> tuple[str, ...]:
    """The names in a text: capitalised words, but no single word that only begins a sentence.

    >>> _names("The risk of Larkin Harbor is low. Posted on 9 May by Ann.")
    ('Larkin Harbor', 'Ann')
    """
    results = []
    for match in _NAME.finditer(text):
        words = [word for word in match[0].split() if word not in _CALENDAR]
        before = text[max(0, match.start() - 2) : match.start()].rstrip(" ")[-1:]
        starts_sentence = before in _SENTENCE_STARTS
        if starts_sentence and words and words[0].lower() in _OPENERS:
            words, starts_sentence = words[1:], False
        if words and (len(words) > 1 or not starts_sentence) and words != ["I"]:
            results.append(" ".join(words))
    return tuple(results)


def _stems(text: str) -> Iterator[str]:
    """The words of a text in lower case and singular, without stop words and letters."""
    for word in _WORD.findall(text.lower()):
        if len(word) > 2 and word not in STOP_WORDS:
            yield word.removesuffix("s")


def _sentences(text: str) -> list[HeadedSentence]:
    """The sentences of a text, each with the heading of its paragraph.

    >>> [(s.head, s.text) for s in _sentences("[Note · Ann]\\nShe ran. She won.\\n\\nBob: 3")]
    [('[Note · Ann]', 'She ran.'), ('[Note · Ann]', 'She won.'), ('', 'Bob: 3')]
    """
    lines = [normalize(line) for line in text.strip().splitlines()]
    results: list[HeadedSentence] = []
    heads: list[str] = []
    head = ""
    for number, line in enumerate(lines):
        if not line:
            head = ""
        elif _is_heading(line) and number < len(lines) - 1:
            heads.append(line)
        else:
            if heads:
                # Of consecutive headings the last, if it is marked; else all.
                head = heads[-1] if _MARKED.match(heads[-1]) else "\n".join(heads)
                heads = []
            results += [HeadedSentence(part, head) for part in sentences(line)]
    return results


def _informative(text: str) -> Iterator[HeadedSentence]:
    """The sentences that name or count something, or are about the one who speaks."""
    for sentence in _sentences(text):
        if not sentence.text.endswith("?") and _weight(sentence.text):
            yield sentence


@lru_cache(maxsize=16_384)
def _weight(sentence: str) -> int:
    """How much a sentence says by its form: 1 if it only names something."""
    own = not _SELF.isdisjoint(map(str.lower, _WORD.findall(sentence)))
    quoted = bool(_QUOTED.search(sentence))
    named = bool(_IDENTIFIER.search(sentence) or _names(sentence))
    return 3 * bool(_DIGITS.search(sentence)) + 2 * quoted + own + named


def _is_heading(line: str) -> bool:
    """Whether a line is a heading: marked as one, or short, without a full stop, colon or digit."""
    if len(line) > LONGEST_HEAD:
        return False
    return bool(_MARKED.match(line)) or not (ENDS.search(line) or _NOTED.search(line))


@lru_cache(maxsize=16_384)
def _fact(text: str, head: str, goal: Brief) -> Fact | None:
    """What a sentence under a heading says; None for a question or a call of the agent.

    >>> fact = _fact("It has 5 cups, up 9% on the year.", "[Note · Ann Lee · 9 May]", _goal(""))
    >>> fact.text, fact.head
    ('Ann Lee has 5 cups.', '[Note · 9 May]')
    """
    if text.endswith("?") or _CALL.match(text):
        return None
    aside = _ASIDE.search(text)
    if aside and _VALUE.search(text, 0, aside.start()):
        text = f"{text[: aside.start()]}."
    text = _LEAD.sub(lambda lead: lead[1] or "", text)
    names = (*_names(text), *_DEFINED.findall(text))
    if subject := next(reversed(_names(head)), ""):
        if subject not in text:
            text, times = _PRONOUN.subn(lambda word: subject + "'s" * bool(word[1]), text)
            text = text if times else f"{subject}: {text}"
        head = _source(head, subject, goal)
    else:
        subject, head = names[0] if names else "", _source(head, "", goal)
    says = _weight(text) - bool(names) + 3 * bool(_NEWS.search(text))
    says += 2 * any(name != subject for name in names)
    key = text
    if _RELATIVE.isdisjoint(map(str.lower, _WORD.findall(text))):
        key = _DIGITS.sub("#", f"{_STATE.sub(' is #', _SPEAKER.sub('', text)).lower()} {head}")
        key = " ".join(word for word in key.split() if word not in _CALENDAR)
    quoted = (mark[0].strip(_QUOTES) for mark in _QUOTED.finditer(text))
    every = frozenset(filter(None, (subject, *names, *quoted)))
    return Fact(text, head, every, frozenset(_stems(text)), says, key)


def _source(head: str, subject: str, goal: Brief) -> str:
    """A heading without its subject, and without the kind of source unless the instruction names
    it."""
    if not _FRAMED.match(head):
        return head
    parts = [part for part in head.strip("[]= ").split(" · ") if part != subject]
    if goal.words:
        parts = [p for p in parts if not _PLAIN.fullmatch(p) or goal.words.issuperset(_stems(p))]
    return f"[{' · '.join(parts)}]" if parts else ""


@lru_cache(maxsize=64)
def _goal(task: str) -> Brief:
    """The goal that the instruction of a summary states."""
    hint, _, told = task.partition(HINT)[2].partition(TOLD)
    told = told.partition("\n\nReply with")[0]
    texts = (each.rpartition(":")[2] for each in sentences(told) if each.endswith("?"))
    questions = tuple(frozenset(_stems(text)) for text in texts)
    focus = {stem for question in questions for stem in question}
    counts = Counter(_stems(hint))
    if not focus:
        focus = {stem for stem, times in counts.items() if 1 < times <= _SELDOM}
        for name, other in _OTHER_NAME.findall(hint):
            focus.update(_stems(other) if focus.issuperset(_stems(name)) else ())
    return Brief(frozenset(counts), frozenset(focus), questions)


def _notes(facts: Sequence[Fact], goal: Brief, left_out: int, most: int) -> str:
    """The facts of most weight per token that fit, in their order under their headings, and the
    number of those that were left out, also before."""
    near = _near(facts, goal)
    most -= _MARGIN if most > _SHORT else 0

    def worth(index: int) -> float:
        fact = facts[index]
        weight: int = (1 + fact.says) * _FOCUS ** goal.shared(fact.words)
        weight *= near.get(fact, 1) if fact.says else 1
        return weight * (_RECENCY + index / len(facts)) / count(fact.text)

    chosen: set[int] = set()
    heads = {""}
    left = most + 1 - count(_left_out(len(facts) + left_out, ())) if most > _SHORT else most + 1
    for index in sorted(range(len(facts)), key=worth, reverse=True):
        fact = facts[index]
        own_words = _CODE_WORDS if _DEFINED.search(fact.text) else 1
        price = count(fact.text) + own_words + (0 if fact.head in heads else count(fact.head) + 1)
        if price <= left:
            left -= price
            heads.add(fact.head)
            chosen.add(index)
    if not chosen:
        return truncate(facts[max(range(len(facts)), key=worth)].text, most) if facts else ""
    lines: dict[str, list[str]] = {"": []}
    for index in sorted(chosen):
        lines.setdefault(facts[index].head, []).append(facts[index].text)
    text = "\n".join(line for head, texts in lines.items() for line in (head, *texts) if line)
    dropped = [fact for index, fact in enumerate(facts) if index not in chosen]
    if not dropped and not left_out:
        return text
    names = Counter(name for fact in dropped for name in sorted(fact.names)).most_common(2)
    endings = (
        _left_out(len(dropped) + left_out, [name for name, _ in names[:n]]) for n in (2, 1, 0)
    )
    whole = (f"{text}\n{ending}" for ending in endings)
    return next((notes for notes in whole if count(notes) <= most), text)


def _left_out(number: int, names: Sequence[str]) -> str:
    """
    >>> _left_out(2, ["Ann", "Bob"])
    'Left out: 2 facts about Ann, Bob.'
    """
    about = f" about {', '.join(names)}" if names else ""
    return f"Left out: {number} fact{'s' * (number > 1)}{about}."


def _near(facts: Sequence[Fact], goal: Brief) -> dict[Fact, int]:
    """The factors of the facts that are linked to the goal by names."""
    by_name: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for name in fact.names:
            by_name[name].append(fact)
    names = {name for name in by_name if goal.focus.issuperset(stems := {*_stems(name)}) and stems}
    factors: dict[Fact, int] = {}
    for factor in _NEAR:
        linked = {fact for name in names for fact in by_name[name]} - factors.keys()
        factors |= dict.fromkeys(linked, factor)
        names = {name for fact in linked for name in fact.names}
    return factors


def _triple(sentence: HeadedSentence) -> Iterator[str]:
    """Triples of a sentence: its first name with each further name and the first number or
    quotation."""
    names = _names(sentence.text)
    subject = names[0] if names else next(reversed(_names(sentence.head)), "")
    if not subject:
        return
    before, _, after = sentence.text.partition(subject) if names else ("", "", sentence.text)
    first = _OBJECT.search(after)
    objects = [(first.start(), first[0])] if first else []
    objects += [
        (after.index(name), name)
        for name in names[1:]
        if name in after and not (first and name in first[0])
    ]
    if not objects and (words := _WORDS.findall(after)):
        objects = [(after.rindex(words[-1]), words[-1])]
    for start, text in sorted(objects):
        rest = _CLAUSE.split(after[start + len(text) :])[0]
        relation = " ".join(filter(None, map(_content, (before, after[:start], rest))))
        yield f"{subject} | {relation or 'is'} | {text.strip(_QUOTES)}"


def _content(text: str) -> str:
    return " ".join(word for word in _WORDS.findall(text) if word.lower() not in _OPENERS)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the model."""

    max_tokens: int | None = None
    """Most tokens of one reply; the instruction may set fewer."""
    SHAPING: ClassVar[tuple[str, ...]] = ("max_tokens",)

    def __post_init__(self) -> None:
        check_whole("max_tokens", self.max_tokens, 1)


class Extractive(Model):
    """`write` as a Model: the system messages are the instruction, the other messages the text.

    It has no name and no endpoint. Raises BadSettings for either.
    """

    def __init__(self, name: str, api_base: str | None = None, **options: object) -> None:
        if name:
            raise BadSettings(f"extractive takes no name; leave {name!r} out")
        if api_base is not None:
            raise BadSettings(
                f"extractive runs in this process; leave the endpoint {api_base!r} out"
            )
        self.options = options_of(Options, options)

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        task = "\n\n".join(each.content for each in messages if each.role == "system")
        text = "\n\n".join(each.content for each in messages if each.role != "system")
        limits = [int(limit) for limit in LIMIT.findall(task)[-1:]]
        limits += [self.options.max_tokens] if self.options.max_tokens else []
        written = write(task, text, min(limits, default=DEFAULT_LIMIT))
        prompt = count(task) + count(text)
        return Reply(Message("assistant", written), prompt, count(written), "stop", "", 0)

    def describe(self) -> dict[str, JSON]:
        return {**described("extractive", "", self.options), "endpoint": None}


make = Extractive
