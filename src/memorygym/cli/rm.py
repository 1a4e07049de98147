"""Judge compactions with MemRM: is a shortened context safe to go on with?"""

import argparse
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from memorygym.cli._checks import add_quiet, check_counts, given_path, workers_of
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.json_values import canonical
from memorygym.memrm.contexts import context_file, ignore
from memorygym.memrm.openings import FINAL, log_opening
from memorygym.memrm.reward_rows import any_row
from memorygym.memrm.rows import REQUIRED, missing_fields, needs_file, read_rows
from memorygym.reports.extras import missing
from memorygym.reports.judge_tables import evaluation_text, judgement_text
from memorygym.runs.executors import over_processes, watched

if TYPE_CHECKING:
    from memorygym.memrm.model import Model
    from memorygym.memrm.recipes import TaskRecipes
    from memorygym.memrm.scored_rows import ScoredSplit

NAMES = {"iid-heldout": "iid", **{name: name for name in (*FINAL, "train", "calibration")}}
"""The splits by the names that users give them."""
EXTRA = ("lightgbm", "numpy")
"""The packages of the extra `rm`."""
ROWS_MISSING = 2
"""The exit code if rows of a file were left out."""
NOTES = 5
"""Most lines about rows of one file; then only their number."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line, declare in (
        ("score", "judge one compaction: p_harmful, a verdict and what is believed lost", _score),
        ("evaluate", "measure the judge on labelled compactions, beside baselines", _evaluate),
        ("build", "play tasks and write labelled compactions: the splits", _build),
        ("train", "train the judge on the splits and write its model file", _train),
        ("rows", "write a split as the rows of a reward model, texts and labels", _rows),
    ):
        part = actions.add_parser(
            name, help=line, description=line, formatter_class=parser.formatter_class,
            allow_abbrev=False,
        )  # fmt: skip
        declare(part)


def _score(part: argparse.ArgumentParser) -> None:
    for name in ("full", "compacted"):
        part.add_argument(
            f"--{name}", type=given_path, required=True, metavar="FILE",
            help=f"the {name} context: OpenAI-style messages as JSON, or plain text",
        )  # fmt: skip
    part.add_argument(
        "--needs", type=given_path, metavar="FILE",
        help="what will be needed: one question, constraint or fact a line, or a JSON list",
    )  # fmt: skip
    _add_model(part)


def _evaluate(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--split", "--dataset", default="all", metavar="SPLIT",
        help=f"{', '.join(FINAL)}, all of these (default), train, calibration, or a FILE of JSON"
        ' lines {"full", "compacted", "safe" or "needs": [{"text", "kept"}], "group"}, or of the'
        " rows of MemGym-RM",
    )  # fmt: skip
    part.add_argument(
        "--mode", choices=REQUIRED,
        help="blind: reads the two contexts; needs: and the probes; recorded: and the next action;"
        " pair: both next actions (default: blind, or needs for a FILE with no other label)",
    )  # fmt: skip
    _add_model(part)
    _add_events(part)
    _add_workers(part)


def _add_model(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--model", type=given_path, metavar="FILE",
        help="a model file of `memorygym rm train` (default: the one that ships)",
    )  # fmt: skip
    part.add_argument("--json", action="store_true", help="one JSON object")


def _build(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--output", "-o", type=given_path, required=True, metavar="FILE",
        help="the file of events (.jsonl.gz); mined tasks are kept beside it, so that the same"
        " command resumes a stopped build",
    )  # fmt: skip
    part.add_argument(
        "--track", default="worlds,research,codeqa", metavar="LIST", help="tracks of training"
    )
    part.add_argument(
        "--held-out", default="dialogue", metavar="LIST", help="tracks of scenario-ood alone"
    )
    part.add_argument(
        "--scale", type=float, default=1.0, metavar="X",
        help="how many events, as a share of those that ship (default: 1)",
    )  # fmt: skip
    _add_workers(part)


def _train(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--output", "-o", type=given_path, required=True, metavar="FILE", help="the model file"
    )
    part.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    _add_events(part)
    _add_workers(part)


def _rows(part: argparse.ArgumentParser) -> None:
    part.add_argument("--split", choices=NAMES, required=True, metavar="SPLIT", help="one of them")
    part.add_argument(
        "--output", "-o", type=given_path, required=True, metavar="FILE",
        help="JSON lines of the 31 fields (.jsonl, .jsonl.gz); label 1 and \" Y\" are SAFE",
    )  # fmt: skip
    _add_events(part)
    _add_workers(part)


def _add_events(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--events", type=given_path, metavar="FILE",
        help="a file of events of `memorygym rm build` (default: the one that ships)",
    )  # fmt: skip


def _add_workers(part: argparse.ArgumentParser) -> None:
    part.add_argument("--workers", type=int, metavar="N", help="processes (default: one a core)")
    add_quiet(part)


def run(args: argparse.Namespace) -> int:
    """Runs the action; 2 if rows of a file had to be left out."""
    actions = {
        "score": _run_score, "evaluate": _run_evaluate, "build": _run_build, "train": _run_train,
        "rows": _run_rows,
    }  # fmt: skip
    try:
        return actions[args.action](args)
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        raise missing(f"memorygym rm {args.action}", error.name, "rm") from None


def evaluate_command() -> NoReturn:
    """`memgym-eval-rm`, another name of `memorygym rm evaluate`."""
    from memorygym.cli import command

    command(["rm", "evaluate", *sys.argv[1:]])


def _run_score(args: argparse.Namespace) -> int:
    full, compacted = (context_file(path, _tell) for path in (args.full, args.compacted))
    if not any(message.content.strip() or message.calls for message in full):
        raise BadSettings(f"{args.full} holds no text, so nothing can be lost")
    needs = [probe.text for probe in needs_file(args.needs)] if args.needs else None
    from memorygym.memrm.judge import judge_compaction

    judgement = judge_compaction(full, compacted, needs, model=_judge(args)).to_json()
    print(json.dumps(judgement, ensure_ascii=False) if args.json else judgement_text(judgement))
    return 0


def _run_evaluate(args: argparse.Namespace) -> int:
    from memorygym.memrm.evaluation import evaluation

    check_counts(args, "workers")
    judge, notes = _judge(args), _Notes()
    names = FINAL if args.split == "all" else [args.split]
    splits: dict[str, Any] = {}
    for name in names:
        title, scored = _scored(judge, name, args, notes)
        splits[title] = evaluation(judge, scored, title)
        if title in FINAL and name in NAMES:
            opening = {
                "split": title, "mode": scored.mode, "model": judge.hash, "data": scored.data
            }  # fmt: skip
            _tell(log_opening(opening))
        for reason, many in scored.left_out.items():
            notes(f"{many} rows left out: {reason}")
    notes.end()
    document = {"model": judge.hash, "splits": splits}
    print(json.dumps(document, ensure_ascii=False) if args.json else evaluation_text(document))
    return ROWS_MISSING if notes.count else 0


def _rates(args: argparse.Namespace) -> dict[str, float]:
    """The share of HARMFUL rows of each strategy in the train split, and of all of it."""
    from memorygym.memrm.build import read
    from memorygym.memrm.compactions import family

    harmful: dict[str, list[bool]] = {"": []}
    for task in read(args.events, ("train",)):
        for recipe in task.recipes:
            for name in ("", family(recipe.memory, recipe.edits)):
                harmful.setdefault(name, []).append(bool(recipe.lost))
    return {name: sum(labels) / len(labels) for name, labels in harmful.items() if labels}


def _scored(
    judge: "Model", name: str, args: argparse.Namespace, notes: "_Notes"
) -> tuple[str, "ScoredSplit"]:
    """The title of a split or file, and its rows with the judge's answers."""
    from memorygym.memrm.scored_rows import joined, score

    mode: str | None = args.mode
    if title := NAMES.get(name):
        from memorygym.memrm.build import read

        function = partial(_scored_task, judge, mode or "blind", _rates(args))
        tasks = read(args.events, (title,))
        parts = over_processes(function, tasks, workers_of(args, waits=False))
        return title, joined(watched(([part] for part in parts), len(tasks), quiet=args.quiet))
    path = Path(name)
    if not path.is_file():
        raise BadSettings(
            f"--split {name}: no such split or file; choose from {', '.join([*NAMES, 'all'])}, or"
            " give a file of JSON lines"
        )
    if mode is None:
        first = next(read_rows(path, any_row, ignore), None)
        mode = next((m for m in REQUIRED if first and not missing_fields(first, m)), "blind")
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    return stem, score(judge, read_rows(path, any_row, notes), mode)


