"""Forty-odd ways to write the same blocks of facts, in the order of the blocks and without loss.

Code items come verbatim in a fenced block below their block's heading or rows; JSON, YAML, HTML and
XML carry them as escaped strings.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from tests.layouts.blocks import Block, Item

Layout = Callable[["Sequence[Block]"], str]
LAYOUTS: dict[str, Layout] = {}
PEOPLE = {
    "person",
    "researcher",
    "author",
    "chef",
    "player",
    "actor",
    "director",
    "artist",
    "scholar",
    "scientist",
}


def layout(function: Layout) -> Layout:
    """Enters a layout under its function's name."""
    LAYOUTS[function.__name__] = function
    return function


def each(name: str, block_text: Callable[[Block, int], str], gap: str = "\n\n") -> None:
    """Enters a layout that writes its blocks one by one."""
    LAYOUTS[name] = lambda blocks: gap.join(
        text for n, b in enumerate(blocks) if (text := block_text(b, n))
    )


# Parts of a block.


def facts(b: Block) -> list[Item]:
    return [i for i in b.items if i.kind != "code"]


def meta(b: Block, sep: str = ", ", *before: str) -> str:
    """Date and source, as far as there are any, after what comes before them."""
    return sep.join(part for part in (*before, b.date, b.source) if part)


def par(b: Block, form: str = " ({})", sep: str = ", ") -> str:
    """Date and source in a form, or nothing where there are none."""
    return form.format(meta(b, sep)) if meta(b) else ""


def mark(i: Item) -> str:
    return f" ({i.qualifier})" if i.qualifier else ""


def lab(i: Item) -> str:
    return i.label + mark(i)


def be(i: Item) -> str:
    return "are" if plural(i.label) else "is"


def val(i: Item, form: str = "{v} (was {p})") -> str:
    return form.format(v=i.value, p=i.previous) if i.previous else i.value


def lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def fence(i: Item, case: Callable[[str], str] = str) -> str:
    was = f"\n{case('previous')}:\n```python\n{i.previous}\n```" if i.previous else ""
    return f":\n```python\n{i.value}\n```{was}"


def code(b: Block, named: bool = False, case: Callable[[str], str] = str) -> str:
    """The fenced code of a block, captioned by label; named where no heading stands above."""
    out = []
    for i in b.items:
        if i.kind == "code":
            caption = case(f"{b.name}{par(b)}, {lab(i)}" if named else lab(i))
            out.append(caption + fence(i, case))
    return "\n".join(out)


def by_label(items: Iterable[Item], key: Callable[[Item], str] = lab) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for i in items:
        groups.setdefault(key(i), []).append(i)
    return groups


def runs(blocks: Sequence[Block], parts: Callable[[Block, Block], bool]) -> list[list[Block]]:
    """Runs of blocks; a new one begins with a block that is to be parted from any of the run."""
    out: list[list[Block]] = []
    for b in blocks:
        if not out or any(parts(other, b) for other in out[-1]):
            out.append([])
        out[-1].append(b)
    return out


def same_name(a: Block, b: Block) -> bool:
    """Parts runs so that no later block of an entity comes before an earlier one in a run."""
    return a.name == b.name


# Sentences.


