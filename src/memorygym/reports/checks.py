"""How far a run is verified: it is made again from its run.json, and the two are compared.

Every episode is played again, a model from the run's recorded replies; where the agent cannot be
made here, or to be quick, the replies in its trace are played again instead. Traces and
measurements must come out the same; everything else of a run is computed from these.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.episode import Episode
from memorygym.core.errors import BadTrace, MemoryGymError, UnknownPart, clip
from memorygym.core.files import json_bytes
from memorygym.core.trace import Action, Judgement, Trace
from memorygym.core.track import Invariant, find, gold_table, version_of
from memorygym.core.types import JSON, Message, Policy, Task, Tool
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.tables import heading
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import played_checks
from memorygym.runs.engine import Job
from memorygym.runs.episode_result import (
    Failure,
    Played,
    Result,
    ResultOptions,
    place_of,
    result_of,
)
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.executors import watched
from memorygym.runs.jobs import source_of
from memorygym.runs.model_roles import ModelRoles, Recall, UnusedModel, from_log
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import FILE, RunResults, load, perform
from memorygym.runs.store import Run, read_traces
from memorygym.runs.systems import AgentFault, Steps, System, SystemPlayer, played
from memorygym.runs.tasks import MissingTask, salt_hash, unknown_part
from memorygym.scoring.judge import judgement_mismatch

STANDINGS = REPRODUCED, VERIFIED, REPORTED = "reproduced", "verified from traces", "self-reported"
"""How far a run is verified, best first."""
CHECKS = ("none", "traces", "play")
"""The checks: none; the replies in its traces played again; its agents or models played again."""
WORD = (
    "that the replies and token counts are those of the named models, and that this is not the best"
    " of several runs"
)
"""The claim that no file of a model's run can verify."""
ELSEWHERE = "its tasks lie in a file that is not given here: the truths are those of its traces"
REPLIES = "replies.jsonl"


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
        recipe = self.run.recipe
        asked = recipe["models"] or recipe["memory_model"]
        return WORD if asked and self.standing != REPORTED else ""


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
    limit = "its traces were not checked" if check == "none" else _beyond(run, salt)
    if limit:
        return Evidence(run, REPORTED, (), (limit,))
    recorded, limits = _recorded(run, quick=check == "traces")
    with ExitStack() as stack:
        try:
            problems = tuple(_problems(run, salt, workers, stack, recorded=recorded, quiet=quiet))
        except MemoryGymError as error:
            problems = (str(error).replace(f"{folder}/", ""),)
    standing = REPORTED if problems else VERIFIED if recorded else REPRODUCED
    return Evidence(run, standing, problems, () if problems else limits)


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
    if recipe["salt"] and not opens(recipe, salt):
        return "it is of a private test set, which only its secret generates again"
    try:
        source = source_of(recipe, salt if recipe["salt"] else "")
        again = json.loads(json_bytes(source.job().about()))["recipe"]
    except MemoryGymError as error:
        return f"it cannot be made again here ({error})"
    mismatch = difference(recipe, again, "recipe")
    return f"it cannot be made again here ({mismatch})" if mismatch else ""


