"""How far a run is verified: it is made again from its run.json, and the two are compared.

Every episode is played again, a model from the run's recorded replies; where the agent cannot be
made here, or to be quick, the replies in its trace are played again instead. Traces and
measurements must come out the same; everything else of a run is computed from these.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.errors import MemoryGymError, UnknownPart, clip
from memorygym.core.files import json_bytes
from memorygym.core.trace import Action, Judgement, Trace
from memorygym.core.track import find, gold_table, version_of
from memorygym.core.types import JSON, Task
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.tables import heading
from memorygym.reports.terminal import count
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import played_checks
from memorygym.runs.engine import Runner, Unit
from memorygym.runs.episode_result import (
    EpisodeKey,
    Failure,
    Played,
    Result,
    ResultOptions,
    place_of,
    played_result,
)
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.jobs import source_of
from memorygym.runs.model_roles import Recall, UnusedModel, asks_models, from_log
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import FILE, RunResults, load
from memorygym.runs.store import Run, read_traces
from memorygym.runs.systems import SystemPlayer
from memorygym.runs.tasks import salt_hash, unknown_part

STANDINGS = REPRODUCED, VERIFIED, REPORTED = "reproduced", "verified from traces", "self-reported"
"""How far a run is verified, best first."""
CHECKS = ("none", "traces", "play")
"""The checks: none; the replies in its traces played again; its agents or models played again."""
How = Literal["play", "repeat", "score"]
"""How a run is made again: its agents or models play; the replies in its traces are played; its
traces are only scored."""
WORD = (
    "that the replies and token counts are those of the named models, and that this is not the best"
    " of several runs"
)
"""The claim that no file of a model's run can verify."""
ELSEWHERE = "its tasks lie in a file that is not given here: the truths are those of its traces"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The results of a run, and how far they are verified."""

    run: RunResults
    standing: str
    """One of STANDINGS."""
    problems: tuple[str, ...] = ()
    """What came out otherwise, each with its file."""
    limits: tuple[str, ...] = ()
    """Why it is not verified further."""

    @property
    def word(self) -> str:
        """The claim that rests on the submitter's word although the run is verified, or ""."""
        return WORD if asks_models(self.run.recipe) and self.standing != REPORTED else ""


def examine(
    folder: Path, check: str = "play", salt: str = "", workers: int = 1, *, quiet: bool = True
) -> Evidence:
    """Checks a finished run; `salt` is used only if it is the secret of the run.

    Raises BadSettings if its results cannot be read.

    >>> examine(Path("nowhere"), "all")
    Traceback (most recent call last):
    memorygym.core.errors.UnknownPart: no check named 'all'; choose from none, play, traces
    """
    if check not in CHECKS:
        raise UnknownPart("check", check, CHECKS)
    run = load(folder)
    salt = salt if opens(run.recipe, salt) else ""
    limit = "its traces were not checked" if check == "none" else _beyond(run, salt)
    if limit:
        return Evidence(run, REPORTED, (), (limit,))
    how, why = _how(run, quick=check == "traces")
    try:
        problems = _stray(run)
        if not problems:
            again = _again(run, salt, workers, how, quiet=quiet)
            problems = tuple(_unlike(run, again, played=how == "play"))
    except MemoryGymError as error:
        problems = (str(error).replace(f"{folder}/", ""),)
    if problems:
        return Evidence(run, REPORTED, problems)
    failed = sum(how != "play" or failure.kind == "provider" for failure in run.failures)
    limits = [why] if why else []
    limits += [f"{count(failed, 'failed episode')} taken as recorded"] if failed else []
    if how != "play" and run.recipe["judge"]:
        limits.append("the verdicts of the judge are taken as recorded")
    # Where nothing is played again, a trace need not follow from its task.
    standing = {"play": REPRODUCED, "repeat": VERIFIED, "score": REPORTED}[how]
    return Evidence(run, standing, (), tuple(limits))


def examined_text(evidence: Evidence) -> str:
    """What a check without problems found, a line each."""
    run = evidence.run
    lines = [
        heading(run.about),
        f"episodes: {len(run.results)} scored, {len(run.failures)} failed, of"
        f" {len(run.episodes)} planned",
        evidence.standing,
    ]
    lines += [f"not verified: {limit}" for limit in evidence.limits]
    lines += [f"rests on the submitter's word: {evidence.word}"] if evidence.word else []
    return "\n".join(lines)


def opens(recipe: Mapping[str, Any], salt: str) -> bool:
    """Whether this is the secret of the recipe's private test set."""
    return bool(salt) and salt_hash(salt) == recipe["salt"]


def _beyond(run: RunResults, salt: str) -> str:
    """Why a run cannot be made again here; "" if it can."""
    recipe = run.recipe
    if objects := recipe.get(TRUSTED):
        return f"{', '.join(objects)}: objects of a Python session cannot be made again here"
    if missing := unknown_part(recipe):
        return missing
    if run.version != version_of(run.track):
        return f"only the code of version {run.version} can check it"
    if recipe["salt"] and not salt:
        return "it is of a private test set, which only its secret generates again"
    try:
        again = json.loads(json_bytes(source_of(recipe, salt).about()))["recipe"]
        mismatch = difference(recipe, again, "recipe")
    except MemoryGymError as error:
        mismatch = str(error)
    return f"it cannot be made again here ({mismatch})" if mismatch else ""


