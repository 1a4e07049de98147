"""How far the figures of a run are shown: by its traces, and by playing its episodes again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.bench import Job, references
from memorygym.contract import contract
from memorygym.disk import as_bytes
from memorygym.errors import UnknownPart
from memorygym.publishing.recheck import Claim, claims_of, recheck, replies_again
from memorygym.results.consistency import (
    LARGEST,
    difference,
    inconsistencies,
    planned,
    rows_in_order,
)
from memorygym.results.file import Document, read_results
from memorygym.results.file import document as sum_up
from memorygym.runner import Failure, Result
from memorygym.runs.executors import over_processes
from memorygym.runs.folder import Run
from memorygym.tokens import canonical
from memorygym.tracks.worlds.invariants import validate
from memorygym.tracks.worlds.settings import salt_hash

STANDINGS = REPRODUCED, VERIFIED, REPORTED = "reproduced", "verified from traces", "self-reported"
"""How far a run is shown, best first."""
CHECKS = ("none", "traces", "play")
"""What is done: nothing but to compare files; to replay and score traces; to play again, too."""
WORD = (
    "that the replies and token counts are those of the named models, and that this is not the best"
    " of several runs"
)
"""What nothing in a model's run can show."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run says, and how far it is shown."""

    document: Document
    standing: str
    """One of STANDINGS."""
    problems: tuple[str, ...] = ()
    """What is wrong, each with the file where it is."""
    limits: tuple[str, ...] = ()
    """Why it is not shown further."""

    @property
    def word(self) -> str:
        """What rests on the submitter's word though all else is shown: nothing if scripted."""
        shown = self.standing in (REPRODUCED, VERIFIED)
        return WORD if shown and self.document["recipe"]["model"] else ""


def examine(folder: Path, check: str = "traces", salt: str = "", workers: int = 1) -> Evidence:
    """Checks a finished run; a salt counts if it is that of the run.

    Raises BadSettings if its results cannot be read.

    >>> examine(Path("nowhere"), "all")
    Traceback (most recent call last):
    memorygym.errors.UnknownPart: no check named 'all'; choose from none, play, traces
    """
    if check not in CHECKS:
        raise UnknownPart("check", check, CHECKS)
    document = read_results(folder)
    found = _file_problems(folder, document)
    if found or check == "none":
        unseen = () if found else ("its traces were not looked at",)
        return Evidence(document, REPORTED, tuple(found), unseen)
    if limit := _beyond(document, salt):
        return Evidence(document, REPORTED, (), (limit,))
    salt = salt if document["recipe"]["salt"] else ""
    claims = claims_of(folder, document, salt)
    limit = _unplayable(folder, document["recipe"]) if check == "play" else ""
    play = check == "play" and not limit
    found = list(_trace_problems(document, claims, salt, workers, play=play))
    if play and not found and document["recipe"]["model"]:
        found = list(replies_again(folder, document["recipe"], claims, workers))
    if found:
        return Evidence(document, REPORTED, tuple(found))
    if play:
        return Evidence(document, REPRODUCED)
    limits = [limit, "a judge's rulings are as recorded" if document["recipe"]["judge"] else ""]
    return Evidence(document, VERIFIED, (), tuple(filter(None, limits)))


def _file_problems(folder: Path, document: Document) -> list[str]:
    """What the files of a run show without being played."""
    about = Run(folder).about()
    found = [
        f"run.json: {told}"
        for name in ("contract", "recipe")
        if (told := difference(about.get(name), document[name], name))
    ]
    found += [f"results.json: {told}" for told in inconsistencies(document)]
    if found:
        return found
    rows = [f"{canonical(dict(row))}\n".encode() for row in rows_in_order(document)]
    path = folder / "results.jsonl"
    kept = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    for number, (row, line) in enumerate(zip_longest(rows, kept), start=1):
        if row != line:
            found.append(f"results.jsonl, line {number}: is not that of results.json")
            break
    return found + _strays(folder, document)


def _strays(folder: Path, document: Document) -> list[str]:
    """Traces that lack, and traces of no episode."""
    wanted = {row["episode"] for row in document["episodes"]}
    kept = set(Run(folder).kept)
    lacking = [f"traces/{name}.jsonl.gz: missing" for name in sorted(wanted - kept)]
    return lacking + [
        f"traces/{name}.jsonl.gz: of no episode that was scored" for name in sorted(kept - wanted)
    ]


def _beyond(document: Document, salt: str) -> str:
    """Why the tasks cannot be dealt here; "" if they can."""
    recipe = document["recipe"]
    if document["contract"] != contract():
        return f"only the code of contract {document['contract']} can check it"
    for kind, names in (("worlds", recipe["templates"]), ("memory", [recipe["memory"]])):
        # What has another name would be imported and called.
        if strange := [name for name in names if name not in registry.names(kind)]:
            return f"{kind} {strange[0]} is not installed here"
    if max((size or 0 for size in recipe["sizes"].values()), default=0) > LARGEST:
        return f"its worlds are too large to be dealt ({recipe['sizes']})"
    if recipe["salt"] and not opens(recipe, salt):
        return "it is of a sealed set, which only its salt deals again"
    return ""


def opens(recipe: Mapping[str, Any], salt: str) -> bool:
    """Whether a salt is the one that sealed a recipe's worlds."""
    return bool(salt) and salt_hash(salt) == recipe["salt"]


def _trace_problems(
    document: Document, claims: Sequence[Claim], salt: str, workers: int, *, play: bool
) -> Iterator[str]:
    """Whether traces are records of their tasks, and the results are those of the traces."""
    played = play and not document["recipe"]["model"]
    check = partial(recheck, played=played, measured=bool(document["invariants"]))
    groups = [list(group) for _, group in groupby(claims, key=lambda claim: claim.settings)]
    found = [one for group in over_processes(check, groups, workers) for one in group]
    wrong = [one for one in found if isinstance(one, str)]
    if wrong:
        yield from wrong
        return
    derived = _derived(document, [one for one in found if isinstance(one, Result)], salt)
    for at, (stated, row) in enumerate(zip(document["episodes"], derived["episodes"], strict=True)):
        if told := difference(stated, row, f"results.episodes[{at}]"):
            wrong.append(f"results.json: {told}")
    yield from wrong
    if not wrong and as_bytes(derived) != as_bytes(document):
        yield f"results.json: {difference(dict(document), derived, 'results')}"


def _derived(document: Document, results: Sequence[Result], salt: str) -> dict[str, Any]:
    """The results file that these results make."""
    tasks = list(dict.fromkeys(settings for settings, _ in planned(document["recipe"], salt)))
    by_name = {settings.episode(agent): settings for settings, agent in planned(document["recipe"])}
    failures = [
        Failure(by_name[row["episode"]], row["agent"], row["kind"], row["error"])
        for row in document["failures"]
    ]
    beside = references(Job(tasks, ())) if document["references"] else {}
    seeds = len(document["recipe"]["seeds"])
    rows = validate(tasks, results, seeds) if document["invariants"] else []
    made = sum_up(document, document["episodes_planned"], [*results, *failures], beside, rows)
    return {**made, "version": document["version"]}


def _unplayable(folder: Path, recipe: Mapping[str, Any]) -> str:
    """Why the run cannot be played again; "" if it can."""
    if recipe["model"]:
        kept = (folder / "replies.jsonl").exists()
        return "" if kept else "the model's replies (replies.jsonl) are not there"
    strange = [agent for agent in recipe["agents"] if agent not in registry.names("agents")]
    return f"agent {strange[0]} is not installed here" if strange else ""
