"""Every domain keeps every rule; a broken rule is reported with the domain and the word."""

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.testing import check_domain
from memorygym.tracks.worlds import domains
from memorygym.tracks.worlds.generator.domain_schema import (
    AttributeSpec,
    Constraint,
    Domain,
    read_domain,
)
from memorygym.tracks.worlds.generator.task import generate
from tests.slow import slow_rows

DOMAINS = registry.names("domains")


@pytest.fixture(params=slow_rows([(name,) for name in DOMAINS]))
def domain(request: pytest.FixtureRequest) -> Domain:
    """A domain that a test breaks; which one does not matter."""
    named: Domain = registry.load("domains", request.param, "DOMAIN")
    return named


def with_attribute(domain: Domain, kind: str, /, **changes: Any) -> Domain:
    """The domain with its last attribute of a kind changed."""
    at = max(i for i, spec in enumerate(domain.attribute_specs) if spec.kind == kind)
    attribute_specs = (
        *domain.attribute_specs[:at],
        replace(domain.attribute_specs[at], **changes),
        *domain.attribute_specs[at + 1 :],
    )
    return replace(domain, attribute_specs=attribute_specs)


def attribute_of(domain: Domain, kind: str) -> AttributeSpec:
    return [spec for spec in domain.attribute_specs if spec.kind == kind][-1]


def with_wording(domain: Domain, **changes: Any) -> Domain:
    return replace(domain, wording=replace(domain.wording, **changes))


def assert_reported(domain: Domain, *words: str) -> None:
    """Asserts that a sentence of the check names the domain and all these words."""
    broken = check_domain(domain)
    assert any(all(word in problem for word in (f"{domain.id}: ", *words)) for problem in broken), (
        broken
    )


@pytest.mark.parametrize("name", DOMAINS)
def test_a_domain_keeps_every_rule(name: str) -> None:
    assert check_domain(registry.load("domains", name, "DOMAIN")) == []


def test_ten_categories_are_needed(domain: Domain) -> None:
    assert_reported(replace(domain, categories=domain.categories[1:]), "9 categories")


def test_at_least_21_attributes_are_needed(domain: Domain) -> None:
    assert_reported(replace(domain, attribute_specs=domain.attribute_specs[:20]), "20 attributes")


def test_three_floats_are_needed(domain: Domain) -> None:
    assert_reported(with_attribute(domain, "float", kind="int"), "2 attributes of kind float")


def test_the_first_attribute_is_an_int(domain: Domain) -> None:
    dated = attribute_of(domain, "date")
    assert_reported(
        replace(domain, attribute_specs=(dated, *domain.attribute_specs)),
        "first attribute",
        dated.label,
    )


def test_two_relations_are_needed(domain: Domain) -> None:
    assert_reported(replace(domain, relations=domain.relations[:1]), "1 relations")


def test_relations_are_coded_in_order(domain: Domain) -> None:
    swapped = (replace(domain.relations[0], code="w"), *domain.relations[1:])
    assert_reported(replace(domain, relations=swapped), "'w")


def test_a_symmetric_relation_is_needed(domain: Domain) -> None:
    oneway = tuple(replace(relation, symmetric=False) for relation in domain.relations)
    assert_reported(replace(domain, relations=oneway), "symmetric")


def test_thirty_six_words_on_each_side_of_a_name_are_needed(domain: Domain) -> None:
    assert_reported(replace(domain, first=domain.first[:35]), "35 first name words")
    assert_reported(replace(domain, second=domain.second[:35]), "35 second name words")


@pytest.mark.parametrize("word", ["plain", "TwoCaps", "Two Words", "Dash-Ed"])
def test_a_name_word_is_one_capitalised_word(domain: Domain, word: str) -> None:
    assert_reported(replace(domain, first=(*domain.first, word)), f"'{word}'", "capitalised")


def test_a_name_word_stands_in_one_list(domain: Domain) -> None:
    word = domain.second[0]
    assert_reported(replace(domain, first=(*domain.first, word)), f"'{word}'", "twice")


def test_a_name_word_is_no_month(domain: Domain) -> None:
    assert_reported(replace(domain, first=(*domain.first, "March")), "'March'", "month")


def test_a_name_word_occurs_nowhere_else(domain: Domain) -> None:
    word = domain.attribute_specs[0].label.split()[0].capitalize()
    assert_reported(replace(domain, second=(*domain.second, word)), f"'{word}'", "occurs")