def _scored_task(
    judge: "Model", mode: str, rates: Mapping[str, float], task: "TaskRecipes"
) -> "ScoredSplit":
    from memorygym.memrm.recipes import replayed
    from memorygym.memrm.scored_rows import score

    events = replayed([task], actions=mode in ("recorded", "pair"))
    return score(judge, (event.compaction for event in events), mode, rates)


def _judge(args: argparse.Namespace) -> "Model":
    from memorygym.memrm.model import load

    return load(args.model)


def _run_build(args: argparse.Namespace) -> int:
    from memorygym.memrm.build import build

    if args.scale <= 0:
        raise BadSettings(f"--scale {args.scale}: give a number above 0")
    report = build(
        args.output, seen=_names(args.track), unseen=_names(args.held_out), scale=args.scale,
        workers=workers_of(args, waits=False), quiet=args.quiet,
    ).to_json()  # fmt: skip
    print(json.dumps(report, indent=1))
    return 0


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _run_train(args: argparse.Namespace) -> int:
    from memorygym.memrm.train import train

    workers = workers_of(args, waits=False)
    print(train(args.output, events=args.events, seed=args.seed, workers=workers))
    return 0


def _run_rows(args: argparse.Namespace) -> int:
    from memorygym.memrm.build import read
    from memorygym.memrm.recipes import replayed
    from memorygym.memrm.reward_rows import to_row

    tasks = read(args.events, (NAMES[args.split],))
    recipes = (recipe for task in tasks for recipe in task.recipes)
    events = replayed(tasks, workers_of(args, waits=False))
    rows = (
        to_row(event.compaction, step=recipe.step, split=event.split)
        for recipe, event in zip(recipes, events, strict=True)
    )
    write_atomically(args.output, (f"{canonical(row)}\n".encode() for row in rows))
    return 0


class _Notes:
    """Prints the first lines about a file, and at the end how many more there were."""

    def __init__(self) -> None:
        self.count = self.shown = 0

    def __call__(self, line: str) -> None:
        self.count += "left out" in line
        self.shown += 1
        if self.shown <= NOTES:
            _tell(line)

    def end(self) -> None:
        if self.shown > NOTES:
            _tell(f"and {self.shown - NOTES} lines more about the file")


def _tell(line: str) -> None:
    print(f"memorygym: {line}", file=sys.stderr)