def _recorded(run: RunResults, *, quick: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether only the replies in the traces can be played again, with the reasons."""
    recipe, folder = run.recipe, Path(run.folder or "")
    judged = ("the verdicts of the judge are taken as recorded",) if recipe["judge"] else ()
    replies = (folder / REPLIES).exists()
    if recipe["data"]:
        return True, (ELSEWHERE, *judged)
    if recipe["memory_model"] and not replies:
        return True, (f"the memories' model has no recorded replies ({REPLIES})", *judged)
    if quick:
        return True, judged
    if recipe["models"] and not replies:
        return True, (f"the model has no recorded replies ({REPLIES})", *judged)
    track = find(run.track)
    named = recipe["reasoners"] if run.compared else recipe["agents"]
    known = {*track.reasoners} if run.compared else {*agents_of(track), *registry.names("agents")}
    for name in named:
        if name not in known and name not in recipe["models"]:
            kind = "reasoner" if run.compared else "agent"
            return True, (f"{kind} {name} is not installed here", *judged)
    return False, ()


def _problems(
    run: RunResults, salt: str, workers: int, stack: ExitStack, *, recorded: bool, quiet: bool
) -> Iterator[str]:
    """What comes out otherwise when the run is made again."""
    folder, recipe = Path(run.folder or ""), run.recipe
    results = {result.place.episode for result in run.results}
    kept = {*Run(folder).kept}
    stray = dict.fromkeys(results - kept, "missing")
    stray |= dict.fromkeys(kept - results, "belongs to no scored episode")
    yield from (f"traces/{name}.jsonl.gz: {stray[name]}" for name in sorted(stray))
    if stray:
        return
    recall: Recall = UnusedModel
    if (folder / REPLIES).exists():
        reply_log = stack.enter_context(closing(ReplyLog(folder / REPLIES, record=False)))
        if recipe["memory_model"] or (recipe["models"] and not recorded):
            recall = from_log(reply_log)
    if recipe["data"] or (recipe["memory_model"] and not (folder / REPLIES).exists()):
        again = _scored(run, quiet=quiet)
    else:
        source = source_of(recipe, salt if recipe["salt"] else "", recall)
        again = _made_again(run, source, workers, recorded=recorded, quiet=quiet)
    yield from _unlike(run, again, recorded=recorded)


def _scored(run: RunResults, *, quiet: bool) -> RunResults:
    """The run with every trace scored again; its tasks or the replies of its memories' model are
    not here to be played."""
    wanted = ResultOptions(causes=not run.compared, measured=run.compared)
    folder = Run(Path(run.folder or ""))

    def scored(episode: Result | Failure) -> Result | Failure:
        if isinstance(episode, Failure):
            return episode
        _, trace, damage = next(read_traces([folder.trace_path(episode.place.episode)]))
        if trace is None or damage:
            return Failure(episode.place, "agent", damage)
        trace.gold = gold_table(trace)
        return result_of(episode.place, trace, wanted)

    rows = ([scored(episode)] for episode in run.episodes)
    return replace(run, episodes=[*watched(rows, len(run.episodes), quiet=quiet)])


def _made_again(
    run: RunResults,
    source: Evaluation | Comparison,
    workers: int,
    *,
    recorded: bool,
    quiet: bool,
) -> RunResults:
    """The run played again; an episode whose trace comes out otherwise has failed."""
    folder = Path(run.folder or "")
    if isinstance(source, Evaluation):
        source = replace(source, validate=bool(run.header.invariants))
    checks = played_checks(source) if isinstance(source, Comparison) else ()
    again = Again(source, folder, run.recipe, recorded=recorded)
    return perform(again, None, workers, checks=checks, quiet=quiet)


def _unlike(run: RunResults, again: RunResults, *, recorded: bool) -> Iterator[str]:
    """The episodes and other measurements in which the two differ."""
    by_name = {episode.place.episode: episode for episode in again.episodes}
    same = True
    for number, episode in enumerate(run.episodes, start=2):
        other = by_name.get(episode.place.episode)
        if isinstance(episode, Failure) and (recorded or episode.kind == "provider"):
            continue
        same = same and episode == other
        if isinstance(other, Failure) and not isinstance(episode, Failure):
            yield f"traces/{episode.place.episode}.jsonl.gz: {other.error}"
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


@dataclass(frozen=True, slots=True)
class Again:
    """An evaluation or comparison whose players check what they play against a run's traces."""

    source: Evaluation | Comparison
    folder: Path
    recipe: Mapping[str, Any]
    recorded: bool

    def players(self, model_roles: ModelRoles) -> list[SystemPlayer]:
        """Its players, each compared with the run."""
        # A model whose replies are in the traces is not asked, and processes cannot share its log.
        asked = self.recipe["memory_model"] or not self.recorded
        return [
            CheckedPlayer(player, self.folder, self.recipe, self.recorded)
            for player in self.source.players(model_roles if asked else self.source.model_roles)
        ]

    def job(self, wanted: ResultOptions | None = None) -> Job:
        """The job of the source, played by these players."""
        return replace(self.source.job(wanted), players=self.players)

    def beside(self, ended: Sequence[Played]) -> tuple[Sequence[Invariant], Sequence[Result]]:
        """What is measured beside the episodes, as the source measures it."""
        return self.source.beside(ended)


@dataclass(frozen=True, slots=True)
class CheckedPlayer:
    """A system that plays an episode again, and returns the run's own trace if it is the same."""

    player: SystemPlayer
    folder: Path
    recipe: Mapping[str, Any]
    recorded: bool
    """Whether the replies in the trace are played, not the agent."""

    @property
    def system(self) -> System:
        return self.player.system

    @property
    def waits(self) -> bool:
        return self.player.waits and bool(self.recipe["memory_model"] or not self.recorded)

    def begin(self, task: Task, steps: Steps) -> Episode:
        return self.player.begin(task, steps)

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        return self.player.policy(task, model)

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        """Raises AgentFault, whose text says how the trace of the run differs."""
        recipe = MissingTask(str(task.recipe["template"]), int(str(task.recipe["seed"])))
        place = place_of(task.track, recipe, repeat, self.system)
        path = Run(self.folder).trace_path(place.episode)
        if not path.exists() and not self.recorded:  # It failed, so it is played to fail again.
            return self.player.play(task, repeat, steps)
        if not path.exists():
            raise AgentFault("it failed, so there are no replies to play again")
        _, trace, damage = next(read_traces([path]))
        if trace is None or damage:
            raise AgentFault(damage.removeprefix(str(path)).lstrip(":, "))
        try:
            problem = self._unlike(trace, task, repeat)
        except AgentFault:
            raise
        except MemoryGymError as error:
            problem = f"played again, it fails: {error}"
        if problem:
            raise AgentFault(problem)
        trace.gold = task.gold
        return trace

    def _unlike(self, trace: Trace, task: Task, repeat: int) -> str:
        """How a trace differs from the episode played again; "" if it does not."""
        if self.recorded:
            return self._mislabelled(trace, task, repeat) or replayed(trace, task, self.player)
        number = self.player.play(task, repeat, []).first_difference(trace)
        return "" if number is None else f"played again, record {number} comes out otherwise"

    def _mislabelled(self, trace: Trace, task: Task, repeat: int) -> str:
        """The label that differs from the episode's, or a verdict that is not the judge's."""
        wanted, labels = self.system.labels(task.track, repeat), trace.labels
        model = self.recipe["models"].get(self.system.agent)
        judge = self.recipe["judge"] if model else None
        if model:
            wanted |= {"model": model, "usage": labels.get("usage")}
        if judge:
            of = labels.get("judge")
            wanted["judge"] = {
                **judge,
                "counts": of.get("counts") if isinstance(of, dict) else None,
            }
        elif any(isinstance(record, Judgement) for record in trace.records):
            return "a judge's verdicts, but the recipe names no judge"
        if problem := difference(labels, wanted, "labels"):
            return problem
        try:
            return judgement_mismatch(replace(trace, gold=task.gold), judge) if judge else ""
        except (KeyError, TypeError) as error:
            return f"the recipe does not state who judged ({error!r})"


class Recorded(Policy):
    """A policy that repeats the replies of a trace, word for word."""

    def __init__(self, trace: Trace) -> None:
        self._said = iter([r.message for r in trace.records if isinstance(r, Action)])

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if (message := next(self._said, None)) is None:
            raise BadTrace("the replies end before the episode does")
        return message


def replayed(trace: Trace, task: Task, player: SystemPlayer) -> str:
    """Why a trace is not the record of that task, player and replies; "" if it is."""
    try:
        again = played(player.begin(task, []), Recorded(trace), task, trace.labels)
    except BadTrace as error:
        return str(error)
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
