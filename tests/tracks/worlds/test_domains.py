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
from memorygym.testing import check_world
from memorygym.tracks.worlds import domains
from memorygym.tracks.worlds.generator.domain_schema import (
    AttributeSpec,
    Constraint,
    Domain,
    read_world,
)
from memorygym.tracks.worlds.generator.task import generate


@pytest.fixture(params=registry.names("worlds"))
def world(request: pytest.FixtureRequest) -> Domain:
    made: Domain = registry.load("worlds", request.param, "WORLD")
    return made


def with_trait(world: Domain, kind: str, /, **changes: Any) -> Domain:
    """The world with its last trait of a kind changed."""
    at = max(i for i, spec in enumerate(world.attribute_specs) if spec.kind == kind)
    attribute_specs = (
        *world.attribute_specs[:at],
        replace(world.attribute_specs[at], **changes),
        *world.attribute_specs[at + 1 :],
    )
    return replace(world, attribute_specs=attribute_specs)


def trait_of(world: Domain, kind: str) -> AttributeSpec:
    return [spec for spec in world.attribute_specs if spec.kind == kind][-1]


def with_wording(world: Domain, **changes: Any) -> Domain:
    return replace(world, wording=replace(world.wording, **changes))


def assert_found(world: Domain, *words: str) -> None:
    """Some sentence of the check names the world and all these words."""
    broken = check_world(world)
    assert any(all(word in found for word in (f"{world.id}: ", *words)) for found in broken), broken


def test_a_domain_keeps_every_rule(world: Domain) -> None:
    assert check_world(world) == []


def test_ten_categories_are_needed(world: Domain) -> None:
    assert_found(replace(world, categories=world.categories[1:]), "9 categories")


def test_at_least_21_traits_are_needed(world: Domain) -> None:
    assert_found(replace(world, attribute_specs=world.attribute_specs[:20]), "20 traits")


def test_three_floats_are_needed(world: Domain) -> None:
    assert_found(with_trait(world, "float", kind="int"), "2 traits of kind float")


def test_the_first_trait_is_an_int(world: Domain) -> None:
    dated = trait_of(world, "date")
    assert_found(
        replace(world, attribute_specs=(dated, *world.attribute_specs)), "first trait", dated.label
    )


def test_two_relations_are_needed(world: Domain) -> None:
    assert_found(replace(world, relations=world.relations[:1]), "1 relations")


def test_relations_are_coded_in_order(world: Domain) -> None:
    swapped = (replace(world.relations[0], code="w"), *world.relations[1:])
    assert_found(replace(world, relations=swapped), "'w")


def test_a_symmetric_relation_is_needed(world: Domain) -> None:
    oneway = tuple(replace(relation, symmetric=False) for relation in world.relations)
    assert_found(replace(world, relations=oneway), "symmetric")


def test_thirty_six_words_on_each_side_of_a_name_are_needed(world: Domain) -> None:
    assert_found(replace(world, first=world.first[:35]), "35 first name words")
    assert_found(replace(world, second=world.second[:35]), "35 second name words")


@pytest.mark.parametrize("word", ["plain", "TwoCaps", "Two Words", "Dash-Ed"])
def test_a_name_word_is_one_capitalised_word(world: Domain, word: str) -> None:
    assert_found(replace(world, first=(*world.first, word)), f"'{word}'", "capitalised")


def test_a_name_word_stands_in_one_list(world: Domain) -> None:
    word = world.second[0]
    assert_found(replace(world, first=(*world.first, word)), f"'{word}'", "twice")


def test_a_name_word_is_no_month(world: Domain) -> None:
    assert_found(replace(world, first=(*world.first, "March")), "'March'", "month")


def test_a_name_word_occurs_nowhere_else(world: Domain) -> None:
    word = world.attribute_specs[0].label.split()[0].capitalize()
    assert_found(replace(world, second=(*world.second, word)), f"'{word}'", "occurs")


