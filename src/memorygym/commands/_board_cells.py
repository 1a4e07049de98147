"""What the tables of a leaderboard are made of: headings, cells and names that break no page."""

from collections.abc import Iterable, Mapping, Sequence

from memorygym import registry
from memorygym.agents.accounting import Price, Usage, cost_of
from memorygym.page import plain
from memorygym.publishing.entrant import Entrant, Set
from memorygym.publishing.evidence import Evidence
from memorygym.publishing.leaderboard import Board
from memorygym.stats import Estimate
from memorygym.track import find

MARK = "†"
"""After the status of a run whose model has only the submitter's word for it."""
Prices = Mapping[str, Price]


def what(key: Set, found: Board) -> str:
    """A set in words, with its track where the page has several."""
    track = f"{key.track} track" if len(found.contracts) > 1 or not key.knobs else ""
    return ", ".join(filter(None, [track, key.knobs]))


def title(key: Set, found: Board) -> str:
    """The same with its seeds."""
    worlds = f"sealed by salt {key.salt[:12]}…" if key.salt else "public seeds"
    return f"{what(key, found)}, {worlds}{'' if key.judge == 'null' else ', judged'}"


def axes_of(entrants: Iterable[Entrant]) -> list[str]:
    """The named parts of their composites, in the order of their tracks."""
    found: dict[str, None] = {}
    for one in entrants:
        known = one.set.track in registry.names("tracks")
        own = find(one.set.track).axes if known else ()
        found |= dict.fromkeys([*own, *(axis for axis in one.summary.axes if axis not in own)])
    return list(found)


def heads(axes: Sequence[str]) -> list[str]:
    """Their initials, if these tell them apart.

    >>> heads(["breadth", "reasoning"]), heads(["recall", "reasoning"])
    (['B', 'R'], ['recall', 'reasoning'])
    """
    initials = [axis[:1].upper() for axis in axes]
    return initials if len({*initials}) == len(axes) else list(axes)


def figures(one: Entrant, axes: Sequence[str]) -> list[str]:
    """The composite with its interval, its parts, and refusals."""
    parts = [mean(one.summary.axes.get(axis), spread=False) for axis in axes]
    return [mean(one.summary.composite), *parts, mean(one.summary.abstention, spread=False)]


def mean(found: Estimate | None, *, spread: bool = True) -> str:
    """A share in percent."""
    if found is None:
        return "–"
    half = f" ± {100 * (found.high - found.mean):.1f}" if spread else ""
    return f"{100 * found.mean:.1f}{half}"


def status(evidence: Evidence) -> str:
    """How far it is shown."""
    return evidence.standing + (MARK if evidence.word else "")


def tokens(one: Entrant, part: str) -> float | None:
    """Of a mean episode; None if a reply came without its figures."""
    usage = one.summary.usage.get(part, Usage(0, None, None, None))
    if usage.prompt is None or usage.completion is None:
        return None
    return (usage.prompt + usage.completion) / one.summary.episodes


def dollars(one: Entrant, prices: Prices) -> float | None:
    """Of the whole run."""
    return cost_of(one.agent, one.summary.usage.values(), prices)


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(safe(cell) for cell in line)} |" for line in lines)


def safe(cell: str) -> str:
    """A name is somebody else's text: it must not break the table or the page."""
    clean = plain(cell)
    for mark in "\\|<>`[]":
        clean = clean.replace(mark, f"\\{mark}")
    return clean