def cap(text: str) -> str:
    """A capital for a sentence that opens with a plain word; identifiers stay as they are."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def subject(name: str) -> str:
    return cap(name) if name.startswith(("the ", "a ", "an ", "our ")) else name


def plural(label: str) -> bool:
    head = re.split(r" (?:of|on|in|for|to|by|per|at|with) ", label)[0]
    return head.endswith("s") and not head.endswith(("ss", "us", "is"))


def counts(i: Item) -> bool:
    """Whether value and label read on as a number of things: "207 delivery vans"."""
    return i.kind == "int" and plural(i.label) and re.fullmatch(r"[\d,]+", i.value) is not None


def worded(i: Item) -> str:
    return f'"{i.value}"' if i.kind == "text" and " " in i.value and '"' not in i.value else i.value


def linked(i: Item, name: str) -> str:
    """A relation as a sentence without its full stop."""
    return f"{name} {i.label} {i.value}{mark(i)}"


def say(i: Item, name: str, n: int) -> str:
    """One sentence that names its subject, without the full stop; n picks the wording."""
    x, v, label, verb = subject(name), worded(i), lab(i), be(i)
    own = x + ("'" if x.endswith("s") else "'s")
    was = (f", formerly {i.previous}", f" (was {i.previous})", f", which replaces {i.previous}")[
        n % 3
    ]
    if i.kind == "relation":
        forms = [linked(i, x)] * 3 + [f"{v} is what {name} {label}"] * (not i.previous)
    elif i.kind == "category":
        forms = [
            f"{x} belongs to the {label} {v}",
            f"The {label} of {name} is {v}",
            f"{own} {label}: {v}",
        ]
    elif i.kind == "shift":
        forms = [
            f"The {label} of {name} {verb} {v}",
            f"{own} {label}: {v}",
            f"The entry for {label} at {name} is {v}",
        ]
    elif counts(i):
        forms = [
            f"{x} has {v} {label}",
            f"There are {v} {label} at {name}",
            f"{x} reports {v} {label}",
        ]
        forms += [f"{own} {label}: {v}", f"The number of {label} at {name} is {v}"]
    else:
        forms = [
            f"The {label} of {name} {verb} {v}",
            f"{x} has {v} as {label}",
            f"{own} {label}: {v}",
        ]
        forms += [f"The entry for {label} at {name} reads {v}", f"For {label}, {name} gives {v}"]
    return forms[n % len(forms)] + (was if i.previous else "")


def say_it(i: Item, it: str) -> str:
    """One sentence whose subject is a pronoun, without the full stop."""
    v, label, its = worded(i), lab(i), "Its" if it == "It" else f"{it}'s"
    was = f", formerly {i.previous}" if i.previous else ""
    if i.kind == "relation":
        return linked(i, it) + was
    if i.kind == "category":
        return f"{it} belongs to the {label} {v}{was}"
    if counts(i):
        return f"{it} has {v} {label}{was}"
    return f"{its} {label} {be(i)} {v}{was}"


def sentences(b: Block, n: int, stop: str = ".") -> list[str]:
    return [say(i, b.name, n + k) + stop for k, i in enumerate(facts(b))]


def paragraph(b: Block, n: int, lead: bool = True) -> str:
    text = " ".join(sentences(b, n))
    return f"{meta(b)}: {text}" if lead and text and meta(b) else text


# Prose.


def pronouns(b: Block, n: int) -> str:
    article = "an" if b.kind[:1].lower() in set("aeiou") else "a"
    opening = f"{subject(b.name)} is {article} {b.kind}" if b.kind else f"This is about {b.name}"
    said = [
        opening
        + (f", according to {b.source}" if b.source else "")
        + (f", as of {b.date}" if b.date else "")
    ]
    it = f"This {b.kind}" if b.kind.lower() in PEOPLE else "It"
    unclear = False
    for k, i in enumerate(facts(b)):
        said.append(say(i, b.name, n + k) if unclear else say_it(i, it))
        unclear = i.kind in ("relation", "entity")
    return lines(" ".join(s + "." for s in said), code(b))


def heading_kind_date(b: Block, n: int) -> str:
    inside = meta(b, ", ", b.kind)
    return lines(
        f"## {b.name}" + (f" ({inside})" if inside else ""), paragraph(b, n, False), code(b)
    )


def wrapped72(b: Block, n: int) -> str:
    filled = textwrap.fill(paragraph(b, n), 72, break_long_words=False, break_on_hyphens=False)
    return lines(filled, code(b, True))


def passive(b: Block, n: int) -> str:
    def turn(i: Item) -> str:
        was = f", no longer {i.previous}" if i.previous else ""
        if i.kind == "relation":
            return f"{i.value} is what {b.name} {lab(i)}{was}"
        if i.kind == "shift":
            return f"The {lab(i)} of {b.name} {be(i)} now put at {i.value}{was}"
        if i.kind == "category":
            return f"{subject(b.name)} is counted in the {lab(i)} {i.value}{was}"
        if counts(i):
            return f"{i.value} {lab(i)} are reported by {b.name}{was}"
        return f"{worded(i)} {be(i)} recorded as the {lab(i)} of {b.name}{was}"

    stated = (
        "Stated" + (f" on {b.date}" if b.date else "") + (f" by {b.source}" if b.source else "")
    )
    return lines(
        " ".join(s + "." for s in [stated] * bool(meta(b)) + [turn(i) for i in facts(b)]),
        code(b, True),
    )


def label_at(b: Block, n: int) -> str:
    out = [
        f"As of {b.date}" + (f" ({b.source}):" if b.source else ":")
        if b.date
        else b.source and f"{b.source}:"
    ]
    for i in facts(b):
        link = linked(i, subject(b.name)) + (f" (was {i.previous})" if i.previous else "")
        out.append(f"{link}." if i.kind == "relation" else f"{cap(lab(i))} at {b.name}: {val(i)}.")
    return lines(*out, code(b, True))


def qa(b: Block, n: int) -> str:
    asof = (f" as of {b.date}" if b.date else "") + (
        f" according to {b.source}" if b.source else ""
    )
    out = []
    for k, i in enumerate(b.items):
        if i.kind == "relation":
            question = f'Which name completes "{b.name} {lab(i)} …"{asof}?'
        elif counts(i) and k % 2:
            question = f"How many {lab(i)} does {b.name} have{asof}?"
        else:
            question = f"What {be(i)} the {lab(i)} of {b.name}{asof}?"
        out.append(
            f"Q: {question}\nA"
            + (fence(i) if i.kind == "code" else f": {val(i, '{v} (before that: {p})')}")
        )
    return "\n".join(out)


# Bullets and keys.


def heading_underlined(b: Block, n: int) -> str:
    stamps = [f"As of: {b.date}" * bool(b.date), f"According to: {b.source}" * bool(b.source)]
    rows = [f"{cap(lab(i))}: {val(i, '{v} (previously {p})')}" for i in facts(b)]
    return lines(b.name, "-" * len(b.name), *stamps, *rows, code(b))


def key_value(b: Block, n: int) -> str:
    out = [f"{b.name}{par(b)}:"]
    for i in facts(b):
        out += [f"{lab(i)}: {i.value}"] + [f"previous {lab(i)}: {i.previous}"] * bool(i.previous)
    return lines(*out, code(b))


def key_value_hash(b: Block, n: int) -> str:
    return lines(
        f"# {b.name}{par(b)}", *(f"{lab(i)} = {val(i, '{p} -> {v}')}" for i in facts(b)), code(b)
    )


def bold(b: Block, n: int) -> str:
    rows = (f"**{i.label}**{mark(i)}: {val(i)}" for i in facts(b))
    return lines(f"**{b.name}**{par(b, ' · {}', ' · ')}", *rows, code(b))


def nested_bullets(b: Block, n: int) -> str:
    out = [f"- {b.name}{par(b)}"]
    for label, items in by_label(facts(b), lambda i: i.label).items():
        if len(items) > 1:
            out += [f"  - {label}:"] + [f"    - {val(i)}{mark(i)}" for i in items]
        else:
            i = items[0]
            out += [f"  - {lab(i)}: {i.value}"] + [f"    - previous: {i.previous}"] * bool(
                i.previous
            )
    return lines(*out, code(b))


def telegraphic(b: Block, n: int) -> str:
    text = "; ".join(f"{lab(i)} {val(i)}" for i in facts(b))
    return lines(f"{par(b, '[{}] ')}{b.name}: {text}" if text else "", code(b, True))


def definition(b: Block, n: int) -> str:
    rows = [f": {lab(i)} — {val(i, '{v} (formerly {p})')}" for i in facts(b)]
    return lines(b.name + par(b, "\n: as stated — {}"), *rows, code(b))


def ini(b: Block, n: int) -> str:
    out = [f"[{b.name}]"] + [
        f"{k}={v}" for k, v in (("recorded_on", b.date), ("recorded_by", b.source)) if v
    ]
    for i in facts(b):
        out += [f"{lab(i)}={i.value}"] + [f"{lab(i)}.previous={i.previous}"] * bool(i.previous)
    return lines(*out, code(b))


def log(b: Block, n: int) -> str:
    try:
        day = datetime.strptime(b.date, "%d %B %Y").date().isoformat()
    except ValueError:
        day = b.date

    def safe(value: str) -> str:
        return value if re.fullmatch(r"[^\s\"=]+", value) else json.dumps(value, ensure_ascii=False)

    pairs = []
    for i in facts(b):
        was = f"{safe(i.previous)}->" if i.previous else ""
        pairs.append(f"{lab(i).replace(' ', '_')}={was}{safe(i.value)}")
    head = " ".join(part for part in (day, b.source and f"[{b.source}]", b.name) if part)
    return lines(" ".join([head, *pairs]), code(b, True))


@layout
def sections_by_attribute(blocks: Sequence[Block]) -> str:
    out = []
    for run in runs(blocks, same_name):
        sections: dict[str, list[str]] = {}
        for b in run:
            for i in b.items:
                row = fence(i) if i.kind == "code" else f": {val(i)}"
                sections.setdefault(lab(i), []).append(f"- {b.name}{par(b)}{row}")
        out += [lines(f"## {label}", *rows) for label, rows in sections.items()]
    return "\n\n".join(out)


@layout
def numbered(blocks: Sequence[Block]) -> str:
    out, n = [], 0
    for b in blocks:
        for i in facts(b):
            n += 1
            of = (
                f"{b.name}{par(b)} {lab(i)}"
                if i.kind == "relation"
                else f"{lab(i)} of {b.name}{par(b)}"
            )
            out.append(f"{n}. {of}: {val(i)}")
        out.append(code(b, True))
    return lines(*out)


def triples(b: Block, n: int) -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if ", " in text and '"' not in text else text

    rows = [f"({cell(b.name)}, {cell(lab(i))}, {cell(val(i))})" for i in facts(b)]
    return lines(par(b, "# {}"), *rows, code(b, True))


def value_first(b: Block, n: int) -> str:
    rows = []
    for i in facts(b):
        what = f"what {b.name} {lab(i)}" if i.kind == "relation" else f"{lab(i)} — {b.name}"
        rows.append(f"{val(i)} — {what}{par(b)}")
    return lines(*rows, code(b, True))


# Tables.


def long_rows(
    blocks: Sequence[Block], chosen: Callable[[Block], list[Item]] = facts
) -> tuple[list[str], list[list[list[str]]]]:
    """Header and each block's rows, one a fact, without the columns that stay empty throughout."""
    head = ["entity", "attribute", "value", "qualifier", "previous", "date", "source"]
    per = [
        [[b.name, i.label, i.value, i.qualifier, i.previous, b.date, b.source] for i in chosen(b)]
        for b in blocks
    ]
    keep = [k for k in range(len(head)) if k < 3 or any(row[k] for rows in per for row in rows)]
    return [head[k] for k in keep], [[[row[k] for k in keep] for row in rows] for rows in per]