@pytest.mark.parametrize("label", ["Upper", "four words are many", "with 9"])
def test_a_label_is_up_to_three_lower_case_words(world: Domain, label: str) -> None:
    assert_found(with_trait(world, "int", alias=label), f"'{label}'", "lower-case")


def test_a_label_holds_no_word_that_splits_questions(world: Domain) -> None:
    assert_found(with_trait(world, "int", alias="zebras by weight"), "'by'", "zebras by weight")


def test_a_label_lies_in_no_other_label(world: Domain) -> None:
    label = trait_of(world, "date").label
    assert_found(with_trait(world, "int", alias=label), f"'{label}' lies within")


def test_a_label_occurs_in_no_other_sentence(world: Domain) -> None:
    says = trait_of(world, "date").says.replace("{s}", "{s} before zebras")
    changed = with_trait(with_trait(world, "date", says=says), "int", alias="zebras")
    assert_found(changed, "'zebras' occurs in", says)


def test_a_label_occurs_in_no_sentence_of_all_domains(world: Domain) -> None:
    assert_found(with_trait(world, "int", alias="guidance"), "'guidance'", "all domains")


def test_an_enum_has_nine_choices_or_more(world: Domain) -> None:
    enum = trait_of(world, "enum")
    assert_found(with_trait(world, "enum", choices=enum.choices[:8]), enum.label, "8 choices")


def test_a_choice_belongs_to_one_enum(world: Domain) -> None:
    first = next(spec for spec in world.attribute_specs if spec.kind == "enum").choices[0]
    choices = (first, *trait_of(world, "enum").choices[1:])
    assert_found(with_trait(world, "enum", choices=choices), f"'{first}' is listed twice")


@pytest.mark.parametrize("choice", ["up", "after", "misprint"])
def test_a_choice_is_no_word_of_the_prose(world: Domain, choice: str) -> None:
    choices = (choice, *trait_of(world, "enum").choices[1:])
    assert_found(with_trait(world, "enum", choices=choices), f"'{choice}' also occurs")


def test_a_text_has_three_parts_of_distinct_words(world: Domain) -> None:
    parts = trait_of(world, "text").parts
    word = parts[1][0]
    assert_found(with_trait(world, "text", parts=parts[:2]), trait_of(world, "text").label)
    doubled = (parts[0], parts[1], (word, *parts[2][1:]))
    assert_found(with_trait(world, "text", parts=doubled), f"'{word}' is listed twice")


def test_an_int_is_at_least_300_wide(world: Domain) -> None:
    label = trait_of(world, "int").label
    assert_found(with_trait(world, "int", low=100, high=350), f"'{label}' ranges")


def test_a_float_spreads_over_three_digits(world: Domain) -> None:
    label = trait_of(world, "float").label
    assert_found(with_trait(world, "float", low=300, high=995), f"'{label}' ranges")


def test_a_series_has_six_periods_of_three_digits(world: Domain) -> None:
    label = trait_of(world, "series").label
    assert_found(with_trait(world, "series", low=9), f"'{label}' ranges")
    assert_found(with_trait(world, "series", length=5), f"'{label}' has 5 periods")


def test_a_unit_holds_no_digit_and_no_dot(world: Domain) -> None:
    assert_found(with_trait(world, "float", suffix=" sq.m"), " sq.m", "dot")


def test_a_sentence_says_its_label_and_both_places(world: Domain) -> None:
    assert_found(with_trait(world, "int", says="{s} owns {v} zebras"), "zebras", "label")
    label = trait_of(world, "int").label
    assert_found(with_trait(world, "int", says=f"{{s}} has {label}"), label, "places")


@pytest.mark.parametrize("mark", [",", ";", '"', "7", "."])
def test_a_sentence_holds_no_mark_that_readers_split_at(world: Domain, mark: str) -> None:
    says = trait_of(world, "int").says + mark + " sadly"
    assert_found(with_trait(world, "int", says=says), says, f"holds '{mark}'")


def test_a_title_holds_no_separator(world: Domain) -> None:
    titles = ("Old · new", *world.wording.titles[1:])
    assert_found(with_wording(world, titles=titles), "'Old · new' holds '·'")


