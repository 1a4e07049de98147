"""Trains the judge: from the frozen events and the written compactions to one model file.

Equal data and seed give the same bytes. Nothing of the final splits is read.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from memorygym.core.files import write_atomically
from memorygym.core.types import JSON
from memorygym.memrm.actions import fit_actions
from memorygym.memrm.build import read
from memorygym.memrm.calibration import Logistic, fit_logistic, fit_platt, logit, thresholds
from memorygym.memrm.contexts import messages_of
from memorygym.memrm.features import EVENT, FREE, Segments, event_features, needs_of, segments_of
from memorygym.memrm.hybrids import KINDS, hybrids
from memorygym.memrm.metrics import Predictions, auroc
from memorygym.memrm.model import FORMAT, given_features
from memorygym.memrm.pair import ContextPair, Full, Matrix
from memorygym.memrm.probes import FALLING, FEATURES, NeedReader
from memorygym.memrm.recipes import CompactionEvent, TaskRecipes, replayed
from memorygym.memrm.rows import Compaction, Probe
from memorygym.memrm.splits import CALIBRATION, TRAIN
from memorygym.runs.executors import over_processes

FOLDS = 4
"""Parts of the tasks, each of which is predicted by models of the others."""
HYBRID = "hybrid"
WEIGHTS = {"": 1.0, HYBRID: 0.5, TRAIN: 0.1}
"""The weights of needs: of written compactions, of hybrids of them, and of played tasks."""
ASKED = 4
"""The needs of one in so many events are trained on: those of the others are alike."""
STATED = 0.3
"""Share of a needed fact's tokens that a segment must say to be its place."""
SHARED = {
    "objective": "binary",
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
SETTINGS: Mapping[str, tuple[int, Mapping[str, Any]]] = {
    "need": (120, {"num_leaves": 15, "learning_rate": 0.05, "min_data_in_leaf": 50,
                   "feature_fraction": 0.7}),
    "event": (200, {"num_leaves": 7, "learning_rate": 0.05, "min_data_in_leaf": 40,
                    "feature_fraction": 0.5, "lambda_l2": 5}),
    "probe": (200, {"num_leaves": 7, "learning_rate": 0.04, "min_data_in_leaf": 30,
                    "feature_fraction": 0.4, "bagging_fraction": 0.8, "bagging_freq": 1,
                    "lambda_l2": 5}),
}  # fmt: skip
"""By model: the number of trees and LightGBM's settings."""


@dataclass(slots=True)
class Described:
    """An event, or a written compaction, as features and labels."""

    split: str
    domain: str
    group: str
    strategy: str
    harmful: bool
    segments: Segments
    needed: Matrix
    """By segment of the full context: whether a later goal needs it."""
    probes: Matrix
    """By need: the values of probes.FEATURES."""
    lost: Matrix
    """By need: whether it is lost."""
    row: Compaction | None
    """The compaction itself, of the calibration split alone."""


def train(output: Path, *, events: Path | None = None, seed: int = 0, workers: int = 1) -> str:
    """Trains a model and writes its file; returns a report for people.

    `events` defaults to the frozen events of this package. Raises BadSettings for a file of events
    that cannot be replayed.
    """
    tasks = read(events, (TRAIN, CALIBRATION))
    rows = [row for some in over_processes(_described, tasks, workers) for row in some]
    written = [row for some in over_processes(_written, _contexts(), workers) for row in some]
    document, report = fit(rows, written, seed)
    write_atomically(output, [(json.dumps(document) + "\n").encode()])
    return report


def fit(
    rows: Sequence[Described], written: Sequence[Described], seed: int
) -> tuple[dict[str, JSON], str]:
    """The model file's content and a report, from described events and written compactions."""
    trainer = _Trainer(seed)
    train_rows = [row for row in rows if row.split == TRAIN]
    calibration = [row for row in rows if row.split == CALIBRATION]
    need = trainer.need(train_rows)
    held = trainer.out_of_fold(train_rows)
    event = trainer.event(held, train_rows)
    features = np.array([_event_row(row, need) for row in calibration])
    raw = event.predict(features)
    tracks = [row.domain for row in calibration]
    harmful = [row.harmful for row in calibration]
    event_scale = fit_platt(raw.tolist(), harmful, tracks)
    p = [event_scale.p([logit(value)]) for value in raw]
    probe, probe_scale, cross = trainer.probe(written, train_rows)
    given = _given(calibration, p, probe, probe_scale)
    low, high = thresholds(p, harmful, tracks)
    actions = fit_actions([row.row for row in calibration if row.row], p)
    document: dict[str, JSON] = {
        "format": FORMAT,
        "seed": seed,
        "thresholds": [round(low, 6), round(high, 6)],
        "scales": {
            "event": event_scale.to_json(),
            "probe": probe_scale.to_json(),
            "given": given.to_json(),
        },
        "actions": {name: scale.to_json() for name, scale in actions.items()},
        **{
            name: tree.model_to_string()
            for name, tree in (("need", need), ("event", event), ("probe", probe))
        },
    }
    return document, _report(calibration, p, cross)


class _Trainer:
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def _fit(
        self,
        name: str,
        features: Matrix,
        labels: Matrix,
        *,
        rising: Sequence[int] | None = None,
        weights: Matrix | None = None,
    ) -> Any:
        trees, settings = SETTINGS[name]
        settings = {**SHARED, **settings, "seed": self._seed}
        if rising:
            settings["monotone_constraints"] = list(rising)
        data = lightgbm.Dataset(features, labels, weight=weights, params={"verbosity": -1})
        return lightgbm.train(settings, data, trees)

    def need(self, rows: Sequence[Described]) -> Any:
        """The model of needs, from each full context once."""
        once = {id(row.segments.need): row for row in rows}.values()
        return self._fit(
            "need",
            np.vstack([row.segments.need for row in once]),
            np.concatenate([row.needed for row in once]),
        )

    def out_of_fold(self, rows: Sequence[Described]) -> Matrix:
        """The features of events, whose needs are predicted by models that did not see the task."""
        groups = sorted({row.group for row in rows})
        fold = {group: index % FOLDS for index, group in enumerate(groups)}
        features = np.zeros((len(rows), len(EVENT)))
        for number in range(FOLDS):
            model = self.need([row for row in rows if fold[row.group] != number])
            for index, row in enumerate(rows):
                if fold[row.group] == number:
                    features[index] = _event_row(row, model)
        return features

    def event(self, features: Matrix, rows: Sequence[Described]) -> Any:
        """The model of events."""
        labels = np.array([row.harmful for row in rows], float)
        rising = [0 if name in FREE else 1 for name in EVENT]
        return self._fit("event", features, labels, rising=rising)

    def probe(
        self, written: Sequence[Described], played: Sequence[Described]
    ) -> tuple[Any, Logistic, Sequence[tuple[str, float, bool]]]:
        """The model of needs that are given, its calibration, and (domain, p, lost) of written ones
        and hybrids whose domain the model of that p did not see."""
        domains = sorted({row.domain for row in written})
        cross: list[tuple[str, float, bool]] = []
        for domain in domains:
            model = self._probe([row for row in written if row.domain != domain], played)
            for row in (row for row in written if row.domain == domain):
                scores = model.predict(row.probes) if len(row.probes) else []
                name = f"{domain} {row.split}".rstrip()
                cross += [(name, float(p), bool(y)) for p, y in zip(scores, row.lost, strict=True)]
        scale = fit_platt(
            [p for _, p, _ in cross], [lost for *_, lost in cross], [domain for domain, *_ in cross]
        )
        return self._probe(written, played), scale, cross

    def _probe(self, written: Sequence[Described], played: Sequence[Described]) -> Any:
        rows = [row for row in (*written, *played) if len(row.probes)]
        return self._fit(
            "probe",
            np.vstack([row.probes for row in rows]),
            np.concatenate([row.lost for row in rows]),
            rising=[-1 if name in FALLING else 0 for name in FEATURES],
            weights=np.repeat([WEIGHTS[r.split] for r in rows], [len(r.probes) for r in rows]),
        )


def _event_row(row: Described, need: Any) -> list[float]:
    segments = row.segments
    return event_features(
        segments, need.predict(segments.need) if len(segments.need) else np.zeros(0)
    )


def _given(
    rows: Sequence[Described], blind: Sequence[float], probe: Any, scale: Logistic
) -> Logistic:
    """The fit of the probability given the needs."""
    features = []
    for row, p in zip(rows, blind, strict=True):
        lost = [scale.p([logit(value)]) for value in probe.predict(row.probes)]
        features.append(given_features(p, lost))
    return fit_logistic(features, [row.harmful for row in rows])


def _described(task: TaskRecipes) -> list[Described]:
    """The events of a task; each full context is described once."""
    described: list[Described] = []
    replay = replayed([task], actions=task.split == CALIBRATION)
    for full, events in groupby(replay, lambda event: event.compaction.full):
        first, *_ = group = [*events]
        context = Full(full)
        need = needs_of(context).astype(np.float32)
        needed = _needed(context, first)
        for number, event in enumerate(group):
            asks = event.split != TRAIN or number % ASKED == 0
            row = event.compaction if asks else replace(event.compaction, needs=())
            described.append(_row(row, event.split, context, need, needed))
    return described


def _row(row: Compaction, split: str, context: Full, need: Matrix, needed: Matrix) -> Described:
    # A pair without the needs, because blind features must not depend on them.
    segments = segments_of(ContextPair.of(context, row.compacted), need)
    segments.losses = segments.losses.astype(np.float32)
    probes = [probe for probe in row.needs if probe.kept is not None]
    reader = NeedReader(ContextPair.of(context, row.compacted, [probe.text for probe in probes]))
    features = np.array([reader.features(probe.text) for probe in probes])
    return Described(
        split,
        row.domain,
        row.group,
        row.strategy,
        not row.safe,
        segments,
        needed,
        features.reshape(len(probes), len(FEATURES)),
        np.array([not p.kept for p in probes], float),
        row if split == CALIBRATION else None,
    )


def _needed(full: Full, event: CompactionEvent) -> Matrix:
    """By segment: whether it is the place of a fact that a later goal needs."""
    words, needed = full.context.words.copy(), np.zeros(len(full.context.segments))
    for message, sentence in event.needed:
        places = [at for at, s in enumerate(full.context.segments) if s.message == message]
        tokens = set(words.read(sentence))
        shares = [
            len(tokens & full.context.segments[at].said) / max(1, len(tokens)) for at in places
        ]
        best = max(shares, default=0.0)
        for at, share in zip(places, shares, strict=True):
            if share >= max(STATED, 0.9 * best):
                needed[at] = 1.0
    return needed


def _contexts() -> list[list[dict[str, Any]]]:
    """The written compactions, those of one full context together."""
    packed = files("memorygym.memrm").joinpath("data/written.jsonl.gz").read_bytes()
    rows = [json.loads(line) for line in gzip.decompress(packed).decode().splitlines()]
    return [[*group] for _, group in groupby(rows, lambda row: row["group"])]


def _written(rows: Sequence[Mapping[str, Any]]) -> list[Described]:
    """The compactions of one written context, and their hybrids."""
    described = []
    full = messages_of(rows[0]["full"])
    context = Full(full)
    need = needs_of(context)
    for raw in (*rows, *hybrids(rows)):
        needs = tuple(Probe(need["text"], need["kept"]) for need in raw["needs"])
        row = Compaction(
            full,
            messages_of(raw["compacted"]),
            all(probe.kept for probe in needs),
            needs,
            raw["group"],
            raw["domain"],
            raw["kind"],
        )
        split = HYBRID if raw["kind"] in KINDS else ""
        described.append(_row(row, split, context, need, np.zeros(0)))
    return described


def _report(
    calibration: Sequence[Described],
    p: Sequence[float],
    cross: Sequence[tuple[str, float, bool]],
) -> str:
    lines = ["calibration split (the fit of trees did not see it; Platt scaling did):"]
    for track in sorted({row.domain for row in calibration}):
        pairs = [
            (v, row.harmful) for v, row in zip(p, calibration, strict=True) if row.domain == track
        ]
        lines.append(f"  {track}: AUROC {_auroc(pairs):.3f} of {len(pairs)} events")
    lines.append("needs of written compactions, each domain by a model that did not see it:")
    for domain in sorted({domain for domain, *_ in cross}):
        pairs = [(v, lost) for other, v, lost in cross if other == domain]
        lines.append(f"  {domain}: AUROC {_auroc(pairs):.3f} of {len(pairs)}")
    return "\n".join(lines)


def _auroc(pairs: Sequence[tuple[float, bool]]) -> float:
    p, lost = [v for v, _ in pairs], [label for _, label in pairs]
    return auroc(Predictions.of(lost, p, [""] * len(p)))