def wide_rows(blocks: Sequence[Block]) -> tuple[list[str], list[list[list[str]]]]:
    """Header and each block's row; values of one label share a cell, qualifiers have their own."""
    labels = list(by_label((i for b in blocks for i in facts(b)), lambda i: i.label))
    noted = any(i.qualifier for b in blocks for i in facts(b))
    stamps = [key for key in ("date", "source") if any(getattr(b, key) for b in blocks)]
    per = []
    for b in blocks:
        groups = by_label(facts(b), lambda i: i.label)
        cells = ["; ".join(val(i) for i in groups.get(label, [])) for label in labels]
        notes = "; ".join(f"{i.label} {i.value}: {i.qualifier}" for i in facts(b) if i.qualifier)
        per.append([[b.name, *(getattr(b, key) for key in stamps), *cells, *[notes] * noted]])
    return ["name", *stamps, *labels, *["qualifiers"] * noted], per


def md_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def md_table(blocks: Sequence[Block], head: list[str], per: list[list[list[str]]]) -> str:
    """A Markdown table; code ends it below its block's rows and the header is repeated after it."""
    out: list[str] = []
    is_open = False
    for b, rows in zip(blocks, per, strict=True):
        if rows and not is_open:
            out += [""] * bool(out) + [md_row(head), "|" + " --- |" * len(head)]
        out += [md_row(row) for row in rows]
        is_open = is_open or bool(rows)
        if fenced := code(b, True):
            out += ["", fenced]
            is_open = False
    return "\n".join(out)


