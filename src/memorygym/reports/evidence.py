"""How far a run is verified: from its traces, and by playing its episodes again."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart
from memorygym.core.files import json_bytes
from memorygym.core.json_values import canonical
from memorygym.core.track import find, version_of
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.comparison_report import DOCUMENT, DRAWN, TABLES, ComparisonOutcome
from memorygym.reports.recheck import RESULTS, Method, Recheck, derived
from memorygym.reports.stored_runs import read_played
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.episode_result import ResultOptions, result_of
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.executors import watched
from memorygym.runs.jobs import source_of
from memorygym.runs.model_roles import Recall, UnusedModel, from_log
from memorygym.runs.results.consistency import difference, inconsistencies, rows_in_order
from memorygym.runs.results.results_file import Document, read_json, read_results
from memorygym.runs.store import Run
from memorygym.runs.tasks import salt_hash, unknown_part

STANDINGS = REPRODUCED, VERIFIED, REPORTED = "reproduced", "verified from traces", "self-reported"
"""How far a run is verified, best first."""
CHECKS = ("none", "traces", "play")
"""The checks: compare files only; also replay and score traces; also play again."""
WORD = (
    "that the replies and token counts are those of the named models, and that this is not the best"
    " of several runs"
)
"""The claim that no file of a model's run can verify."""
ELSEWHERE = "its tasks lie in a file that is not given here: the truths are those of its traces"
UNREPLIED = "replies (replies.jsonl) are not there"
REPLIES = "replies.jsonl"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The results of a run, and how far they are verified."""

    document: Document
    standing: str
    """One of STANDINGS."""
    problems: tuple[str, ...] = ()
    """The problems, each with its file."""
    limits: tuple[str, ...] = ()
    """Why it is not verified further."""
    outcome: ComparisonOutcome | None = None
    """The reports of a verified comparison."""

    @property
    def word(self) -> str:
        """The claim that rests on the submitter's word although the run is verified, or ""."""
        recipe = self.document["recipe"]
        shown = self.standing in (REPRODUCED, VERIFIED)
        return WORD if shown and (recipe["models"] or recipe["memory_model"]) else ""


def examine(
    folder: Path, check: str = "traces", salt: str = "", workers: int = 1, *, quiet: bool = True
) -> Evidence:
    """Checks a finished run; `salt` is used only if it is the secret of the run.

    Raises BadSettings if its results cannot be read.

    >>> examine(Path("nowhere"), "all")
    Traceback (most recent call last):
    memorygym.core.errors.UnknownPart: no check named 'all'; choose from none, play, traces
    """
    if check not in CHECKS:
        raise UnknownPart("check", check, CHECKS)
    document = read_results(folder)
    if limit := unknown_part(document["recipe"]):
        return Evidence(document, REPORTED, (), (limit,))
    problems = _file_problems(folder, document)
    if problems or check == "none":
        unseen = () if problems else ("its traces were not checked",)
        return Evidence(document, REPORTED, tuple(problems), unseen)
    salt = salt if document["recipe"]["salt"] else ""
    if limit := _beyond(document, salt):
        return Evidence(document, REPORTED, (), (limit,))
    method, limits = _method(folder, document["recipe"], play=check == "play")
    problems, outcome = _checked(folder, document, salt, method, workers, quiet=quiet)
    if problems:
        messages = (problem.replace(f"{folder}/", "") for problem in problems)
        return Evidence(document, REPORTED, tuple(messages))
    standing = REPRODUCED if method == "play" else VERIFIED
    return Evidence(document, standing, (), limits, outcome)


def _file_problems(folder: Path, document: Document) -> list[str]:
    """The problems that the files of a run show before any episode is played."""
    about = Run(folder).about()
    problems = [
        f"run.json: {mismatch}"
        for name in ("version", "recipe")
        if (mismatch := difference(about.get(name), document[name], name))
    ]
    problems += [f"results.json: {mismatch}" for mismatch in inconsistencies(document)]
    if problems:
        return problems
    rows = [f"{canonical(dict(row))}\n".encode() for row in rows_in_order(document)]
    path = folder / "results.jsonl"
    kept = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    for number, (row, line) in enumerate(zip_longest(rows, kept), start=1):
        if row != line:
            problems.append(f"results.jsonl, line {number}: differs from results.json")
            break
    return problems + _strays(folder, document)


def trace_problems(folder: Path, document: Document, *, quiet: bool = True) -> list[str]:
    """Traces that are missing, damaged, or score differently from the results."""
    problems = [problem for problem in _strays(folder, document) if problem.startswith("traces/")]
    rows = {row["episode"]: row for row in document["episodes"]}
    if problems or document["version"] != version_of(document["recipe"]["track"]):
        return problems
    paths = [Run(folder).trace_path(name) for name in rows]
    stored = ([pair] for pair in read_played(paths))
    for trace, damage in watched(stored, len(paths), quiet=quiet):
        if trace is None:
            problems.append(damage.replace(f"{folder}/", ""))
            continue
        row = rows[trace.name]
        scored = result_of(trace.place, trace.trace, ResultOptions(causes=False)).to_json()
        for figure in ("task", "composite", "right"):
            if error := difference(row[figure], scored[figure], figure):
                problems.append(f"traces/{trace.path.name}: results.json says otherwise: {error}")
    return problems


