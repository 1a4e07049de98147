"""List the misses of a run by cause; of one, tell where its facts were lost, or play it again."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from memorygym.cli._checks import add_salt, check_counts, refuse
from memorygym.core.errors import BadSettings, BadTrace, UnknownPart
from memorygym.core.outcome import Goal, Outcome
from memorygym.core.text import wrap_lines
from memorygym.reports import stored_runs
from memorygym.reports.fact_history import entry_lines, question_lines
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.store import trace_files
from memorygym.scoring.attribution import CAUSES, LOSSES, Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import limits_in

OF_LIST = ("agent", "system", "template", "cause", "question_type", "limit", "json")
OF_PLAY = ("again", "replay", "api_base", "salt")
"""Options that only the one or the other obeys."""
EVERY = "all"
"""As a system: all of a comparison, its references too."""
KINDS = ("retrieval", "update", "reasoning")
"""Those that come first in a table."""
WIDE = 11
"""Columns of a number in a table."""
Row = Mapping[str, Any]
"""A miss as --json prints it."""
ORDER = itemgetter("template", "seed", "agent", "repeat", "number")
"""The first episode comes first."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "run", type=Path, metavar="RUN",
        help="the folder of a run (bench --run) or of a comparison (compare -o), or traces",
    )  # fmt: skip
    parser.add_argument(
        "id", nargs="?", default="", metavar="ID",
        help="NAME#N as the list prints it: the way of question N's facts; the end of NAME may be"
        " left out; NAME alone lists the misses of those episodes (default: list all)",
    )  # fmt: skip
    parser.add_argument(
        "--entry", metavar="ENTRY",
        help="the number of an entry of the memory, as the way of a fact prints it: which messages"
        " of the episode ID it can come from",
    )  # fmt: skip
    _add_list(parser.add_argument_group("which misses are listed"))
    play = parser.add_argument_group("the episode or question ID of a run, played again")
    play.add_argument("--play", action="store_true", help="as it was played there, and show it")
    play.add_argument(
        "--again", action="store_true", help="ask the endpoint, not the replies kept there"
    )
    play.add_argument("--replay", type=Path, metavar="FILE", help="recorded replies from there")
    play.add_argument("--api-base", metavar="URL", help="endpoint (default: OPENAI_BASE_URL)")
    add_salt(play, "the secret of a sealed set")
    parser.epilog = (
        "Example: `memorygym explain duel` lists the misses of a comparison, and `memorygym explain"
        " duel company+0+strong+bm25#4` follows one of them."
    )


def _add_list(which: argparse._ArgumentGroup) -> None:
    which.add_argument("--agent", help="of this agent or reasoner only")
    which.add_argument(
        "--system", metavar="S",
        help=f"of a comparison: of this memory, or reference; {EVERY} of every one (default: of the"
        " memories)",
    )  # fmt: skip
    which.add_argument("--template", "-t", help="of this world only")
    which.add_argument("--cause", help=f"one of: {', '.join(CAUSES)}")
    which.add_argument("--competency", metavar="K", help="a competency, or a kind of questions")
    which.add_argument(
        "--limit", type=int, metavar="N", help="show the first N, of each system (default: all)"
    )
    which.add_argument("--json", action="store_true", help="one JSON object a miss")


def run(args: argparse.Namespace) -> int:
    """Prints misses, a chain or an episode; 1 if what is played again is missed or comes out
    otherwise, 2 if a trace cannot be read."""
    check_counts(args, "limit")
    with suppress(OSError):  # An ID may be longer than any path.
        if args.id and Path(args.id).is_dir():
            raise BadSettings(f"{args.id} is a folder, not an ID: explain one run at a time")
    name, number = stored_runs.numbered(args.id)
    if number and args.entry is not None:
        raise BadSettings(f"--entry is of an episode, not of a question: leave #{number} out")
    if args.play:
        refuse(args, (*OF_LIST, "entry"), "what was played; leave --play or it out")
        from memorygym.reports.replay import play_again

        return play_again(args, name, number)
    refuse(args, OF_PLAY, "--play")
    stored_runs.check_folder(args.run)
    traces = {path.name.partition(".jsonl")[0]: path for path in trace_files([args.run])}
    if number is None and args.entry is None:
        paths = [traces[episode] for episode in stored_runs.matching(name, traces, args.run)]
        return Listing(args, every=bool(name) or args.run.is_file()).print_all(paths)
    refuse(args, OF_LIST, "the list of misses; leave it out")
    name = stored_runs.single(name, traces, args.run)
    ((played, damage),) = stored_runs.read_played([traces[name]])
    if played is None:
        raise BadTrace(damage)
    trace = played.trace
    lines = question_lines(trace, name, number) if number else entry_lines(trace, args.entry)
    print("\n".join(lines))
    return 0