def separated(
    blocks: Sequence[Block], head: list[str], per: list[list[list[str]]], mark: str
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator="\n")
    writer.writerow(head)
    for b, rows in zip(blocks, per, strict=True):
        writer.writerows(rows)
        if fenced := code(b, True):
            out.write(fenced + "\n")
    return out.getvalue().rstrip("\n")


def md_table_per_entity(b: Block, n: int) -> str:
    rows = [md_row((lab(i), val(i, "{p} -> {v}"))) for i in facts(b)]
    table = [md_row(("attribute", "value")), "| --- | --- |", *rows] if rows else []
    return "\n\n".join(
        part
        for part in (f"### {b.name}", meta(b) and f"*{meta(b)}*", lines(*table), code(b))
        if part
    )


@layout
def md_table_wide(blocks: Sequence[Block]) -> str:
    """A table for each run of blocks of one kind."""
    return "\n\n".join(
        md_table(run, *wide_rows(run)) for run in runs(blocks, lambda a, b: a.kind != b.kind)
    )


LAYOUTS["md_table_long"] = lambda blocks: md_table(blocks, *long_rows(blocks))
LAYOUTS["csv_wide"] = lambda blocks: separated(blocks, *wide_rows(blocks), ",")
LAYOUTS["csv_long"] = lambda blocks: separated(blocks, *long_rows(blocks), ",")
LAYOUTS["tsv_long"] = lambda blocks: separated(blocks, *long_rows(blocks), "\t")