@pytest.mark.parametrize("label", ["Upper", "four words are many", "with 9"])
def test_a_label_is_up_to_three_lower_case_words(domain: Domain, label: str) -> None:
    assert_reported(with_attribute(domain, "int", alias=label), f"'{label}'", "lower-case")


def test_a_label_holds_no_word_that_splits_questions(domain: Domain) -> None:
    assert_reported(
        with_attribute(domain, "int", alias="zebras by weight"), "'by'", "zebras by weight"
    )


def test_a_label_lies_in_no_other_label(domain: Domain) -> None:
    label = attribute_of(domain, "date").label
    assert_reported(with_attribute(domain, "int", alias=label), f"'{label}' is part of the label")


def test_a_label_occurs_in_no_other_sentence(domain: Domain) -> None:
    sentence = attribute_of(domain, "date").sentence.replace("{s}", "{s} before zebras")
    changed = with_attribute(
        with_attribute(domain, "date", sentence=sentence), "int", alias="zebras"
    )
    assert_reported(changed, "'zebras' occurs in", sentence)


def test_a_label_occurs_in_no_sentence_of_all_domains(domain: Domain) -> None:
    assert_reported(with_attribute(domain, "int", alias="guidance"), "'guidance'", "all domains")


def test_an_enum_has_nine_choices_or_more(domain: Domain) -> None:
    enum = attribute_of(domain, "enum")
    assert_reported(
        with_attribute(domain, "enum", choices=enum.choices[:8]), enum.label, "8 choices"
    )


def test_a_choice_belongs_to_one_enum(domain: Domain) -> None:
    first = next(spec for spec in domain.attribute_specs if spec.kind == "enum").choices[0]
    choices = (first, *attribute_of(domain, "enum").choices[1:])
    assert_reported(with_attribute(domain, "enum", choices=choices), f"'{first}' is listed twice")


@pytest.mark.parametrize("choice", ["up", "after", "gossip"])
def test_a_choice_is_no_word_of_the_prose(domain: Domain, choice: str) -> None:
    choices = (choice, *attribute_of(domain, "enum").choices[1:])
    assert_reported(with_attribute(domain, "enum", choices=choices), f"'{choice}' also occurs")


def test_a_text_has_three_parts_of_distinct_words(domain: Domain) -> None:
    parts = attribute_of(domain, "text").parts
    word = parts[1][0]
    assert_reported(
        with_attribute(domain, "text", parts=parts[:2]), attribute_of(domain, "text").label
    )
    doubled = (parts[0], parts[1], (word, *parts[2][1:]))
    assert_reported(with_attribute(domain, "text", parts=doubled), f"'{word}' is listed twice")


def test_an_int_is_at_least_300_wide(domain: Domain) -> None:
    label = attribute_of(domain, "int").label
    assert_reported(with_attribute(domain, "int", low=100, high=350), f"'{label}' ranges")


def test_a_float_spreads_over_three_digits(domain: Domain) -> None:
    label = attribute_of(domain, "float").label
    assert_reported(with_attribute(domain, "float", low=300, high=995), f"'{label}' ranges")


def test_a_series_has_six_periods_of_three_digits(domain: Domain) -> None:
    label = attribute_of(domain, "series").label
    assert_reported(with_attribute(domain, "series", low=9), f"'{label}' ranges")
    assert_reported(with_attribute(domain, "series", length=5), f"'{label}' has 5 periods")


def test_a_unit_holds_no_digit_and_no_dot(domain: Domain) -> None:
    assert_reported(with_attribute(domain, "float", suffix=" sq.m"), " sq.m", "dot")


def test_a_sentence_says_its_label_and_both_places(domain: Domain) -> None:
    assert_reported(
        with_attribute(domain, "int", sentence="{s} owns {v} zebras"), "zebras", "label"
    )
    label = attribute_of(domain, "int").label
    assert_reported(
        with_attribute(domain, "int", sentence=f"{{s}} has {label}"), label, "placeholders"
    )


@pytest.mark.parametrize("mark", [",", ";", '"', "7", "."])
def test_a_sentence_holds_no_mark_that_readers_split_at(domain: Domain, mark: str) -> None:
    sentence = attribute_of(domain, "int").sentence + mark + " sadly"
    assert_reported(with_attribute(domain, "int", sentence=sentence), sentence, f"holds '{mark}'")