@dataclass(slots=True)
class TraceFindings:
    """What the traces of agents, or of one system of a comparison, hold."""

    misses: list[tuple[Row, Outcome]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The kind of every question."""
    episodes: int = 0


class Listing:
    """The misses that the options ask for, gathered trace by trace."""

    def __init__(self, args: argparse.Namespace, *, every: bool) -> None:
        """Of a comparison the memories alone are listed, unless the options or `every` ask for
        more. Raises UnknownPart."""
        self._args = args
        self._system = args.system or (EVERY if every else None)
        self._found: dict[str, TraceFindings] = {}
        self._met: dict[str, set[str]] = {
            option: set() for option in ("agent", "template", "question_type", "system")
        }
        """What options may ask for, as far as the traces tell."""
        self._left: set[str] = set()
        _check("cause", args.cause, CAUSES)

    def print_all(self, paths: Iterable[Path]) -> int:
        """Prints the misses of these traces; 2 if one of them cannot be read."""
        damaged = 0
        for played, damage in stored_runs.read_played(paths):
            if played:
                self._add(played)
            else:
                damaged = 2
                print(f"memorygym: {damage}; left out", file=sys.stderr)
        for option, choices in self._met.items():
            if choices:
                _check(option, getattr(self._args, option), choices)
        self._print()
        return damaged

    def _add(self, played: stored_runs.StoredTrace) -> None:
        told, place = outcomes(played.trace), played.place
        self._met["agent"].add(place.agent)
        self._met["template"].add(place.template)
        self._met["question_type"] |= {n for o in told for n in (o.goal.kind, o.goal.question_type)}
        if not self._wants(played):
            return
        # Of a comparison they are grouped by system.
        found = self._found.setdefault(place.who if place.compared else "", TraceFindings())
        found.episodes += 1
        found.asked += [o.goal.kind for o in told if self._args.question_type in _names(o.goal)]
        found.misses += self._misses(played, told)

    def _wants(self, played: stored_runs.StoredTrace) -> bool:
        place, memory = played.place, played.place.memory
        given = ((self._args.agent, place.agent), (self._args.template, place.template))
        if any(wanted not in (None, own) for wanted, own in given):
            return False
        self._met["system"] |= {memory, EVERY}
        if self._system not in (None, EVERY):
            return memory == self._system
        if self._system == EVERY or not place.compared or role_of(memory) == "memory":
            return True
        self._left.add(memory)
        return False

    def _misses(
        self, played: stored_runs.StoredTrace, told: Sequence[Outcome]
    ) -> Iterator[tuple[Row, Outcome]]:
        attribution = Attribution(played.trace)
        for number, outcome in enumerate(told, start=1):
            if outcome.correct or self._args.question_type not in _names(outcome.goal):
                continue
            cause = attribution.cause(outcome)
            if self._args.cause in (None, cause):
                yield _miss(played, number, outcome, cause, attribution), outcome

    def _print(self) -> None:
        limit = self._args.limit
        for found in self._found.values():
            found.misses.sort(key=lambda miss: ORDER(miss[0]))
            for row, _ in found.misses[:limit] if self._args.json else ():
                print(json.dumps(row, ensure_ascii=False))
        if self._args.json:
            return
        groups = self._found or {"": TraceFindings()}
        parts = [_text(who, found, limit) for who, found in groups.items()]
        if self._left:
            told = f"left out: {', '.join(sorted(self._left))} (--system {EVERY} lists them too)"
            parts.append("\n".join(wrap_lines(told)))
        print("\n\n".join(parts))


def _miss(
    played: stored_runs.StoredTrace,
    number: int,
    outcome: Outcome,
    cause: str,
    attribution: Attribution,
) -> Row:
    """A question that was missed, by its number in the episode from 1."""
    q, place = outcome.goal, played.place
    return {
        "id": f"{played.name}#{number}", "template": place.template, "seed": place.seed,
        "agent": place.agent, "memory": place.memory, "budget": place.budget,
        "repeat": place.repeat, "number": number, "event": q.event, "kind": q.kind,
        "question_type": q.question_type, "question": q.text, "truth": q.truth,
        "answer": outcome.answer, "reason": outcome.reason, "cause": cause,
        "limits": list(limits_in(played.trace, q.event)),
        "facts": [
            {"fact": fact.text, "lost": fact.step} for fact in stored_runs.facts_of(attribution, q)
        ],
    }  # fmt: skip


def _check(kind: str, given: str | None, choices: Iterable[str]) -> None:
    if given is not None and given not in choices:
        raise UnknownPart(kind, given, choices)


def _names(question: Goal) -> tuple[str | None, ...]:
    """What --competency may be for this question to count."""
    return None, question.question_type, question.kind


def _text(who: str, found: TraceFindings, limit: int | None) -> str:
    """The table, then every miss."""
    head, *table = _summary(found)
    parts = ["\n".join([*wrap_lines(f"{who}: {head}" if who else head), *table])]
    for row, outcome in found.misses[:limit]:
        lines = stored_runs.verdict_lines(row["id"], outcome, row["cause"], row["limits"])
        parts.append("\n".join([*lines, *_steps(row["facts"])]))
    if rest := len(found.misses[limit:]) if limit else 0:
        parts.append(f"… {rest} more; leave --limit out to see them")
    return "\n\n".join(parts)


def _steps(facts: Sequence[Row]) -> Iterator[str]:
    """Where the needed facts were lost, the earliest step first; those in view are only counted."""
    for step in (*LOSSES, stored_runs.IN_VIEW):
        if texts := [fact["fact"] for fact in facts if fact["lost"] == step]:
            told = "" if step == stored_runs.IN_VIEW else f": {'; '.join(texts)}"
            yield from wrap_lines(f"{step}, {len(texts)} of {len(facts)} facts{told}", "    ")


def _summary(found: TraceFindings) -> Iterator[str]:
    """How many were missed, by cause and by kind of question."""
    episodes = f"{found.episodes} episode{'s' * (found.episodes != 1)}"
    yield f"{len(found.misses)} of {len(found.asked)} questions missed in {episodes}"
    if not found.misses:
        return
    yield ""
    others = [kind for kind in found.asked if kind not in (*KINDS, "abstention")]
    every = dict.fromkeys([*KINDS, *others, "abstention"])  # Refusals come last.
    kinds = [kind for kind in every if kind in found.asked]
    missed = [(row["kind"], row["cause"]) for row, _ in found.misses]
    if len(kinds) > 4 or max(map(len, kinds)) >= WIDE:
        yield from _by_kind(found.asked, missed, kinds)
        return
    by_cause = {cause: [kind for kind, why in missed if why == cause] for cause in CAUSES}
    rows = {cause: of_cause for cause, of_cause in by_cause.items() if of_cause}
    rows |= {"missed": [kind for kind, _ in missed], "asked": found.asked}
    yield _line("cause", (*kinds, "all"))
    for head, group in rows.items():
        yield _line(head, [*map(group.count, kinds), len(group)])


def _by_kind(
    asked: Sequence[str], missed: Sequence[tuple[str, str]], kinds: Sequence[str]
) -> Iterator[str]:
    """The same where there are too many kinds for columns."""
    for kind in kinds:
        causes = Counter(cause for of, cause in missed if of == kind)
        told = ", ".join(f"{cause} {causes[cause]}" for cause in CAUSES if causes[cause])
        many = f"{causes.total()} of {asked.count(kind)} missed"
        yield from wrap_lines(f"{kind}: {many}{told and f': {told}'}", "  ")


def _line(head: str, cells: Sequence[object]) -> str:
    return f"{head:<20}" + "".join(f"{cell!s:>{WIDE}}" for cell in cells)