def _strays(folder: Path, document: Document) -> list[str]:
    """Traces and tables that are missing, and those that belong to no episode of the run."""
    wanted = {row["episode"] for row in document["episodes"]}
    kept = set(Run(folder).kept)
    problems = [f"traces/{name}.jsonl.gz: missing" for name in sorted(wanted - kept)]
    problems += [
        f"traces/{name}.jsonl.gz: belongs to no scored episode" for name in sorted(kept - wanted)
    ]
    compared = document["recipe"]["kind"] == "compare"
    there = {name for name in (DOCUMENT, *TABLES, *DRAWN) if (folder / name).exists()}
    if compared:
        return problems + [f"{name}: missing" for name in (DOCUMENT, *TABLES) if name not in there]
    return problems + [f"{name}: does not belong to a run of agents" for name in sorted(there)]


def opens(recipe: Mapping[str, Any], salt: str) -> bool:
    """Whether this is the secret of the recipe's private test set."""
    return bool(salt) and salt_hash(salt) == recipe["salt"]


def _beyond(document: Document, salt: str) -> str:
    """Why the run cannot be recreated here; "" if it can."""
    recipe = document["recipe"]
    if document["version"] != version_of(recipe["track"]):
        return f"only the code of version {document['version']} can check it"
    if recipe["salt"] and not opens(recipe, salt):
        return "it is of a private test set, which only its secret generates again"
    try:
        about = json.loads(json_bytes(_made(document, salt).job().about()))
    except MemoryGymError as error:
        return f"it cannot be recreated here ({error})"
    mismatch = difference(recipe, about["recipe"], "recipe")
    return f"it cannot be recreated here ({mismatch})" if mismatch else ""


def _made(document: Document, salt: str, recall: Recall = UnusedModel) -> Evaluation | Comparison:
    """The evaluation or comparison of a run, with the models that `recall` makes."""
    source = source_of(document["recipe"], salt, recall)
    if isinstance(source, Evaluation):
        return replace(source, validate=bool(document["invariants"]))
    return source


def _method(
    folder: Path, recipe: Mapping[str, Any], *, play: bool
) -> tuple[Method, tuple[str, ...]]:
    """How far its episodes can be checked, with the reasons."""
    kept = (folder / REPLIES).exists()
    ruled = ("the verdicts of the judge are taken as recorded",) if recipe["judge"] else ()
    if recipe["data"]:
        return "score", (ELSEWHERE, *ruled)
    if recipe["memory_model"] and not kept:
        return "score", (f"the memories were not replayed: their model's {UNREPLIED}", *ruled)
    if not play:
        return "replay", ruled
    if recipe["models"] and not kept:
        return "replay", (f"the model's {UNREPLIED}", *ruled)
    if strange := _strange(recipe):
        return "replay", (f"{strange} is not installed here", *ruled)
    return "play", ()


def _strange(recipe: Mapping[str, Any]) -> str:
    """The agent or reasoner that is not known here; "" if all are."""
    track = find(recipe["track"])
    if recipe["kind"] == "compare":
        kind, named, known = "reasoner", recipe["reasoners"], {*track.reasoners}
    else:
        kind, named = "agent", recipe["agents"]
        known = {*agents_of(track), *registry.names("agents")}
    strange = [name for name in named if name not in known and name not in recipe["models"]]
    return f"{kind} {strange[0]}" if strange else ""


def _checked(
    folder: Path,
    document: Document,
    salt: str,
    method: Method,
    workers: int,
    *,
    quiet: bool,
) -> tuple[list[str], ComparisonOutcome | None]:
    """The problems of traces and files, and the outcome of a comparison."""
    recipe = document["recipe"]
    replayed = recipe["memory_model"] and method != "score"
    with ExitStack() as stack:
        recall: Recall = UnusedModel
        try:
            if asked := bool(replayed or (recipe["models"] and method == "play")):
                reply_log = stack.enter_context(closing(ReplyLog(folder / REPLIES, record=False)))
                recall = from_log(reply_log)
            source = _made(document, salt, recall)
        except BadSettings as error:
            return [f"{REPLIES}: {error}"], None
        job, players = source.job(), tuple(source.players(source.model_roles))
        failures = {row["episode"]: row for row in document["failures"]}
        check = Recheck(Run(folder), recipe, players, job.wanted, method, failures)
        rechecked = check.over(job.units, workers, waits=asked, quiet=quiet)
        if wrong := [outcome for outcome in rechecked if isinstance(outcome, str)]:
            return wrong, None
        outcomes = [outcome for outcome in rechecked if not isinstance(outcome, str)]
        try:
            files, outcome = derived(folder, document, source, outcomes)
        except BadSettings as error:
            return [str(error)], None
    return list(_unlike(folder, document, files)), outcome


def _unlike(folder: Path, document: Document, files: Mapping[str, bytes]) -> Iterator[str]:
    """The files that differ from those that the traces give."""
    pairs = enumerate(
        zip(document["episodes"], json.loads(files[RESULTS])["episodes"], strict=True)
    )
    rows = (difference(stated, row, f"results.episodes[{at}]") for at, (stated, row) in pairs)
    yield from (wrong := [f"{RESULTS}: {problem}" for problem in rows if problem])
    for name, data in files.items():
        if name == RESULTS and (wrong or data == json_bytes(document)):
            continue
        if (folder / name).read_bytes() != data:
            yield f"{name}: {_otherwise(folder / name, data)}"


def _otherwise(path: Path, data: bytes) -> str:
    """How a file differs from what the traces give."""
    mismatch = ""
    if path.suffix == ".json":
        try:
            mismatch = difference(read_json(path), json.loads(data), path.stem)  # type: ignore[arg-type]  # any JSON
        except BadSettings:
            return "is not JSON"
    return mismatch or "differs from what the traces give"
