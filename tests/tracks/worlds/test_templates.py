"""Every template keeps every rule; a broken rule is reported with the template and the word."""

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.testing import check_template
from memorygym.tracks.worlds import templates
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.template_schema import (
    AttributeSpec,
    Constraint,
    Template,
    read_template,
)
from tests.slow import slow_rows

TEMPLATES = registry.names("templates")


@pytest.fixture(params=slow_rows([(name,) for name in TEMPLATES]))
def template(request: pytest.FixtureRequest) -> Template:
    """A template that a test breaks; which one does not matter."""
    named: Template = registry.load("templates", request.param, "TEMPLATE")
    return named


def with_attribute(template: Template, kind: str, /, **changes: Any) -> Template:
    """The template with its last attribute of a kind changed."""
    at = max(i for i, spec in enumerate(template.attribute_specs) if spec.kind == kind)
    attribute_specs = (
        *template.attribute_specs[:at],
        replace(template.attribute_specs[at], **changes),
        *template.attribute_specs[at + 1 :],
    )
    return replace(template, attribute_specs=attribute_specs)


def attribute_of(template: Template, kind: str) -> AttributeSpec:
    return [spec for spec in template.attribute_specs if spec.kind == kind][-1]


def with_wording(template: Template, **changes: Any) -> Template:
    return replace(template, wording=replace(template.wording, **changes))


def assert_reported(template: Template, *words: str) -> None:
    """Asserts that a sentence of the check names the template and all these words."""
    broken = check_template(template)
    assert any(
        all(word in problem for word in (f"{template.id}: ", *words)) for problem in broken
    ), broken


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_domain_keeps_every_rule(name: str) -> None:
    assert check_template(registry.load("templates", name, "TEMPLATE")) == []


def test_ten_categories_are_needed(template: Template) -> None:
    assert_reported(replace(template, categories=template.categories[1:]), "9 categories")


def test_at_least_21_attributes_are_needed(template: Template) -> None:
    assert_reported(
        replace(template, attribute_specs=template.attribute_specs[:20]), "20 attributes"
    )


def test_three_floats_are_needed(template: Template) -> None:
    assert_reported(with_attribute(template, "float", kind="int"), "2 attributes of kind float")


def test_the_first_attribute_is_an_int(template: Template) -> None:
    dated = attribute_of(template, "date")
    assert_reported(
        replace(template, attribute_specs=(dated, *template.attribute_specs)),
        "first attribute",
        dated.label,
    )


def test_two_relations_are_needed(template: Template) -> None:
    assert_reported(replace(template, relations=template.relations[:1]), "1 relations")


def test_relations_are_coded_in_order(template: Template) -> None:
    swapped = (replace(template.relations[0], code="w"), *template.relations[1:])
    assert_reported(replace(template, relations=swapped), "'w")


def test_a_symmetric_relation_is_needed(template: Template) -> None:
    oneway = tuple(replace(relation, symmetric=False) for relation in template.relations)
    assert_reported(replace(template, relations=oneway), "symmetric")


def test_thirty_six_words_on_each_side_of_a_name_are_needed(template: Template) -> None:
    assert_reported(replace(template, first=template.first[:35]), "35 first name words")
    assert_reported(replace(template, second=template.second[:35]), "35 second name words")


@pytest.mark.parametrize("word", ["plain", "TwoCaps", "Two Words", "Dash-Ed"])
def test_a_name_word_is_one_capitalised_word(template: Template, word: str) -> None:
    assert_reported(replace(template, first=(*template.first, word)), f"'{word}'", "capitalised")


def test_a_name_word_stands_in_one_list(template: Template) -> None:
    word = template.second[0]
    assert_reported(replace(template, first=(*template.first, word)), f"'{word}'", "twice")


def test_a_name_word_is_no_month(template: Template) -> None:
    assert_reported(replace(template, first=(*template.first, "March")), "'March'", "month")


def test_a_name_word_occurs_nowhere_else(template: Template) -> None:
    word = template.attribute_specs[0].label.split()[0].capitalize()
    assert_reported(replace(template, second=(*template.second, word)), f"'{word}'", "occurs")


@pytest.mark.parametrize("label", ["Upper", "four words are many", "with 9"])
def test_a_label_is_up_to_three_lower_case_words(template: Template, label: str) -> None:
    assert_reported(with_attribute(template, "int", alias=label), f"'{label}'", "lower-case")


def test_a_label_holds_no_word_that_splits_questions(template: Template) -> None:
    assert_reported(
        with_attribute(template, "int", alias="zebras by weight"), "'by'", "zebras by weight"
    )


def test_a_label_lies_in_no_other_label(template: Template) -> None:
    label = attribute_of(template, "date").label
    assert_reported(with_attribute(template, "int", alias=label), f"'{label}' is part of the label")


def test_a_label_occurs_in_no_other_sentence(template: Template) -> None:
    sentence = attribute_of(template, "date").sentence.replace("{s}", "{s} before zebras")
    changed = with_attribute(
        with_attribute(template, "date", sentence=sentence), "int", alias="zebras"
    )
    assert_reported(changed, "'zebras' occurs in", sentence)


def test_a_label_occurs_in_no_sentence_of_all_templates(template: Template) -> None:
    assert_reported(
        with_attribute(template, "int", alias="guidance"), "'guidance'", "all templates"
    )


def test_an_enum_has_nine_choices_or_more(template: Template) -> None:
    enum = attribute_of(template, "enum")
    assert_reported(
        with_attribute(template, "enum", choices=enum.choices[:8]), enum.label, "8 choices"
    )


def test_a_choice_belongs_to_one_enum(template: Template) -> None:
    first = next(spec for spec in template.attribute_specs if spec.kind == "enum").choices[0]
    choices = (first, *attribute_of(template, "enum").choices[1:])
    assert_reported(with_attribute(template, "enum", choices=choices), f"'{first}' is listed twice")


