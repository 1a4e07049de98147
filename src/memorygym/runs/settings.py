"""The settings of the commands: each is a field, stated once.

From the fields come the options of the command line and their help, the keywords of `evaluate` and
`compare` in Python with their checks, what the recipe of a run keeps, and docs/options.md. They are
dataclasses, because `--help` reads them: importing pydantic takes 90 to 130 ms here, msgspec 21 ms.
"""

import ast
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import cache
from inspect import Parameter, Signature, signature
from numbers import Integral, Real
from operator import index
from os import PathLike, cpu_count
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from memorygym.agents.chat import TOOL_MODES
from memorygym.core.errors import BadSettings, UnknownPart, clip
from memorygym.core.json_values import canonical
from memorygym.core.track import Track
from memorygym.models.model import Model, Sampling

WORLDS = "worlds"
"""The track that is played unless another is named."""
OFFLINE = "extractive"
"""The model that memories ask unless another one is named."""
CAPACITY = 1000
"""Most tokens that a memory may store on a track whose tasks set no limit."""
OFFICIAL_SEEDS = 10
BUDGET = 1000
THREADS = 16
"""Workers of a model by default: they wait for replies, not for this machine."""
PARAMETERS = ("template", "tier", "entities", "tokens", "questions", "corrections", "writes")
"""Settings that set a parameter of a track; the track worlds has all of them."""
JUDGE_PROMPTS = ("strict", "lenient")
"""How strictly a judge judges; scoring/judge_prompts.py has the words."""
KINDS = ("retention", "length", "facts", "hops", "rewrite", "kind", "type")
"""What curves of accuracy are drawn by; reports/curves.py says what each is."""
WORDS: Mapping[Any, tuple[type, str]] = {
    str: (str, "a text"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    bool: (bool, "True or False"),
    Path: (PathLike, "a path"),
    range: (range, "a range, as range(5, 10)"),
    Sequence: (Sequence, "a list"),
    Mapping: (Mapping, 'a mapping, as {"hops": "2,4"}'),
}
"""By annotation: the type that is accepted, and what a message calls it."""


def checked_salt(salt: str, name: str) -> str:
    """The secret that was given as the option `name`. Raises BadSettings if it is empty."""
    if not salt.strip():
        raise BadSettings(
            f"{name} {salt!r} is empty, perhaps from an unset variable: give a value, or leave"
            f" {name} out for the public set"
        )
    try:
        salt.encode()
    except UnicodeEncodeError:
        raise BadSettings(f"{name} {salt!a} is no text in UTF-8: give another") from None
    return salt


def checked_endpoint(url: str, name: str) -> str:
    """The URL that was given as the option `name`. Raises BadSettings if it is none, or holds a
    password, for the recipe of a run keeps it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadSettings(
            f"{name} {url!r} is no URL of an endpoint, such as http://127.0.0.1:8000/v1; a key goes"
            " into OPENAI_API_KEY"
        )
    return url


@dataclass(frozen=True, slots=True)
class Option:
    """How a setting is given, beside its name, type and default; the text under the field is its
    help."""

    metavar: str = ""
    flags: tuple[str, ...] = ()
    """Further spellings, such as -o."""
    choices: tuple[str, ...] = ()
    least: int | None = None
    """The least number, or the least of each number of a list."""
    many: str = ""
    """How several values are given: `words` after each other, `again` by repeating the option, or
    `commas` between them."""
    python: str | None = ""
    """Its keyword in Python, if that is not its name; None if Python has none."""
    kept: Any = None
    """Its type in the recipe of a run, if that keeps it: it is part of what is played."""
    recipe: str = ""
    """Its field in the recipe, if that is not its keyword."""
    required: bool = False
    """Whether the command line must state it."""
    check: Callable[[str, str], str] | None = None
    """Checks a text that was given under a name. Raises BadSettings."""


def option(default: Any, metavar: str = "", *flags: str, **more: Any) -> Any:
    """A field with its option; see Option."""
    made = {"option": Option(metavar, flags, **more)}
    if isinstance(default, list):
        return field(default_factory=list, metadata=made)
    return field(default=default, metadata=made)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a command. Raises BadSettings for a value that none of its kind may have."""

    GROUPS: ClassVar[Mapping[str, str]] = {}
    """The headings of --help, and the settings under each; Python alone takes any other."""
    caller: str = ""
    """The function that was called in Python; "" for the command line."""

    def __post_init__(self) -> None:
        for name, own in options(type(self)).items():
            value = getattr(self, name)
            if own.check and value is not None:
                own.check(value, self.spelled(name))
            for number in value if isinstance(value, list | tuple) else [value]:
                if own.least is not None and isinstance(number, Integral) and number < own.least:
                    raise self.bad(name, f"give at least {own.least}", number)

    def spelled(self, name: str) -> str:
        """A setting as its caller spells it."""
        if self.caller:
            return options(type(self))[name].python or name
        return f"--{name.replace('_', '-')}"

    def bad(self, name: str, why: str, value: object = None) -> BadSettings:
        """The error for a value of a setting."""
        value = getattr(self, name) if value is None else value
        stated = f"={value!r:.80}" if self.caller else f" {value}"
        return BadSettings(f"{self.spelled(name)}{stated}: {why}")

    def given(self, *names: str) -> list[str]:
        """Those of these settings that were given, or all that were."""
        defaults = {each.name: default_of(each) for each in fields(self)}
        names = names or tuple(options(type(self)))
        return [n for n in names if n in defaults and getattr(self, n) not in (defaults[n], None)]

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Raises BadSettings, with the reason, if one of these settings is given."""
        for name in self.given(*names):
            raise BadSettings(f"{self.spelled(name)} is for {why}")

    @classmethod
    def keywords(cls) -> Mapping[str, str]:
        """By keyword in Python: its setting."""
        return {o.python or name: name for name, o in options(cls).items() if o.python is not None}

    @classmethod
    def kept(cls) -> Mapping[str, tuple[str, Any]]:
        """By field of a run's recipe: the setting that it keeps, and its type there."""
        own = options(cls).items()
        return {o.recipe or o.python or name: (name, o.kept) for name, o in own if o.kept}

    def recipe(self) -> dict[str, Any]:
        """What the recipe of a run keeps of them."""
        values = {field: (getattr(self, name), kind) for field, (name, kind) in self.kept().items()}
        return {
            field: listed(value) if get_origin(kind) is list else value
            for field, (value, kind) in values.items()
        }

    @classmethod
    def from_recipe(cls, recipe: Mapping[str, Any]) -> Self:
        """The settings that the recipe of a run keeps."""
        return cls(**{name: recipe[field] for field, (name, _) in cls.kept().items()})

    @classmethod
    def from_keywords(cls, caller: str, keywords: Mapping[str, Any], **more: Any) -> Self:
        """The settings of a call in Python. Raises UnknownPart for a keyword that there is not, and
        BadSettings for a value of another type; None is no value."""
        known, hints = cls.keywords(), get_type_hints(cls)
        given: dict[str, Any] = {}
        for word, value in keywords.items():
            if word not in known:
                raise UnknownPart(f"option of {caller}", word, known)
            if value is not None:
                check_argument(word, value, hints[known[word]])
                given[known[word]] = value
        return cls(caller=caller, **more | given)

    @classmethod
    def signature(cls, function: Callable[..., Any]) -> Signature:
        """The signature of a function in Python that takes these settings as its keywords."""
        hints, own = get_type_hints(cls), signature(function)
        first = [p for p in own.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
        more = [
            Parameter(word, Parameter.KEYWORD_ONLY, default=None, annotation=hints[name])
            for word, name in cls.keywords().items()
            if word not in own.parameters
        ]
        return own.replace(parameters=[*first, *more])


def default_of(own: "Field[Any]") -> Any:
    """The default of a field."""
    return own.default_factory() if own.default_factory is not MISSING else own.default


def options(cls: Any) -> Mapping[str, Option]:
    """By name: the options of a class of settings, or of any dataclass with such fields."""
    return {each.name: each.metadata["option"] for each in fields(cls) if each.metadata}


def helps(cls: type) -> Mapping[str, str]:
    """By name: what --help says of the options of a class, with the default if there is one."""
    own = (meanings(base) for base in reversed(cls.__mro__) if is_dataclass(base))
    texts = {name: text for texts in own for name, text in texts.items()}
    defaults = {each.name: default_of(each) for each in fields(cls)}
    for name, default in defaults.items():
        if type(default) in (int, float, str) and default != "" and "default" not in texts[name]:
            texts[name] += f" (default: {default})"
    return texts


def meanings(cls: type) -> Mapping[str, str]:
    """By field of a class: the text under it as the cell of a page, or "" without one."""
    return _meanings(sys.modules[cls.__module__].__file__ or "")[cls.__name__]


@cache
def _meanings(file: str) -> Mapping[str, Mapping[str, str]]:
    """By class of a file: the texts under its fields."""
    found: dict[str, dict[str, str]] = {}
    for cls in ast.parse(Path(file).read_bytes()).body:
        texts = found.setdefault(getattr(cls, "name", ""), {})
        field = ""
        for part in getattr(cls, "body", ()):
            match part:
                case ast.AnnAssign(target=ast.Name(id=field)):
                    texts[field] = ""
                case ast.Expr(value=ast.Constant(value=str(text))) if field:
                    words = " ".join(text.split()).rstrip(".")
                    is_name = words[1:2].isupper()  # As of an LLM.
                    texts[field] = words if is_name else f"{words[:1].lower()}{words[1:]}"
    return found


def members(hint: Any) -> Sequence[Any]:
    """The members of a union, or the type itself."""
    return get_args(hint) if isinstance(hint, UnionType) else (hint,)


def check_argument(name: str, value: object, hint: Any) -> None:
    """Raises BadSettings for a value that the annotation does not allow, or an empty list.

    >>> check_argument("seeds", range(3), int | range)
    >>> check_argument("tier", 3, str)
    Traceback (most recent call last):
    memorygym.core.errors.BadSettings: tier=3: give a text
    """
    kinds = [kind for kind in members(hint) if kind is not type(None)]
    origins = [get_origin(kind) or kind for kind in kinds]
    if any(kind not in WORDS for kind in origins):
        return  # Objects, which are checked where they are used.
    if isinstance(value, (list, tuple, range)) and not value and Sequence in origins:
        raise BadSettings(f"{name}={value!r} is empty: give at least one, or leave {name} out")
    if not any(_fits(value, kind) for kind in kinds):
        words = " or ".join(WORDS[kind][1] for kind in origins)
        raise BadSettings(f"{name}={value!r:.80}: give {words}")


def _fits(value: object, kind: Any) -> bool:
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if not isinstance(value, WORDS[origin][0]) or (isinstance(value, bool) and origin is not bool):
        return False
    if origin is Sequence:
        assert isinstance(value, Sequence)
        return not isinstance(value, (str, bytes)) and all(_fits(item, inner[0]) for item in value)
    return True


def check_count(name: str, value: Any) -> int:
    """The value as a number from 1, also if another package made it. Raises BadSettings."""
    check_argument(name, value, int)
    if value < 1:
        raise BadSettings(f"{name}={value}: give at least 1")
    return index(value)


def listed(argument: Any) -> list[Any]:
    """The members of a list, tuple or range; anything else alone."""
    return list(argument) if isinstance(argument, (list, tuple, range)) else [argument]


def split_names(argument: Any) -> list[Any]:
    """The same; a text is split at its commas.

    >>> split_names("a, b"), split_names(["a,b", dict])
    (['a', 'b'], ['a', 'b', <class 'dict'>])
    """
    parts: list[Any] = []
    for member in listed(argument):
        parts += map(str.strip, member.split(",")) if isinstance(member, str) else [member]
    return [part for part in parts if part != ""]


@dataclass(frozen=True, kw_only=True)
class TaskSettings(Settings):
    """The tasks that are played, and how."""

    track: str = option(WORLDS, "TRACK")
    """The kind of task (`memorygym list tracks`), its parameters after colons, as in
    research:hops=2,4:tokens=50k (default: worlds)."""
    template: str | Sequence[str] | None = option(None, "TEMPLATE", "-t", "--templates")
    """One template, or several with commas between (default: all, or the first)."""
    tier: str | None = option(None, "TIER")
    """One of lite, standard, hard, multi, scattered (default: standard; for compare scattered)."""
    entities: int | None = option(None, "N")
    """Instead of the tier's entities."""
    tokens: int | None = option(None, "N")
    """Length of the documents, in tokens."""
    questions: int | None = option(None, "N")
    """Instead of the tier's questions."""
    corrections: int | None = option(None, "N")
    """Instead of the tier's corrections."""
    writes: int | None = option(None, "N")
    """Instead of the tier's writes."""
    parameters: Mapping[str, object] | None = option(None)
    """Further parameters of the track, as {"hops": "2,4"}."""
    seed: int | None = option(None, "N", python=None)
    """A single seed."""
    seeds: int | range | None = option(None, "N", least=1)
    """Seeds 0 to N-1 (default: 10 for bench, enough for ten tasks for compare)."""

    data: str | Path | None = option(None, "WHAT")
    """Instead of a track: the folder of `memorygym generate`, or FORMAT:FILE of a data set
    (`memorygym datasets`), as in locomo:locomo10.json:most=20."""
    salt: str | None = option(None, "SALT", check=checked_salt)
    """A secret that seeds a private test set."""
    capacity: int | None = option(None, "N", least=1)
    """Maximum tokens that the memory may hold (default: see docs)."""
    output: Path | str | None = option(None, "PATH", "-o", "--run", many="again")
    """The folder that keeps traces, replies and results, so that the same call resumes a stopped
    run; on the command line also a file for the result alone: .json, .csv, or any existing file."""
    workers: int | None = option(None, "N", least=1)
    """Processes, or threads where a model is asked (default: one a core, 16 threads)."""
    quiet: bool = option(False, "", "-q")
    """No progress line."""

    def defaults(self, track: Track) -> Mapping[str, str]:
        """The parameters of the track that hold unless others are given."""
        return track.official

    def workers_of(self, *, waits: bool) -> int:
        """The number of workers: threads if a model is asked, else processes."""
        return self.workers or (THREADS if waits else 1 if self.caller else cpu_count() or 1)


@dataclass(frozen=True, kw_only=True)
class ModelSettings(Settings):
    """How models are asked."""

    api_base: str | None = option(None, "URL")
    """The endpoint (default: OPENAI_BASE_URL)."""
    temperature: float | None = option(None, "X")
    """How random the replies are (default: the endpoint's)."""
    max_tokens: int | None = option(None, "N")
    """Maximum tokens of a reply."""
    model_seed: int | None = option(None, "N")
    """Seed passed to the endpoint."""
    replay: Path | str | None = option(None, "FILE")
    """Use recorded replies, ask no endpoint."""
    judge: Sequence[str] = option([], "MODEL", many="again")
    """LLM judge that may overrule a rejection (never an acceptance); repeat the option for a
    majority vote."""
    judge_prompt: str | None = option(None, choices=JUDGE_PROMPTS)
    """How strictly it judges (default: strict)."""

    @property
    def sampling(self) -> dict[str, Any]:
        """The given sampling options, by the names that models take."""
        given = (self.temperature, self.max_tokens, self.model_seed)
        named = zip(Sampling.SHAPING, given, strict=True)
        return {name: value for name, value in named if value is not None}


@dataclass(frozen=True, kw_only=True)
class AgentModelSettings(ModelSettings):
    """How a model is asked that plays as an agent."""

    stream: bool = option(False)
    """Ask for streamed replies."""
    tools: str = option("auto", choices=TOOL_MODES)
    """Tool calls: native or as text (default: whichever the endpoint accepts)."""
    keep_reasoning: bool = option(False)
    """Show the model its own reasoning again."""
    prices: Path | None = option(None, "FILE", python=None)
    """USD per million tokens, as JSON."""


OF_AN_AGENT = tuple(name for name in options(AgentModelSettings) if name != "api_base")
"""Settings that only apply to a model that plays."""


@dataclass(frozen=True, kw_only=True)
class BenchSettings(TaskSettings, AgentModelSettings):
    """The settings of `bench` and `evaluate`."""

    GROUPS: ClassVar = {
        "who plays": "agent model api_base memory",
        "how a model is asked": " ".join(OF_AN_AGENT),
        "what is played": f"track {' '.join(PARAMETERS)} data seed seeds salt turns patience"
        " capacity repeats official",
        "what comes out": "validate output against fail_under workers verbose quiet",
    }
    agent: Sequence[str] | None = option(
        None, "AGENT", "--strategy", many="words", kept=list[str], recipe="agents"
    )
    """Scripted agents (`memorygym list agents`), or your own as pkg.mod:OBJECT (default: all of the
    track)."""
    model: str | None = option(None, "MODEL", recipe="models")
    """Its name at an OpenAI-compatible endpoint, or hf:FOLDER."""
    memory: str = option("markdown", "MEMORY", "--backend", kept=str)
    """Their memory (`memorygym list memory`), or your own as pkg.mod:make (default: markdown)."""
    turns: int | None = option(None, "N", least=1, kept=int | None)
    """Maximum replies in one event."""
    patience: int | None = option(None, "N", least=1, kept=int | None)
    """Identical failing calls in a row after which an event ends (default: 3)."""
    capacity: int | None = option(None, "N", least=1, kept=int | None)
    """Maximum tokens that the memory may hold and show (default: the tasks' own, else 1,000)."""
    repeats: int = option(1, "K", least=1, kept=int)
    """Play every task K times."""
    official: bool = option(False, python=None)
    """The official set: of worlds the standard tier, seeds 0-9, all templates."""
    validate: bool = option(False, python=None, kept=bool)
    """Check every invariant; exit 1 if one fails."""
    against: Path | None = option(None, "RUN", python=None)
    """Print the difference from an earlier run."""
    fail_under: float | None = option(None, "X", python=None)
    """Exit 1 if a composite is below X (0-100)."""
    verbose: bool = option(False, "", "-v", python=None)
    """Show every question."""
    quiet: bool = option(False, "", "-q")
    """No progress line, and of the tables only what failed."""


@dataclass(frozen=True, kw_only=True)
class CompareSettings(TaskSettings, ModelSettings):
    """The settings of `compare`."""

    GROUPS: ClassVar = {
        "what is compared": "memory budget capacity memory_model controls memory_proxy",
        "what is held fixed": f"reasoner track {' '.join(PARAMETERS)} data seed seeds salt"
        " trajectories redact",
        "how models are asked": " ".join(options(ModelSettings)),
        "what comes out": "output all curve workers quiet",
    }
    memory: Sequence[str] = option(
        [], "LIST", "--memories", many="again", python="memories", kept=list[str]
    )
    """Memories, separated by commas, or repeat the option: names (`memorygym list memory`),
    parameters after colons (bm25:top_k=5), your own as pkg.mod:make; none, full, recency and oracle
    are always added; with --trajectories, by default all that ship."""
    budget: int | Sequence[int] = option(
        BUDGET, "N[,N]", "--budgets", many="commas", python="budgets", least=1, kept=list[int]
    )
    """Maximum tokens of context that a memory may show at once; one report for each (default:
    1000)."""
    capacity: int | None = option(None, "N", least=0, kept=int | None)
    """Maximum tokens that a memory may hold, 0 for no limit (default: 16,000 on worlds, no limit on
    other tracks; with tools, at most the context budget)."""
    memory_model: str | Model | None = option(None, "MODEL")
    """The model that memories call (default: extractive, offline and deterministic)."""
    memory_proxy: str | None = option(None, "URL", check=checked_endpoint, kept=str | None)
    """The endpoint that memories from outside ask by themselves, through a proxy on the loopback
    that counts their calls and tokens: OPENAI_BASE_URL of their process leads to it (default: what
    they ask is not counted, and shown as –)."""
    reasoner: str | Model | Sequence[str | Model] = option(
        "strong", "LIST", kept=list[str], recipe="reasoners"
    )
    """Who answers from the context: strong, weak or a model's name; for several, also whether they
    rank the memories alike (default: strong)."""
    trajectories: Sequence[Path] = option([], "FILE", many="words")
    """Instead of tasks: logs of your agents (OpenAI messages, tau-bench, tau2, OpenHands,
    SWE-agent, mini-swe-agent, Inspect), files or folders; measures which values that later calls
    need a memory still shows (docs/your-logs.md)."""
    redact: bool = option(True)
    """Mask keys and passwords of the logs in what is printed and kept (default: yes)."""
    controls: bool = option(False)
    """Play each memory that asks a model, and each from outside, once more with the model muted
    (muted:MEMORY: it answers nothing): the difference is what the model adds."""
    all: bool = option(False, python=None)
    """Print every table: also gains, evidence recall, costs while reading and answering, what was
    held, accuracy by facts needed and by lookups, milliseconds."""
    curve: Sequence[str] = option(
        [],
        "KIND",
        choices=KINDS,
        many="again",
        python=None,
    )
    """Accuracy by tokens since the fact was stated (retention), tokens shown (length), facts needed
    (facts), lookups combined (hops), how often the fact changed (rewrite), what is asked (kind,
    type); may be repeated."""

    def defaults(self, track: Track) -> Mapping[str, str]:
        return track.compared or track.official

    @property
    def budgets(self) -> list[int]:
        """The budgets, each once, smallest first."""
        return sorted({check_count("budgets", number) for number in listed(self.budget)})

    @property
    def reasoners(self) -> list[Any]:
        """The reasoners, each once."""
        return list(dict.fromkeys(split_names(self.reasoner)))


@dataclass(frozen=True, kw_only=True)
class GenerateSettings(TaskSettings):
    """The settings of `generate`."""

    GROUPS: ClassVar = {"": "track n seed output workers quiet package"}
    track: str = option("", "TRACK")
    """The track, its parameters after colons, as in research:hops=2,4:tokens=10k,1M."""
    package: str = option("", "NAME==VERSION")
    """Of repair: download this source distribution, run its tests, keep it for sessions."""
    n: int = option(1, "N", least=1)
    """Instances (default: 1)."""
    seed: int | None = option(None, "S")
    """Another seed generates other instances (default: 0)."""
    output: Path | str | None = option(None, "DIR", "-o", many="again")
    """A folder; new or resumed."""
    workers: int | None = option(None, "N", least=1)
    """Processes (default: 2)."""


@dataclass(frozen=True, kw_only=True)
class VerifySettings(TaskSettings):
    """The settings of `verify`."""

    GROUPS: ClassVar = {
        "": "track template tier seeds salt workers json quiet",
        "closed-book check of DIR: a model sees the questions alone": "model samples api_base",
        "what the version of a track promises": "version write",
    }
    seeds: int | range | None = option(None, "N", least=1)
    """Seeds 0 to N-1 (default: 3)."""
    workers: int | None = option(None, "N", least=1)
    """Processes (default: 2)."""
    json: bool = option(False)
    """Print JSON."""
    model: str | None = option(None, "MODEL", "--llm")
    """Ask it (default: no model)."""
    samples: int = option(1, "K", least=1)
    """Answers per question (default: 1)."""
    api_base: str | None = option(None, "URL")
    """The model's endpoint."""
    version: bool = option(False)
    """Check the digests beside the track: of tasks, gold, outcomes, verdicts, token counts and
    prompts."""
    write: bool = option(False)
    """With --version: freeze those of a new version."""


@dataclass(frozen=True, kw_only=True)
class PlaySettings(TaskSettings):
    """The settings of `play`."""

    GROUPS: ClassVar = {
        "who plays: one of these": "agent human browser show",
        "which task": f"track {' '.join(PARAMETERS)} data seed salt",
        "how it is played": "memory trace",
        "what --show prints": "json gold",
    }
    agent: str | None = option(None, "AGENT", "--strategy")
    """A name of `memorygym list agents`, or your own as pkg.mod:OBJECT."""
    human: bool = option(False)
    """You play, under the same budgets."""
    browser: bool = option(False)
    """You play in your own browser, on a track's pages."""
    show: bool = option(False)
    """Show the task, as an agent reads it."""
    seed: int | None = option(None, "N")
    """Its seed (default: 0)."""
    memory: str = option("markdown", "MEMORY", "--backend")
    """The memory (default: markdown)."""
    trace: Path | None = option(None, "FILE", "-o", "--output")
    """Write the trace: .jsonl or .jsonl.gz."""
    json: bool = option(False)
    """One JSON message a line, nothing wrapped."""
    gold: bool = option(False)
    """Add the facts, changes and truths."""


SETTINGS: Mapping[str, type[Settings]] = {"bench": BenchSettings, "compare": CompareSettings}
"""By kind of a run: its settings."""
OF_TASKS = (
    *("data seed seeds salt track reasoner judge judge_prompt curve memory_proxy".split()),
    *PARAMETERS,
    "parameters",
)
"""Settings of `compare` that a recorded log has no use for."""


CODE = ("sources", "trusted")
"""Fields of a recipe that hold identities of parts, by name."""
DERIVED = ("templates", "systems")
"""Fields of a recipe that follow from others."""
Recipe = Mapping[str, Any]


def whole(recipe: Recipe) -> Recipe:
    """A recipe with the settings that it does not state, because they came later: not given."""
    cls = SETTINGS.get(str(recipe.get("kind")), Settings)
    missing = {field: False if kind is bool else None for field, (_, kind) in cls.kept().items()}
    return {**missing, **recipe}


def refusal(kept: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Why a folder with `kept` in its run.json cannot take the run `wanted`, to follow its path;
    "" if it can. What differs is named by the options of the command."""
    recipe = kept.get("recipe")
    old = whole(recipe if isinstance(recipe, dict) else {})
    new = whole(json.loads(canonical(wanted["recipe"])))
    if kept.get("version") != wanted["version"]:
        problem = f" holds a run of the version {kept.get('version')}, not {wanted['version']}"
    elif old == new:
        return ""
    elif old.get("kind") != new["kind"]:
        problem = f" holds a {old.get('kind')} run, not a {new['kind']} run"
    elif differing := "; ".join(_differing(_stated(old), _stated(new))):
        return f" holds a run with {differing}; give a new folder, or the options of that run"
    else:
        parts = {
            part: None
            for field in CODE
            for part, source in new.get(field, {}).items()
            if old.get(field, {}).get(part) != source
        }
        other = (name for name in {**new, **old} if old.get(name) != new.get(name))
        problem = (
            f": the code of {', '.join(parts)} has changed since this run"
            if parts
            else f" holds a run whose {', '.join(other)} this command does not make"
        )
    return f"{problem}; give a new folder"


def _stated(recipe: Recipe) -> dict[str, str]:
    """A recipe as options of its command, with their values; of a secret or a file its hash."""
    own = options(SETTINGS[recipe["kind"]]).items()
    flags = {o.recipe or o.python or name: name for name, o in own}
    track = recipe.get("track")
    start = "--" if track == WORLDS else f"--track {track}:"
    stated: dict[str, str] = {}
    for name, value in recipe.items():
        if value is None or value is False or name in (*CODE, *DERIVED):
            continue
        flag = f"--{flags.get(name, name).replace('_', '-')}"
        match name:
            case "parameters":
                stated |= {f"{start}{parameter}": text for parameter, text in value.items()}
            case "seeds":
                ends = map(str, [*value[:1], *value[-1:]])
                stated["seeds"] = "-".join(dict.fromkeys(ends))
            case "salt" | "data":
                digest = value if name == "salt" else value["sha256"]
                stated[flag] = f"of hash {digest[:12]}"
            case _:
                text = ",".join(map(str, value)) if isinstance(value, list) else value
                stated[flag] = text if isinstance(text, str) else canonical(text)
    return stated


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """What differs, the kept value first; where the track does, that alone."""
    flags = ["--track"] if old.get("--track") != new["--track"] else sorted({*old, *new})
    for flag in flags:
        if old.get(flag) != new.get(flag):
            kept = f"{flag} {clip(old[flag], 100)}" if flag in old else f"no {flag}"
            yield f"{kept}, not {clip(new.get(flag, 'none'), 100)}"