def test_a_title_holds_no_separator(domain: Domain) -> None:
    titles = ("Old · new", *domain.wording.titles[1:])
    assert_reported(with_wording(domain, titles=titles), "'Old · new' holds '·'")


def test_a_notice_names_subject_label_and_news(domain: Domain) -> None:
    notices = ("The entry at {s} is {now}", domain.wording.notices[0])
    assert_reported(with_wording(domain, notices=notices), notices[0], "{l}")


def test_noise_names_no_group_and_at_most_one_subject(domain: Domain) -> None:
    noise = (f"They sang of {domain.categories[0]}.", "{s} met {s}.", *domain.wording.noise)
    assert_reported(with_wording(domain, noise=noise), f"'{domain.categories[0]}' occurs")
    assert_reported(with_wording(domain, noise=noise), "'{s} met {s}.'", "placeholders")


def test_membership_quotes_the_group(domain: Domain) -> None:
    assert_reported(
        with_wording(domain, membership="{s} is in {c}"), "{s} is in {c}", "single quotes"
    )


@pytest.mark.parametrize("category", ["Sun and Moon", "Sun; Moon", "Sun, Moon", "Sun's"])
def test_a_category_holds_nothing_that_lists_split_at(domain: Domain, category: str) -> None:
    assert_reported(
        replace(domain, categories=(category, *domain.categories[1:])), category, "holds"
    )


def test_a_ratio_rests_on_numbers(domain: Domain) -> None:
    label = attribute_of(domain, "date").label
    assert_reported(
        replace(domain, ratios=(*domain.ratios, (label, label))), f"ratio names '{label}'"
    )


def test_an_upper_limit_can_be_met(domain: Domain) -> None:
    constraint = domain.constraints[0]
    changed = replace(domain, constraints=(Constraint(constraint.of, constraint.label, 1),))
    assert_reported(changed, constraint.of, "cannot be under 1%")


def test_the_instructions_are_parsed_as_they_were_stated(domain: Domain) -> None:
    label = attribute_of(domain, "float").label
    assert_reported(
        with_attribute(domain, "float", prefix="", suffix="\n"), "instructions are misread", label
    )


def test_every_sentence_is_read_back_by_the_strong_reader(domain: Domain) -> None:
    label = attribute_of(domain, "int").label
    sentence = f"{{s}} has {{v}}fold {label}"
    assert_reported(with_attribute(domain, "int", sentence=sentence), f"misreads '{label}'", "fold")


CITY = files(domains).joinpath("city.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda raw: raw.pop("noun"), "lacks noun"),
        (lambda raw: raw.update(nouns="x"), "has unknown fields: 'nouns'"),
        (lambda raw: raw.update(first="Ann Bob"), "first is 'Ann Bob', not a list"),
        (
            lambda raw: raw.update(attribute_specs=[1]),
            "attribute_specs[0] is 1, not an object or a list",
        ),
        (
            lambda raw: raw["attribute_specs"][2].update(kind="sum"),
            "attribute_specs[2].kind is 'sum', none of int",
        ),
        (lambda raw: raw["attribute_specs"][2].pop("label"), "attribute_specs[2] lacks label"),
        (lambda raw: raw["wording"].pop("membership"), "wording lacks membership"),
    ],
)
def test_an_invalid_domain_file_is_named_with_the_field_and_the_reason(
    edit: Callable[[Any], object], reason: str, tmp_path: Path
) -> None:
    edit(raw := json.loads(CITY))
    (tmp_path / "town.json").write_text(json.dumps(raw))
    with pytest.raises(BadSettings) as caught:
        read_domain(tmp_path / "town.json")
    assert str(caught.value).startswith(f"domains town: town.json: {reason}")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "town.json").write_text(CITY[:-5])
    with pytest.raises(BadSettings, match=r"domains town: town.json: Expecting .* line 114"):
        read_domain(tmp_path / "town.json")


def test_a_domain_made_in_python_is_plugged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "town.json").write_text(CITY)
    (tmp_path / "my_town.py").write_text(
        "from pathlib import Path\n"
        "from memorygym.tracks.worlds.generator.domain_schema import read_domain\n"
        "TOWN = read_domain(Path(__file__).with_name('town.json'))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    task = generate("my_town:TOWN", 0, "lite")
    assert task.recipe["template"] == "town" and "planning bureau" in task.system