@pytest.mark.parametrize("choice", ["up", "after", "gossip"])
def test_a_choice_is_no_word_of_the_prose(template: Template, choice: str) -> None:
    choices = (choice, *attribute_of(template, "enum").choices[1:])
    assert_reported(with_attribute(template, "enum", choices=choices), f"'{choice}' also occurs")


def test_a_text_has_three_parts_of_distinct_words(template: Template) -> None:
    parts = attribute_of(template, "text").parts
    word = parts[1][0]
    assert_reported(
        with_attribute(template, "text", parts=parts[:2]), attribute_of(template, "text").label
    )
    doubled = (parts[0], parts[1], (word, *parts[2][1:]))
    assert_reported(with_attribute(template, "text", parts=doubled), f"'{word}' is listed twice")


def test_an_int_is_at_least_300_wide(template: Template) -> None:
    label = attribute_of(template, "int").label
    assert_reported(with_attribute(template, "int", low=100, high=350), f"'{label}' ranges")


def test_a_float_spreads_over_three_digits(template: Template) -> None:
    label = attribute_of(template, "float").label
    assert_reported(with_attribute(template, "float", low=300, high=995), f"'{label}' ranges")


def test_a_series_has_six_periods_of_three_digits(template: Template) -> None:
    label = attribute_of(template, "series").label
    assert_reported(with_attribute(template, "series", low=9), f"'{label}' ranges")
    assert_reported(with_attribute(template, "series", length=5), f"'{label}' has 5 periods")


def test_a_unit_holds_no_digit_and_no_dot(template: Template) -> None:
    assert_reported(with_attribute(template, "float", suffix=" sq.m"), " sq.m", "dot")


def test_a_sentence_says_its_label_and_both_places(template: Template) -> None:
    assert_reported(
        with_attribute(template, "int", sentence="{s} owns {v} zebras"), "zebras", "label"
    )
    label = attribute_of(template, "int").label
    assert_reported(
        with_attribute(template, "int", sentence=f"{{s}} has {label}"), label, "placeholders"
    )


@pytest.mark.parametrize("mark", [",", ";", '"', "7", "."])
def test_a_sentence_holds_no_mark_that_readers_split_at(template: Template, mark: str) -> None:
    sentence = attribute_of(template, "int").sentence + mark + " sadly"
    assert_reported(with_attribute(template, "int", sentence=sentence), sentence, f"holds '{mark}'")


def test_a_title_holds_no_separator(template: Template) -> None:
    titles = ("Old · new", *template.wording.titles[1:])
    assert_reported(with_wording(template, titles=titles), "'Old · new' holds '·'")


def test_a_notice_names_subject_label_and_news(template: Template) -> None:
    notices = ("The entry at {s} is {now}", template.wording.notices[0])
    assert_reported(with_wording(template, notices=notices), notices[0], "{l}")


def test_noise_names_no_group_and_at_most_one_subject(template: Template) -> None:
    noise = (f"They sang of {template.categories[0]}.", "{s} met {s}.", *template.wording.noise)
    assert_reported(with_wording(template, noise=noise), f"'{template.categories[0]}' occurs")
    assert_reported(with_wording(template, noise=noise), "'{s} met {s}.'", "placeholders")


def test_membership_quotes_the_group(template: Template) -> None:
    assert_reported(
        with_wording(template, membership="{s} is in {c}"), "{s} is in {c}", "single quotes"
    )


@pytest.mark.parametrize("category", ["Sun and Moon", "Sun; Moon", "Sun, Moon", "Sun's"])
def test_a_category_holds_nothing_that_lists_split_at(template: Template, category: str) -> None:
    assert_reported(
        replace(template, categories=(category, *template.categories[1:])), category, "holds"
    )


def test_a_ratio_rests_on_numbers(template: Template) -> None:
    label = attribute_of(template, "date").label
    assert_reported(
        replace(template, ratios=(*template.ratios, (label, label))), f"ratio names '{label}'"
    )


def test_an_upper_limit_can_be_met(template: Template) -> None:
    constraint = template.constraints[0]
    changed = replace(template, constraints=(Constraint(constraint.of, constraint.label, 1),))
    assert_reported(changed, constraint.of, "cannot be under 1%")


def test_the_instructions_are_parsed_as_they_were_stated(template: Template) -> None:
    label = attribute_of(template, "float").label
    assert_reported(
        with_attribute(template, "float", prefix="", suffix="\n"), "instructions are misread", label
    )


def test_every_sentence_is_read_back_by_the_strong_reader(template: Template) -> None:
    label = attribute_of(template, "int").label
    sentence = f"{{s}} has {{v}}fold {label}"
    assert_reported(
        with_attribute(template, "int", sentence=sentence), f"misreads '{label}'", "fold"
    )


CITY = files(templates).joinpath("city.json").read_text(encoding="utf-8")


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
        read_template(tmp_path / "town.json")
    assert str(caught.value).startswith(f"templates town: town.json: {reason}")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "town.json").write_text(CITY[:-5])
    with pytest.raises(BadSettings, match=r"templates town: town.json: Expecting .* line 114"):
        read_template(tmp_path / "town.json")


def test_a_domain_made_in_python_is_plugged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "town.json").write_text(CITY)
    (tmp_path / "my_town.py").write_text(
        "from pathlib import Path\n"
        "from memorygym.tracks.worlds.generator.template_schema import read_template\n"
        "TOWN = read_template(Path(__file__).with_name('town.json'))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    task = generate("my_town:TOWN", 0, "lite")
    assert task.recipe["template"] == "town" and "planning bureau" in task.system
