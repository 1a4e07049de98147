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

TEMPLATES = registry.names("templates")


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


def _changes(t: Template) -> dict[str, tuple[Template, tuple[str, ...]]]:
    """By rule: a template that breaks it, and the words that the report must hold."""
    first, second, wording, relations = t.first, t.second, t.wording, t.relations
    dated, enum, text = (attribute_of(t, kind) for kind in ("date", "enum", "text"))
    whole, decimal, series = (attribute_of(t, kind) for kind in ("int", "float", "series"))
    one_way = tuple(replace(relation, symmetric=False) for relation in relations)
    label_word = t.attribute_specs[0].label.split()[0].capitalize()
    other_choice = next(s for s in t.attribute_specs if s.kind == "enum").choices[0]
    parts, group = text.parts, t.categories[0]
    doubled = (parts[0], parts[1], (parts[1][0], *parts[2][1:]))
    before = dated.sentence.replace("{s}", "{s} before zebras")
    said_twice = with_attribute(with_attribute(t, "date", sentence=before), "int", alias="zebras")
    noise = (f"They sang of {group}.", "{s} met {s}.", *wording.noise)
    notice = "The entry at {s} is {now}"
    limit = t.constraints[0]
    # fmt: off
    return {
        "ten categories": (replace(t, categories=t.categories[1:]), ("9 categories",)),
        "21 attributes": (replace(t, attribute_specs=t.attribute_specs[:20]), ("20 attributes",)),
        "three floats": (with_attribute(t, "float", kind="int"), ("2 attributes of kind float",)),
        "an int first": (replace(t, attribute_specs=(dated, *t.attribute_specs)),
            ("first attribute", dated.label)),
        "two relations": (replace(t, relations=relations[:1]), ("1 relations",)),
        "relation codes": (replace(t, relations=(replace(relations[0], code="w"), *relations[1:])),
            ("'w",)),
        "a symmetric relation": (replace(t, relations=one_way), ("symmetric",)),
        "36 first words": (replace(t, first=first[:35]), ("35 first name words",)),
        "36 second words": (replace(t, second=second[:35]), ("35 second name words",)),
        **{f"the name word {word}": (replace(t, first=(*first, word)), (f"'{word}'", "capitalised"))
            for word in ("plain", "TwoCaps", "Two Words", "Dash-Ed")},
        "a name word in one list": (replace(t, first=(*first, second[0])), (f"'{second[0]}'",
            "twice")),
        "a month": (replace(t, first=(*first, "March")), ("'March'", "month")),
        "a name word elsewhere": (replace(t, second=(*second, label_word)), (f"'{label_word}'",
            "occurs")),
        **{f"the label {label}": (with_attribute(t, "int", alias=label), (f"'{label}'",
            "lower-case")) for label in ("Upper", "four words are many", "with 9")},
        "a label that splits questions": (with_attribute(t, "int", alias="zebras by weight"),
            ("'by'", "zebras by weight")),
        "a label in a label": (with_attribute(t, "int", alias=dated.label),
            (f"'{dated.label}' is part of the label",)),
        "a label in a sentence": (said_twice, ("'zebras' occurs in", before)),
        "a label in all templates": (with_attribute(t, "int", alias="guidance"), ("'guidance'",
            "all templates")),
        "nine choices": (with_attribute(t, "enum", choices=enum.choices[:8]), (enum.label,
            "8 choices")),
        "a choice of one enum": (with_attribute(t, "enum", choices=(other_choice,
            *enum.choices[1:])), (f"'{other_choice}' is listed twice",)),
        **{f"the choice {choice}": (with_attribute(t, "enum", choices=(choice, *enum.choices[1:])),
            (f"'{choice}' also occurs",)) for choice in ("up", "after", "gossip")},
        "three parts": (with_attribute(t, "text", parts=parts[:2]), (text.label,)),
        "distinct text words": (with_attribute(t, "text", parts=doubled),
            (f"'{parts[1][0]}' is listed twice",)),
        "a wide int": (with_attribute(t, "int", low=100, high=350), (f"'{whole.label}' ranges",)),
        "a wide float": (with_attribute(t, "float", low=300, high=995),
            (f"'{decimal.label}' ranges",)),
        "three digits": (with_attribute(t, "series", low=9), (f"'{series.label}' ranges",)),
        "a unit without dot": (with_attribute(t, "float", suffix=" sq.m"), (" sq.m", "dot")),
        "a sentence without its label": (with_attribute(t, "int", sentence="{s} owns {v} zebras"),
            ("zebras", "label")),
        "a sentence without a place": (with_attribute(t, "int",
            sentence=f"{{s}} has {whole.label}"), (whole.label, "placeholders")),
        **{f"the mark {mark}": (with_attribute(t, "int", sentence=f"{whole.sentence}{mark} sadly"),
            (f"{whole.sentence}{mark} sadly", f"holds '{mark}'")) for mark in ',;"7.'},
        "a title without separator": (with_wording(t, titles=("Old · new", *wording.titles[1:])),
            ("'Old · new' holds '·'",)),
        "the places of a notice": (with_wording(t, notices=(notice, wording.notices[0])), (notice,
            "{l}")),
        "noise without group": (with_wording(t, noise=noise), (f"'{group}' occurs",)),
        "noise about one subject": (with_wording(t, noise=noise), ("'{s} met {s}.'",
            "placeholders")),
        "a quoted group": (with_wording(t, membership="{s} is in {c}"), ("{s} is in {c}",
            "single quotes")),
        **{f"the category {category}": (replace(t, categories=(category, *t.categories[1:])),
            (category, "holds")) for category in ("Sun and Moon", "Sun; Moon", "Sun, Moon",
            "Sun's")},
        "a ratio of numbers": (replace(t, ratios=(*t.ratios, (dated.label, dated.label))),
            (f"ratio names '{dated.label}'",)),
        "a limit that can be met": (replace(t, constraints=(Constraint(limit.of, limit.label, 1),)),
            (limit.of, "cannot be under 1%")),
        "instructions that can be parsed": (with_attribute(t, "float", prefix="", suffix="\n"),
            ("instructions are misread", decimal.label)),
        "sentences that can be read": (with_attribute(t, "int",
            sentence=f"{{s}} has {{v}}fold {whole.label}"), (f"misreads '{whole.label}'", "fold")),
    }
    # fmt: on


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_domain_keeps_every_rule(name: str) -> None:
    assert check_template(registry.load("templates", name, "TEMPLATE")) == []


BROKEN = _changes(registry.load("templates", "company", "TEMPLATE"))


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_reported_with_the_template_and_the_words(rule: str) -> None:
    broken, words = BROKEN[rule]
    sentences = check_template(broken)
    assert any(all(word in text for word in ("company: ", *words)) for text in sentences), sentences


CITY = files(templates).joinpath("city.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda raw: raw.pop("noun"), "lacks noun"),
        (lambda raw: raw.update(nouns="x"), "has unknown fields: 'nouns'"),
        (
            lambda raw: raw["attribute_specs"][2].update(kind="sum"),
            "attribute_specs[2].kind is 'sum', none of int",
        ),
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
