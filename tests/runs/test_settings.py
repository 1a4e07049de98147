"""The settings of a command: each stated once, whoever reads them."""

from inspect import Parameter, signature
from pathlib import Path
from runpy import run_path

import pytest

import memorygym
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.reports.curves import CURVES
from memorygym.reports.misses import MissFilter
from memorygym.runs.settings import (
    JUDGE_PROMPTS,
    KINDS,
    BenchSettings,
    CompareSettings,
    Settings,
    helps,
    options,
)
from memorygym.scoring.attribution import CAUSES
from memorygym.scoring.judge_prompts import PROMPTS
from memorygym.tracks.worlds.generator.tiers import TIERS

DOCS = Path(__file__).parents[2] / "docs"
BOTH = pytest.mark.parametrize("cls", [BenchSettings, CompareSettings])


def test_the_page_of_options_is_up_to_date() -> None:
    page = run_path(str(DOCS / "options.py"))["page"]()
    assert f"{page}\n" == (DOCS / "options.md").read_text("utf-8"), "make it again, as it says"


@BOTH
def test_every_setting_but_those_of_python_has_one_heading(cls: type[Settings]) -> None:
    under = " ".join(cls.GROUPS.values()).split()
    assert len({*under}) == len(under)
    assert {*options(cls)} - {*under} == {"parameters"}


def test_what_a_help_lists_is_what_there_is() -> None:
    assert f"one of {', '.join(TIERS)} (default" in helps(BenchSettings)["tier"]
    assert (tuple(CURVES), tuple(PROMPTS)) == (KINDS, JUDGE_PROMPTS)
    assert helps(MissFilter)["cause"] == f"one of: {', '.join(CAUSES)}"


def test_the_functions_in_python_state_their_keywords() -> None:
    keywords = signature(memorygym.evaluate).parameters
    assert {"agent", "model", "memory", "track", "seeds", "output", "judge"} <= {*keywords}
    assert keywords["tier"].kind is Parameter.KEYWORD_ONLY
    assert "budgets" in signature(memorygym.compare).parameters


def test_a_setting_is_named_as_its_caller_spells_it() -> None:
    with pytest.raises(BadSettings, match="--budget 0: give at least 1"):
        CompareSettings(budget=[0])
    with pytest.raises(BadSettings, match="budgets=0: give at least 1"):
        CompareSettings.from_keywords("compare", {"budgets": 0})
    with pytest.raises(UnknownPart, match="option of evaluate named 'tiers'; did you mean tier"):
        BenchSettings.from_keywords("evaluate", {"tiers": "lite"})
    with pytest.raises(BadSettings, match="--judge is for a model"):
        BenchSettings(judge=["m"]).refuse(["judge"], "a model")
