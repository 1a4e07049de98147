"""The files of a run, made once more from what its episodes came to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from memorygym.bench import Evaluation
from memorygym.bench import findings as found_by_agents
from memorygym.errors import BadSettings
from memorygym.isolation.gates import Gate, played_gates
from memorygym.isolation.playing import Comparison
from memorygym.isolation.reporting import (
    DOCUMENT,
    DRAWN,
    Findings,
    Outcome,
    curve_text_of,
    outcome_of,
    texts_of,
)
from memorygym.results.file import Document, read_json
from memorygym.results.file import document as summed_up
from memorygym.runs.results import Failure, Result
from memorygym.shapes import shape


class Derived(NamedTuple):
    """What a run's files must be."""

    document: Document
    """results.json."""
    files: Mapping[str, bytes]
    """The others that a comparison leaves, by name."""
    outcome: Outcome | None
    """Of a comparison."""


def derived(
    folder: Path, stated: Document, source: Evaluation | Comparison, results: Sequence[Result]
) -> Derived:
    """All of it; `stated` is the results file that the run has.

    Raises BadSettings where it holds what cannot be read.
    """
    outcomes = _outcomes(source, stated, results)
    about = {**source.job().about(), "version": stated["version"]}
    if isinstance(source, Comparison):
        return _comparison(folder, about, source, outcomes)
    if stated["recipe"]["data"]:  # References and the self-test play the tasks, which are not here.
        made = summed_up(about, len(outcomes), outcomes, {})
        beside = {name: stated[name] for name in ("references", "invariants")}
        return Derived({**made, **beside}, {}, None)
    document = found_by_agents(source, source.job(), outcomes).document
    return Derived({**document, "version": stated["version"]}, {}, None)


def _outcomes(
    source: Evaluation | Comparison, stated: Document, results: Sequence[Result]
) -> list[Result | Failure]:
    """Results and failures, in the order in which the run played."""
    places = {place.episode: place for place in source.job().episodes()}
    found: dict[str, Result | Failure] = {one.place.episode: one for one in results}
    for row in stated["failures"]:
        found[row["episode"]] = Failure(places[row["episode"]], row["kind"], row["error"])
    return [found[name] for name in places]


def _comparison(
    folder: Path,
    about: Mapping[str, Any],
    source: Comparison,
    outcomes: Sequence[Result | Failure],
) -> Derived:
    found = Findings(about, outcomes)
    if source.tasks.recipe["data"]:
        outcome = _as_stated(folder, outcome_of(found, ()))
    else:
        outcome = outcome_of(found, played_gates(source))
    texts = texts_of(found, outcome)
    for name in DRAWN:
        if (folder / name).exists():
            texts[name] = curve_text_of(found, outcome, name.removesuffix(".csv"))
    files = {name: text.encode() for name, text in texts.items()}
    return Derived(summed_up(about, len(outcomes), outcomes, {}), files, outcome)


def _as_stated(folder: Path, found: Outcome) -> Outcome:
    """The same with the gates that were played, as compare.json states them: without its tasks they
    cannot be played again."""
    path = folder / DOCUMENT
    try:
        gates = [shape(Gate, gate) for gate in read_json(path)["gates"]]  # type: ignore[index]  # any JSON
    except (KeyError, TypeError, ValueError) as error:
        raise BadSettings(f"{DOCUMENT} is damaged ({error!r})") from error
    return replace(found, gates=[*gates[: -len(found.gates) or None], *found.gates])