# HTML and XML.


def tag(name: str, text: str) -> str:
    text = html.escape(text, quote=False)
    return f"<{name}>{text}</{name}>" if name != "pre" else f"<pre><code>{text}</code></pre>"


def html_list(b: Block, n: int) -> str:
    out = [tag("h3", b.name)] + [tag("p", meta(b))] * bool(meta(b)) + ["<ul>"]
    for i in b.items:
        if i.kind == "code":
            was = f" previous: {tag('pre', i.previous)}" if i.previous else ""
            out.append(f"<li>{tag('b', lab(i))}: {tag('pre', i.value)}{was}</li>")
        else:
            was = f" {tag('del', i.previous)}" if i.previous else ""
            out.append(f"<li>{tag('b', lab(i))}: {html.escape(i.value, quote=False)}{was}</li>")
    return "\n".join([*out, "</ul>"])


@layout
def html_table(blocks: Sequence[Block]) -> str:
    head, per = long_rows(blocks, lambda b: list(b.items))
    out = ["<table>", f"<tr>{''.join(tag('th', name) for name in head)}</tr>"]
    for row in (row for rows in per for row in rows):
        cells = (
            f"<td>{tag('pre', cell)}</td>" if "\n" in cell else tag("td", cell) for cell in row
        )
        out.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*out, "</table>"])


@layout
def xml(blocks: Sequence[Block]) -> str:
    def attributes(**pairs: str) -> str:
        return "".join(f" {key}={quoteattr(v)}" for key, v in pairs.items() if v)

    out = ["<records>"]
    for b in blocks:
        out.append(
            f"  <entity{attributes(name=b.name, kind=b.kind, date=b.date, source=b.source)}>"
        )
        for i in b.items:
            element = i.kind if i.kind in ("relation", "code") else "fact"
            extra = attributes(label=i.label, qualifier=i.qualifier, previous=i.previous)
            out.append(f"    <{element}{extra}>{escape(i.value)}</{element}>")
        out.append("  </entity>")
    return "\n".join([*out, "</records>"])


# JSON and YAML.


def alone(values: Sequence[object]) -> object:
    return values[0] if len(values) == 1 else values


def dump(thing: object, indent: int | None = None) -> str:
    return json.dumps(thing, ensure_ascii=False, indent=indent)


def stamped(b: Block, **keys: str) -> dict[str, str]:
    return {keys.get(k, k): getattr(b, k) for k in ("date", "source") if getattr(b, k)}


@layout
def json_by_name(blocks: Sequence[Block]) -> str:
    out = []
    for b in blocks:
        held = {label: alone([val(i) for i in items]) for label, items in by_label(b.items).items()}
        out.append({b.name: held, **stamped(b)})
    return dump(out, 2)


@layout
def json_records(blocks: Sequence[Block]) -> str:
    def full(i: Item) -> object:
        extra = {k: getattr(i, k) for k in ("qualifier", "previous") if getattr(i, k)}
        value = (
            int(i.value) if i.kind == "int" and re.fullmatch(r"0|[1-9]\d*", i.value) else i.value
        )
        return {"value": value, **extra} if extra else value

    def snake(i: Item) -> str:
        return re.sub(r"\W+", "_", i.label).strip("_").lower() or i.label

    out = []
    for b in blocks:
        held = {
            label: alone([full(i) for i in items])
            for label, items in by_label(b.items, snake).items()
        }
        out.append({"name": b.name, "kind": b.kind, **stamped(b), "facts": held})
    return dump(out, 1)


def json_lines(b: Block, n: int) -> str:
    rows = []
    for i in b.items:
        extra = {"qualifier": i.qualifier, "previous": i.previous, "source": b.source}
        row = {"entity": b.name, "attribute": i.label, "value": i.value, "date": b.date or None}
        rows.append(dump({**row, **{k: v for k, v in extra.items() if v}}))
    return "\n".join(rows)