def _replies(run: RunResults) -> Path:
    """The file of a model's replies, which need not be there."""
    return Path(run.folder or "") / "replies.jsonl"


def _how(run: RunResults, *, quick: bool) -> tuple[How, str]:
    """How a run is made again, and why no more can be done; "" if it can, or need not."""
    recipe, track, replies = run.recipe, find(run.track), _replies(run).exists()
    if recipe["data"]:
        return "score", ELSEWHERE
    if recipe["memory_model"] and not replies:
        return "score", "the memories' model has no recorded replies (replies.jsonl)"
    if quick:
        return "repeat", ""
    if recipe["models"] and not replies:
        return "repeat", "the model has no recorded replies (replies.jsonl)"
    if run.compared:
        kind, named, known = "reasoner", recipe["reasoners"], {*track.reasoners}
    else:
        kind, named = "agent", recipe["agents"]
        known = {*agents_of(track), *registry.names("agents")}
    for name in named:
        if name not in known and name not in recipe["models"]:
            return "repeat", f"{kind} {name} is not installed here"
    return "play", ""


def _stray(run: RunResults) -> tuple[str, ...]:
    """The episodes that are counted twice, those without a trace, and the traces without one."""
    counts = Counter(result.place.episode for result in run.results)
    kept = {*Run(Path(run.folder or "")).kept}
    stray = {name: f"{number} episodes" for name, number in counts.items() if number > 1}
    stray |= dict.fromkeys(counts.keys() - kept, "missing")
    stray |= dict.fromkeys(kept - counts.keys(), "belongs to no scored episode")
    return tuple(f"traces/{name}.jsonl.gz: {stray[name]}" for name in sorted(stray))


def _stored(run: Run, place: EpisodeKey) -> tuple[Trace | None, str]:
    """The trace of an episode, or how its file is damaged."""
    path, trace, damage = next(read_traces([run.trace_path(place.episode)]))
    return None if damage else trace, damage.removeprefix(str(path)).lstrip(":, ")


def _again(run: RunResults, salt: str, workers: int, how: How, *, quiet: bool) -> RunResults:
    """The run made again; an episode whose trace comes out otherwise has failed."""
    recipe, folder = run.recipe, Run(Path(run.folder or ""))
    # A model whose replies are in the traces is not asked.
    asks = bool(recipe["memory_model"] or (recipe["models"] and how == "play"))
    recall: Recall = UnusedModel
    with ExitStack() as stack:
        if _replies(run).exists():
            reply_log = stack.enter_context(closing(ReplyLog(_replies(run), record=False)))
            recall = from_log(reply_log) if asks else recall
        source = source_of(recipe, salt, recall)
        players, wanted = source.players(source.model_roles), ResultOptions(traced=True)
        runner = Runner(run.track, tuple(players), None, source.options(wanted))
        replay = Replay(runner, folder, recipe, how)
        over = over_threads if asks else over_processes
        groups = over(replay.play_unit, source.units, workers)
        played = [*watched(groups, len(source.units), quiet=quiet)]
        episodes = [each if isinstance(each, Failure) else each.result for each in played]
        if how == "score":  # What lies beside the episodes needs the tasks.
            return replace(run, episodes=episodes)
        checks = played_checks(source) if isinstance(source, Comparison) else ()
        invariants, beside = source.beside([e for e in played if isinstance(e, Played)])
    header = replace(run.header, checks=tuple(checks), invariants=tuple(invariants))
    return replace(run, episodes=episodes, header=header, beside=beside)


