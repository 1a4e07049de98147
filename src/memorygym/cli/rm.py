"""Judge compactions with MemRM: is a shortened context safe to go on with?"""

import argparse
import json
import sys
from typing import Any, NoReturn

from memorygym.cli._checks import require_folder
from memorygym.cli._settings import add_actions, add_settings, settings_of
from memorygym.core.errors import BadSettings, missing
from memorygym.core.files import write_atomically
from memorygym.core.json_values import canonical
from memorygym.memrm.contexts import context_file
from memorygym.memrm.rows import needs_file
from memorygym.memrm.settings import (
    BuildSettings,
    EvaluateSettings,
    RowsSettings,
    ScoreSettings,
    TrainSettings,
)
from memorygym.reports.judge_tables import evaluation_text, judgement_text
from memorygym.runs.settings import split_names

EXTRA = ("lightgbm", "numpy")
"""The packages of the extra `rm`."""
ROWS_MISSING = 2
"""The exit code if rows of a file were left out."""
NOTES = 5
"""Most lines about rows of one file; then only their number."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions."""
    parts = add_actions(parser, {name: str(run.__doc__) for name, (_, run) in ACTIONS.items()})
    for name, (settings, _) in ACTIONS.items():
        add_settings(parts[name], settings)


def run(args: argparse.Namespace) -> int:
    """Runs the action; 2 if rows of a file had to be left out."""
    settings, action = ACTIONS[args.action]
    try:
        return int(action(settings_of(settings, args)) or 0)
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        raise missing(f"memorygym rm {args.action}", error.name, "rm") from None


def evaluate_command() -> NoReturn:
    """`memgym-eval-rm`, another name of `memorygym rm evaluate`."""
    from memorygym.cli import command

    command(["rm", "evaluate", *sys.argv[1:]])


def _score(settings: ScoreSettings) -> None:
    """judge one compaction: p_harmful, a verdict and what is believed lost"""
    full, compacted = (context_file(p, _tell) for p in (settings.full, settings.compacted))
    if not any(message.content.strip() or message.calls for message in full):
        raise BadSettings(f"{settings.full} holds no text, so nothing can be lost")
    needs = [probe.text for probe in needs_file(settings.needs)] if settings.needs else None
    from memorygym.memrm.judge import judge_compaction
    from memorygym.memrm.model import load

    judgement = judge_compaction(full, compacted, needs, model=load(settings.model)).to_json()
    as_json = settings.json
    print(json.dumps(judgement, ensure_ascii=False) if as_json else judgement_text(judgement))


def _evaluate(settings: EvaluateSettings) -> int:
    """measure the judge on labelled compactions, beside baselines"""
    from memorygym.memrm.model import load
    from memorygym.memrm.scored_splits import evaluated

    judge, notes = load(settings.model), list[str]()

    def note(line: str) -> None:
        notes.append(line)
        if len(notes) <= NOTES:
            _tell(line)

    document = {"model": judge.hash, "splits": evaluated(judge, settings, note, _tell)}
    if len(notes) > NOTES:
        _tell(f"and {len(notes) - NOTES} lines more about the file")
    as_json = settings.json
    print(json.dumps(document, ensure_ascii=False) if as_json else evaluation_text(document))
    return ROWS_MISSING if any("left out" in line for line in notes) else 0


def _build(settings: BuildSettings) -> None:
    """play tasks and write labelled compactions: the splits"""
    require_folder(settings.output)
    from memorygym.memrm.build import build

    if settings.scale <= 0:
        raise settings.bad("scale", "give a number above 0")
    report = build(
        settings.output,
        seen=split_names(settings.track),
        unseen=split_names(settings.held_out),
        scale=settings.scale,
        workers=settings.processes,
        quiet=settings.quiet,
    )
    print(json.dumps(report.to_json(), indent=1))


def _train(settings: TrainSettings) -> None:
    """train the judge on the splits and write its model file"""
    require_folder(settings.output)
    from memorygym.memrm.train import train

    workers = settings.processes
    print(train(settings.output, events=settings.events, seed=settings.seed, workers=workers))


def _rows(settings: RowsSettings) -> None:
    """write a split as the rows of a reward model, texts and labels"""
    require_folder(settings.output)
    from memorygym.memrm.reward_rows import rows_of

    rows = rows_of(settings)
    write_atomically(settings.output, (f"{canonical(row)}\n".encode() for row in rows))


ACTIONS: dict[str, tuple[Any, Any]] = {
    "score": (ScoreSettings, _score),
    "evaluate": (EvaluateSettings, _evaluate),
    "build": (BuildSettings, _build),
    "train": (TrainSettings, _train),
    "rows": (RowsSettings, _rows),
}


def _tell(line: str) -> None:
    print(f"memorygym: {line}", file=sys.stderr)