def scalar(value: str) -> str:
    """A YAML scalar, quoted where it has to be."""
    plain = re.fullmatch(r"[A-Za-z0-9$][\w $%.,/'()-]*", value) and value == value.strip()
    return (
        value
        if plain and not re.fullmatch("(?i)y|n|yes|no|on|off|true|false|null", value)
        else dump(value)
    )


@layout
def yaml_list(blocks: Sequence[Block]) -> str:
    out = []
    for b in blocks:
        out += [
            f"- name: {scalar(b.name)}",
            *(f"  {k}: {scalar(v)}" for k, v in stamped(b).items()),
        ]
        out += [f"  kind: {scalar(b.kind)}"] * bool(b.kind) + [
            "  facts:" if b.items else "  facts: []"
        ]
        for i in b.items:
            out.append(f"    - {scalar(i.label)}: {scalar(i.value)}")
            out += [
                f"      {k}: {scalar(v)}" for k in ("qualifier", "previous") if (v := getattr(i, k))
            ]
    return "\n".join(out)


@layout
def yaml_map(blocks: Sequence[Block]) -> str:
    """A map by name; a new document starts where a name comes again."""
    documents = []
    for run in runs(blocks, same_name):
        out = []
        for b in run:
            stamps = stamped(b, date="stated on", source="stated by").items()
            out += [f"{scalar(b.name)}:", *(f"  {k}: {scalar(v)}" for k, v in stamps)]
            for label, items in by_label(b.items).items():
                if len(items) == 1:
                    out.append(f"  {scalar(label)}: {scalar(val(items[0]))}")
                else:
                    out += [f"  {scalar(label)}:", *(f"    - {scalar(val(i))}" for i in items)]
        documents.append("\n".join(out))
    return "\n---\n".join(documents)


@layout
def mixed(blocks: Sequence[Block]) -> str:
    five = ("bullets_heading", "prose", "md_table_per_entity", "telegraphic", "heading_bracket")
    return "\n\n".join(text for n, b in enumerate(blocks) if (text := LAYOUTS[five[n % 5]]([b])))


each("prose", lambda b, n: lines(paragraph(b, n), code(b, True)))
each("upper", lambda b, n: lines(paragraph(b, n).upper(), code(b, True, str.upper)))
each("lower", lambda b, n: lines(paragraph(b, n).lower(), code(b, True, str.lower)))
each(
    "prose_heading",
    lambda b, n: lines(f"## {meta(b, ' · ', b.name)}", paragraph(b, n, False), code(b)),
)
each("heading_bold", lambda b, n: lines(f"**{b.name}**{par(b)}", paragraph(b, n, False), code(b)))
each("no_full_stop", lambda b, n: lines(meta(b), *sentences(b, n, ""), code(b, True)))
each(
    "heading_bracket", lambda b, n: lines(f"[{meta(b, ' · ', b.name)}]", *sentences(b, n), code(b))
)
for one in (
    pronouns,
    heading_kind_date,
    wrapped72,
    passive,
    label_at,
    qa,
    heading_underlined,
    key_value,
):
    each(one.__name__, one)
for one in (key_value_hash, bold, definition, ini, triples, md_table_per_entity):
    each(one.__name__, one)
for one in (nested_bullets, telegraphic, log, value_first, html_list, json_lines):
    each(one.__name__, one, "\n")


def by_fact(name: str, head: str, row: Callable[[Block, Item], str]) -> None:
    """Enters a layout of one line a fact, under a heading (a form for the name) if there is one."""

    def write(b: Block, n: int) -> str:
        top = [head.format(meta(b, " · ", b.name))] * bool(head)
        return lines(*top, *(row(b, i) for i in facts(b)), code(b, not head))

    each(name, write, "\n\n" if head else "\n")


by_fact("bullets_heading", "## {}", lambda b, i: f"- {lab(i)}: {val(i)}")
by_fact("heading_equals", "=== {} ===", lambda b, i: f"* {lab(i)}: {val(i, '{p} -> {v}')}")
by_fact("bullets_no_heading", "", lambda b, i: f"- {par(b, '[{}] ')}{b.name}: {lab(i)} {val(i)}")
by_fact("arrows", "", lambda b, i: f"{b.name} -> {lab(i)} -> {val(i)}{par(b, '  [{}]')}")
by_fact("pipes", "", lambda b, i: meta(b, " | ", b.name, lab(i), val(i)))