@dataclass(frozen=True, slots=True)
class Replay:
    """The systems of a run, whose episodes are compared with its traces."""

    runner: Runner
    folder: Run
    recipe: Mapping[str, Any]
    how: How

    def play_unit(self, unit: Unit) -> list[Played | Failure]:
        """The episodes of a task. One whose trace comes out otherwise has failed."""
        if self.how == "play":
            ended = [self._compared(episode) for episode in self.runner.play_unit(unit)]
        else:
            task = unit[0].generate() if self.how == "repeat" else None
            ended = [self._repeated(task, unit, player) for player in self.runner.players]
        return [replace(e, trace=None) if isinstance(e, Played) else e for e in ended]

    def _compared(self, episode: Played | Failure) -> Played | Failure:
        """An episode that was just played, if its trace is that of the run."""
        if not self.folder.trace_path(episode.place.episode).exists():
            return episode  # It failed, so it was played to fail again.
        if isinstance(episode, Failure):
            return replace(episode, error=f"played again, it fails: {episode.error}")
        stored, damage = _stored(self.folder, episode.place)
        if stored is None:
            return Failure(episode.place, "agent", damage)
        assert episode.trace
        if (number := episode.trace.first_difference(stored)) is None:
            return episode
        problem = f"played again, record {number} comes out otherwise"
        return Failure(episode.place, "agent", problem)

    def _repeated(self, task: Task | None, unit: Unit, player: SystemPlayer) -> Played | Failure:
        """The episode of the run's trace, if its replies lead to it; without a task it is only
        scored again."""
        place = place_of(self.runner.track, *unit, player.system)
        if not self.folder.trace_path(place.episode).exists():
            return Failure(place, "agent", "it failed, so there are no replies to play again")
        trace, problem = _stored(self.folder, place)
        if trace is None:
            return Failure(place, "agent", problem)
        if task:
            try:
                labels = player.system.labels(place.track, place.repeat)
                problem = self._mislabelled(trace, labels) or replayed(trace, task, player)
            except (MemoryGymError, SystemExit) as error:  # A memory may end its process.
                problem = f"played again, it fails: {error}"
        if problem:
            return Failure(place, "agent", problem)
        trace.gold = task.gold if task else gold_table(trace)
        return played_result(place, trace, self.runner.wanted)

    def _mislabelled(self, trace: Trace, wanted: dict[str, JSON]) -> str:
        """The label that differs from the wanted ones, or verdicts without a judge."""
        labels, judge = trace.labels, None
        if model := self.recipe["models"].get(wanted["agent"]):
            judge = self.recipe["judge"]
            wanted |= {"model": model, "usage": labels.get("usage")}
        if judge:
            wanted["judge"] = judge
        elif any(isinstance(record, Judgement) for record in trace.records):
            return "a judge's verdicts, but the recipe names no judge"
        return difference(labels, wanted, "labels")


def _unlike(run: RunResults, again: RunResults, *, played: bool) -> Iterator[str]:
    """The episodes and other measurements in which the two differ."""
    by_name = {episode.place.episode: episode for episode in again.episodes}
    # Only a provider can fail without failing again.
    may_fail = ["provider"] if asks_models(run.recipe) else []
    same = True
    for number, episode in enumerate(run.episodes, start=2):
        other = by_name.get(episode.place.episode)
        if isinstance(episode, Failure) and (not played or episode.kind in may_fail):
            continue
        same = same and episode == other
        if isinstance(other, Failure) and not isinstance(episode, Failure):
            yield f"traces/{episode.place.episode}.jsonl.gz: {other.error}"
        elif isinstance(episode, Failure) and not isinstance(other, Failure):
            yield f"{FILE}, line {number}: a failure, but played again the episode has a score"
        elif other is not None and episode != other:
            where = difference(_plain(episode), _plain(other), episode.place.episode)
            yield f"{FILE}, line {number}: {where}"
    if not same:
        return  # What lies beside the episodes is measured from them.
    for name in ("checks", "invariants"):
        stated, made = (getattr(each.header, name) for each in (run, again))
        if stated != made:
            pairs = zip_longest(stated, made)
            first = next(pair for pair in pairs if pair[0] != pair[1])
            yield f"{FILE}, line 1: {name}: {first[0]!r:.80}, but it comes out as {first[1]!r:.80}"
    if [*run.beside] != [*again.beside]:
        yield f"{FILE}: the scripted references beside the model come out otherwise"


def _plain(episode: Result | Failure) -> Any:
    return json.loads(json.dumps(asdict(episode)))


def replayed(trace: Trace, task: Task, player: SystemPlayer) -> str:
    """Why a trace is not the record of that task, player and replies; "" if it is."""
    episode = player.begin(task, [])
    for record in trace.records:
        if isinstance(record, Action) and not episode.done:
            episode.view()
            episode.step(record.message)
    if not episode.done:
        return "the replies end before the episode does"
    again = replace(episode.trace, gold=task.gold, labels=trace.labels)
    unjudged = replace(trace, records=[r for r in trace.records if not isinstance(r, Judgement)])
    match again.first_difference(unjudged):
        case None:
            return ""
        case 0:
            replayed, stored = (json.loads(next(side.lines())) for side in (again, unjudged))
            field = next(name for name in replayed if replayed[name] != stored.get(name))
            return f"{field} is not that of the task"
        case number:
            return f"record {number} is not what the replies lead to"


def difference(stated: JSON, computed: JSON, place: str) -> str:
    """The first place where two JSON values differ, and how; "" if they do not."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in sorted({*stated, *computed}):
            inner = f"{place}.{name}"
            if name not in stated or name not in computed:
                return f"{inner}: {'missing' if name in computed else 'should not be there'}"
            if problem := difference(stated[name], computed[name], inner):
                return problem
        return ""
    if isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        pairs = enumerate(zip(stated, computed, strict=True))
        inside = (difference(a, b, f"{place}[{index}]") for index, (a, b) in pairs)
        return next(filter(None, inside), "")
    if stated == computed and type(stated) is type(computed):
        return ""
    stated_text, computed_text = (json.dumps(v, ensure_ascii=False) for v in (stated, computed))
    return f"{place}: {clip(stated_text, 60)}, but it comes out as {clip(computed_text, 60)}"