def test_a_notice_names_subject_label_and_news(world: Domain) -> None:
    notices = ("The entry at {s} is {now}", world.wording.notices[0])
    assert_found(with_wording(world, notices=notices), notices[0], "{l}")


def test_noise_names_no_group_and_at_most_one_subject(world: Domain) -> None:
    noise = (f"They sang of {world.categories[0]}.", "{s} met {s}.", *world.wording.noise)
    assert_found(with_wording(world, noise=noise), f"'{world.categories[0]}' occurs")
    assert_found(with_wording(world, noise=noise), "'{s} met {s}.'", "places")


def test_membership_quotes_the_group(world: Domain) -> None:
    assert_found(with_wording(world, joins="{s} is in {c}"), "{s} is in {c}", "single quotes")


@pytest.mark.parametrize("category", ["Sun and Moon", "Sun; Moon", "Sun, Moon", "Sun's"])
def test_a_category_holds_nothing_that_lists_split_at(world: Domain, category: str) -> None:
    assert_found(replace(world, categories=(category, *world.categories[1:])), category, "holds")


def test_a_ratio_rests_on_numbers(world: Domain) -> None:
    label = trait_of(world, "date").label
    assert_found(
        replace(world, ratios=(*world.ratios, (label, label))), f"ratio rests on '{label}'"
    )


def test_a_ceiling_can_be_met(world: Domain) -> None:
    ceiling = world.ceilings[0]
    changed = replace(world, ceilings=(Constraint(ceiling.of, ceiling.label, 1),))
    assert_found(changed, ceiling.of, "cannot stay under 1%")


def test_the_brief_is_read_back_as_it_was_stated(world: Domain) -> None:
    label = trait_of(world, "float").label
    assert_found(with_trait(world, "float", prefix="", suffix="\n"), "brief", label)


def test_every_sentence_is_read_back_by_the_strong_reader(world: Domain) -> None:
    label = trait_of(world, "int").label
    says = f"{{s}} is up to {{v}} {label}"
    assert_found(with_trait(world, "int", says=says), f"misreads '{label}'", "is up to")


CITY = files(domains).joinpath("city.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda raw: raw.pop("noun"), "lacks noun"),
        (lambda raw: raw.update(nouns="x"), "has unknown fields: 'nouns'"),
        (lambda raw: raw.update(first="Ann Bob"), "first is 'Ann Bob', not a list"),
        (lambda raw: raw.update(attribute_specs=[1]), "traits[0] is 1, not an object or a list"),
        (
            lambda raw: raw["attribute_specs"][2].update(kind="sum"),
            "attribute_specs[2].kind is 'sum', none of int",
        ),
        (lambda raw: raw["attribute_specs"][2].pop("label"), "attribute_specs[2] lacks label"),
        (lambda raw: raw["wording"].pop("joins"), "wording lacks joins"),
    ],
)
def test_a_file_that_is_no_world_is_named_with_the_field_and_the_reason(
    edit: Callable[[Any], object], reason: str, tmp_path: Path
) -> None:
    edit(raw := json.loads(CITY))
    (tmp_path / "town.json").write_text(json.dumps(raw))
    with pytest.raises(BadSettings) as caught:
        read_world(tmp_path / "town.json")
    assert str(caught.value).startswith(f"worlds town: town.json: {reason}")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "town.json").write_text(CITY[:-5])
    with pytest.raises(BadSettings, match=r"worlds town: town.json: Expecting .* line 114"):
        read_world(tmp_path / "town.json")


def test_a_world_that_python_makes_is_plugged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "town.json").write_text(CITY)
    (tmp_path / "my_town.py").write_text(
        "from pathlib import Path\n"
        "from memorygym.tracks.worlds.generator.domain_schema import read_world\n"
        "TOWN = read_world(Path(__file__).with_name('town.json'))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    task = generate("my_town:TOWN", 0, "lite")
    assert task.recipe["template"] == "town" and "planning bureau" in task.system
