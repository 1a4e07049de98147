"""Dealt instances: the same everywhere, of the length asked for, and what their parameters say."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.core import tokens
from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.datasets.instances.schemas import instance_id, misfit
from memorygym.scoring.grading import grade
from memorygym.scoring.grading.claims import familiar
from memorygym.tracks import codeqa
from memorygym.tracks.codeqa.answers import CodeReader
from memorygym.tracks.codeqa.generator import identifiers
from memorygym.tracks.codeqa.generator.distractors import PROSE, MentionSampler, Target
from memorygym.tracks.codeqa.generator.identifiers import IdentifierPool
from memorygym.tracks.codeqa.generator.package import GrowingPackage
from tests.tracks.codeqa.instances import instance, options

READER = CodeReader()
CATEGORIES = set(
    "user_requirement bug_description repro_condition error_detail debug_finding api_behavior"
    " design_decision constraint".split()
)
FORMS = ("files", "session", "mixed")


@pytest.mark.parametrize("form", FORMS)
def test_an_instance_fits_its_schema_and_its_id_is_of_its_content(form: str) -> None:
    made = instance("--form", form)
    assert misfit("codeqa", made) == ""
    assert made["instance_id"] == instance_id(made)
    assert made["verification"]["accepted"]


@given(
    seed=st.integers(0, 2**40), length=st.integers(11_000, 30_000), form=st.sampled_from(FORMS),
    near=st.integers(0, 3), stale=st.integers(0, 2), hops=st.sampled_from(["1", "2,3", "4,1", "3"]),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_any_knobs_deal_an_accepted_instance_of_that_length(
    seed: int, length: int, form: str, near: int, stale: int, hops: str
) -> None:
    parameters = ["--form", form, "--near-miss", str(near), "--stale", str(stale), "--hops", hops]
    told = options(*parameters, "--questions", "4", tokens=(length,), seed=seed)
    made = codeqa.recipes(told)[0].instance()
    shown = sum(map(tokens.count, made["memory_files"].values()))
    assert made["verification"]["accepted"]
    assert shown == made["total_tokens"]
    assert abs(shown - length) <= length / 100
    wanted = [int(one) for one in hops.split(",")]
    assert [q["hops"] for q in made["qa_pairs"]] == [wanted[n % len(wanted)] for n in range(4)]


@pytest.mark.parametrize("form", FORMS)
def test_the_form_says_what_the_events_are(form: str) -> None:
    made = instance("--form", form)
    kinds = {turn["kind"] for turn in made["turns"]}
    observed = made["context_tokens"]["observations"] > 0
    wanted = {"files": {"file"}, "session": {"observation"}, "mixed": {"file", "observation"}}
    assert kinds == wanted[form]
    assert observed == (form != "files")


def test_a_passage_holds_every_paragraph_whole() -> None:
    parts = [
        p for text in instance(tokens=40_000)["memory_files"].values() for p in text.split("\n\n")
    ]
    assert max(map(tokens.count, parts)) <= 512
    assert all(part.count("\n") for part in parts)


def test_stale_values_are_told_and_hold_no_longer() -> None:
    none, some = (instance("--stale", n, "--questions", "8") for n in ("0", "2"))
    assert sum(fact["rewrites"] for fact in none["grounding_facts"]) == 0
    assert sum(fact["rewrites"] for fact in some["grounding_facts"]) >= 4
    assert some["verification"]["checks"]["stale"]["values"] > 0


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_a_crowd_names_what_is_asked_about_in_more_places_and_tells_nothing(form: str) -> None:
    def naming(percent: str) -> int:
        made = instance("--crowd", percent, "--form", form, tokens=40_000)
        assert made["verification"]["accepted"]
        needed = {fact["subject"].rpartition(".")[2][1:] for fact in made["grounding_facts"]}
        parts = [p for text in made["memory_files"].values() for p in text.split("\n\n")]
        return sum(any(name in part for name in needed) for part in parts)

    assert naming("80") > 1.5 * naming("0")


@pytest.mark.parametrize("kind", sorted(PROSE))
def test_a_remark_of_the_crowd_tells_no_fact(kind: str) -> None:
    name = "the amber dusk import of quay records" if kind == "topic" else "sift_amber_quay"
    crowd = MentionSampler([Target(name, kind, None)], [])
    for remark in crowd.remarks(2_000, named_rng("test", "remarks")):
        assert name in remark
        assert not READER.read(f"[review · 2031-03-04 10:41]\n{remark}")


def test_all_eight_categories_are_asked_for() -> None:
    made = [instance("--questions", "12", seed=seed) for seed in range(8)]
    asked = {pair["category"] for one in made for pair in one["qa_pairs"]}
    assert asked == CATEGORIES


def test_siblings_are_listed_as_distractors_of_their_question() -> None:
    made = instance("--near-miss", "3")
    asked = {pair["qa_id"] for pair in made["qa_pairs"]}
    assert {one["target_qa_id"] for one in made["distractors"]} <= asked
    assert len(made["distractors"]) > len(asked)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_nearly_right_is_graded_wrong(seed: int) -> None:
    made = instance(seed=seed)
    names = {word for code in made["repo_files"].values() for word in code.split("(")[0].split()}
    for pair in made["qa_pairs"]:
        question_type, truth = pair["question_type"], pair["gold_answer"]
        assert grade(question_type, truth, truth).correct
        for wrong in _near(truth, names):
            assert not grade(question_type, truth, wrong, pair["rivals"]).correct, (truth, wrong)


def _near(truth: str, names: set[str]) -> list[str]:
    if truth.lstrip("-").isdigit():
        return [str(int(truth) + 1), str(int(truth) - 1), f"{truth}0"]
    if " (" in truth:
        number, _, listed = truth.partition(" (")
        some = listed.rstrip(")").split(", ")
        return [f"{number} ({', '.join(some[1:])})", f"{int(number) + 1} ({listed}"]
    longer = "_AMBER" if truth.isupper() else "_amber"
    return [*sorted(names - {truth})[:40], f"{truth}{longer}", f"{truth}s"]


def test_the_words_of_names_are_none_that_the_grader_passes_over() -> None:
    lists = [
        identifiers.VERBS,
        identifiers.QUALIFIERS,
        *identifiers.DOMAINS.values(),
        identifiers.COLOURS,
    ]
    lists += [[w.lower() for w in identifiers.FAULTS + identifiers.KINDS + identifiers.MEASURES]]
    known = [word for one in lists[:-1] for word in one if familiar(word)]
    assert known == []
    assert all(len(set(one)) == len(one) for one in lists)


def test_names_never_run_out_and_are_given_once() -> None:
    names = IdentifierPool(named_rng("test", "names"), 2)
    drawn = [names.draw("class", "beacons") for _ in range(20_000)]
    assert len({name.casefold() for name in drawn}) == len(drawn)


def test_blocks_are_of_one_statement_so_that_they_can_be_indented_again() -> None:
    package = GrowingPackage(named_rng("test", "blocks"), 2)
    district = package.district()
    paths = [package.module(district) for _ in range(20)]
    for line, following in pairwise("\n".join(package.files[path] for path in paths).split("\n")):
        if line.endswith(":") and not line.lstrip().startswith(("def ", "class ")):
            assert following.startswith(line[: len(line) - len(line.lstrip())] + "    ")
            assert not following.endswith(":")


@pytest.mark.parametrize(
    ("told", "length", "reason"),
    [
        ((), 9_000, "from 10,000 to 10,000,000"),
        ((), 20_000_000, "from 10,000 to 10,000,000"),
        (("--hops", "5"), 12_000, "from 1 to 4"),
        (("--hops", "many"), 12_000, "write them as"),
        (("--questions", "0"), 12_000, "from 1 to 40"),
        (("--questions", "40"), 10_000, "there is room for them"),
        (("--stale", "99"), 12_000, "from 0 to 8"),
    ],
)
def test_what_cannot_be_reached_is_refused_with_what_can(
    told: tuple[str, ...], length: int, reason: str
) -> None:
    with pytest.raises(BadSettings, match=reason):
        codeqa.recipes(options(*told, tokens=(length,)))[0].instance()


def test_a_run_spreads_its_instances_over_the_lengths() -> None:
    made: list[Any] = codeqa.recipes(options(n=3, tokens=(10_000, 1_000_000)))
    named = [(one.template, one.seed) for one in made]
    assert named == [("synth-10k", 0), ("synth-1M", 1), ("synth-10k", 2)]
    assert json.dumps(made[0].parameters())
