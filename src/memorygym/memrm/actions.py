"""What two actions, or an action and a context, have in common: the modes `recorded` and `pair`.

Blind mode reads no action. The original's judge reads both, and its label is a function of exactly
these two, so an equal pair is almost always SAFE.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from memorygym.core.json_values import canonical
from memorygym.core.trace import Action, Trace
from memorygym.memrm.calibration import Logistic, fit_logistic, logit
from memorygym.memrm.rows import Compaction

CHARACTERS = 500
"""Characters of an action that are compared."""
BASES = {"recorded": ("blind",), "pair": ("blind", "proposed"), "pair_alone": ("proposed",)}
"""By fit: what its features come from. `pair_alone` is for rows without the full context."""
_TOKEN = re.compile(r"[^\W_]+")


def same(one: str, other: str) -> bool:
    """Whether two actions are equal but for blanks and case.

    >>> same("ls  -l", "LS -l"), same("ls", "ls -l")
    (True, False)
    """
    return one.split() == other.split() or one.casefold().split() == other.casefold().split()


def pair_features(recorded: str, proposed: str) -> list[float]:
    """How alike two actions are: five numbers from 0 to 1."""
    recorded, proposed = recorded[:CHARACTERS], proposed[:CHARACTERS]
    first, second = tokens(recorded), tokens(proposed)
    values = {token for token in first if any(sign.isdigit() for sign in token)}
    return [
        float(same(recorded, proposed)),
        _share(first & second, first | second),
        _share(values & second, values),
        SequenceMatcher(None, recorded, proposed, autojunk=False).ratio(),
        float(recorded.split()[:1] == proposed.split()[:1]),
    ]


def recorded_features(row: Compaction) -> list[float]:
    """Of what the recorded action takes from the full context, how much the compacted one says."""
    full, compacted = (tokens("\n".join(m.content for m in side)) for side in row.sides)
    used = tokens(row.recorded_action[:CHARACTERS]) & full
    values = {token for token in used if any(sign.isdigit() for sign in token)}
    return [_share(used & compacted, used), _share(values & compacted, values)]


def features(row: Compaction, blind: float | None, fit: str) -> list[float]:
    """The features of a fit of BASES, in order; `blind` is the blind probability."""
    values: list[float] = []
    if blind is not None and "blind" in BASES[fit]:
        values += [logit(blind), *recorded_features(row)]
    if "proposed" in BASES[fit]:
        values += pair_features(row.recorded_action, row.proposed_action)
    return values


def fit_actions(rows: Iterable[Compaction], blind: Sequence[float]) -> dict[str, Logistic]:
    """The logistic fits of the modes `recorded` and `pair` over the train split.

    `blind` holds each row's blind probability from a model that did not see the row's group. Rows
    without the actions are passed over; a fit without rows of both labels is left out.
    """
    wanted: dict[str, list[tuple[list[float], bool]]] = {name: [] for name in BASES}
    for row, p in zip(rows, blind, strict=True):
        for name, found in wanted.items():
            has_actions = row.recorded_action and (name == "recorded" or row.proposed_action)
            if row.safe is not None and has_actions:
                found.append((features(row, p, name), not row.safe))
    return {
        name: fit_logistic([values for values, _ in found], [harmful for _, harmful in found])
        for name, found in wanted.items()
        if len({harmful for _, harmful in found}) == 2
    }


def p_with_actions(
    fits: Mapping[str, Logistic], row: Compaction, blind: float | None, mode: str
) -> float:
    """The probability of HARMFUL in the mode `recorded` or `pair`. KeyError without a fit."""
    name = mode if blind is not None else f"{mode}_alone"
    return fits[name].p(features(row, blind, name))


def next_action(trace: Trace, event: int) -> str:
    """What the agent did first in an event: its calls as JSON, or else its text; "" for nothing."""
    for record in trace.records:
        if isinstance(record, Action) and record.event == event:
            calls = [[call.name, call.arguments] for call in record.message.calls]
            return canonical(calls) if calls else record.message.content
    return ""


def tokens(text: str) -> set[str]:
    """The words and numbers of a text, without case."""
    return set(_TOKEN.findall(text.casefold()))


def _share(part: set[str], whole: set[str]) -> float:
    return len(part) / len(whole) if whole else 1.0
