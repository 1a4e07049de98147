"""The judge: a model file of trees, and what it answers about a pair of contexts.

Three models of gradient boosting (LightGBM) are in the file: `need` says how likely a segment of
the full context is needed later, `event` whether what is lost makes the compaction harmful, and
`probe` whether a given need is lost. Each answer is calibrated by Platt scaling.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np

from memorygym.core.errors import BadSettings
from memorygym.core.types import Message
from memorygym.memrm.calibration import Logistic, logit
from memorygym.memrm.features import LOSSES, Segments, event_features, needs_of, segments_of
from memorygym.memrm.pair import ContextPair, Full, Matrix
from memorygym.memrm.probes import NeedReader
from memorygym.memrm.text import text_of

FORMAT = "memorygym-memrm-1"
TREES = ("need", "event", "probe")
Context = Sequence[Message]


class LikelyNeed(NamedTuple):
    """A segment of the full context that something later may need."""

    quote: str
    p_needed: float
    lost: float
    """Share of it that the compacted context no longer says, 0 to 1."""


class RewardModel:
    """A trained judge. `text` is the content of a model file; raises BadSettings for another."""

    def __init__(self, text: str, place: str = "the model file") -> None:
        try:
            raw: Any = json.loads(text)
            if raw["format"] != FORMAT:
                raise KeyError("format")
            self._texts: Mapping[str, str] = {name: raw[name] + "" for name in TREES}
            self._scales = {name: Logistic.from_json(raw["scales"][name]) for name in raw["scales"]}
            self.thresholds: tuple[float, float] = (raw["thresholds"][0], raw["thresholds"][1])
            """The verdict is safe up to the first, harmful from the second on, unsure between."""
            self.actions: Mapping[str, Logistic] = {
                name: Logistic.from_json(fit) for name, fit in raw["actions"].items()
            }
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise _no_model(place, error) from error
        self._place, self._trees = place, dict[str, Any]()
        self.hash = sha256(text.encode()).hexdigest()[:16]
        self._last_full: tuple[object, Full, Matrix] | None = None
        self._last_pair: tuple[object, Segments] | None = None

    def p_harmful(self, full: Context, compacted: Context) -> float:
        """The probability that something needed is lost, whatever the future."""
        return self._scaled("event", self.event(self._segments(full, compacted)))

    def event(self, segments: Segments) -> float:
        """The same before calibration."""
        features = event_features(segments, self.needed(segments.need))
        return float(self._predict("event", np.array([features]))[0])

    def needed(self, need: Matrix) -> Matrix:
        """By segment: the probability that something later needs it."""
        return self._predict("need", need) if len(need) else np.zeros(0)

    def p_lost(self, full: Context, compacted: Context, probes: Sequence[str]) -> list[float]:
        """For each probe, the probability that the compacted context does not support it."""
        if not probes:
            return []
        reader = NeedReader(ContextPair.of(self._full(full)[0], compacted, probes))
        features = np.array([reader.features(probe) for probe in probes])
        return [self._scaled("probe", float(p)) for p in self._predict("probe", features)]

    def harmful_given(self, full: Context, compacted: Context, needs: Sequence[str]) -> float:
        """The probability of HARMFUL if these are all that the future needs."""
        return self.harmful_with(
            self.p_harmful(full, compacted), self.p_lost(full, compacted, needs)
        )

    def harmful_with(self, blind: float, lost: Sequence[float]) -> float:
        """The same from the blind probability and `p_lost` of all needs; blind without needs."""
        return self._scales["given"].p(given_features(blind, lost)) if lost else blind

    def likely_needs(self, full: Context, compacted: Context, most: int) -> list[LikelyNeed]:
        """The segments that most likely are needed and lost, by the product of both."""
        segments = self._segments(full, compacted)
        columns = [LOSSES.index("loose"), LOSSES.index("values_loose")]
        lost = segments.losses[:, columns].max(1, initial=0)
        needed = self.needed(segments.need)
        order = np.argsort(-(needed * lost), kind="stable")[:most]
        texts = [self._full(full)[0].context.segments[at].text for at in order]
        return [
            LikelyNeed(text, float(needed[at]), float(lost[at]))
            for text, at in zip(texts, order, strict=True)
            if lost[at] > 0
        ]

    def _full(self, full: Context) -> tuple[Full, Matrix]:
        """A full context and the needs of its segments, described once for several compactions."""
        key = _key(full)
        if self._last_full is None or self._last_full[0] != key:
            described = Full(full)
            self._last_full = key, described, needs_of(described)
        return self._last_full[1:]

    def _segments(self, full: Context, compacted: Context) -> Segments:
        """The segments of a pair of contexts, described once."""
        key = _key(full), _key(compacted)
        if self._last_pair is None or self._last_pair[0] != key:
            described, need = self._full(full)
            self._last_pair = key, segments_of(ContextPair.of(described, compacted), need)
        return self._last_pair[1]

    def _predict(self, name: str, features: Matrix) -> Matrix:
        if name not in self._trees:
            # Not before, because a process in which LightGBM has worked cannot be forked.
            try:
                self._trees[name] = lightgbm.Booster(model_str=self._texts[name])
            except lightgbm.basic.LightGBMError as error:
                raise _no_model(self._place, error) from error
        return np.asarray(self._trees[name].predict(features, num_threads=1), float)

    def _scaled(self, name: str, p: float) -> float:
        return self._scales[name].p([logit(p)])


def _no_model(place: str, error: Exception) -> BadSettings:
    problem = f"{type(error).__name__}: {error}"
    return BadSettings(
        f"{place} is no model of `memorygym rm train` ({problem:.80}); train one, or leave --model"
        " out to use the one that ships"
    )


def _key(context: Context) -> list[tuple[str, str]]:
    return [(message.role, text_of(message)) for message in context]


def given_features(blind: float, lost: Sequence[float]) -> list[float]:
    """What the probability given the needs is made of: the blind one, the worst need, and all."""
    kept = float(np.prod([1 - p for p in lost]))
    return [logit(blind), logit(max(lost)), logit(1 - kept)]


@cache
def load(path: Path | None = None) -> RewardModel:
    """The model of a file, or the one that ships. Raises BadSettings if there is none."""
    if path is None:
        shipped = files("memorygym.memrm").joinpath("data/model.json")
        return RewardModel(shipped.read_text("utf-8"), "the model file of this package")
    try:
        return RewardModel(path.read_text("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path} is no text file, so no model of `memorygym rm train`") from error
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}; name a model file of rm train") from error
