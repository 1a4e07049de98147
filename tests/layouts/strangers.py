"""Twenty ways in which memories of strangers write facts down."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from tests.layouts.blocks import Block, Item

Layout = Callable[[Sequence[Block]], str]
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def _kept(blocks: Sequence[Block]) -> Iterator[tuple[Block, list[Item]]]:
    for block in blocks:
        if items := [item for item in block.items if item.kind != "code"]:
            yield block, items


def _slug(name: str, joint: str = "_") -> str:
    if " " not in name or "_" in name:
        return name
    return joint.join(re.findall(r"\w+", name.lower()))


def _day(date: str, form: str) -> str:
    for known in ("%d %B %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(date, known).strftime(form).lstrip("0")
        except ValueError:
            continue
    return date


def _plain(item: Item) -> str:
    return item.value.replace(",", "") if _GROUPED.fullmatch(item.value) else item.value


def _notes(item: Item, former: str = "formerly {}") -> str:
    parts = [item.qualifier, former.format(item.previous) if item.previous else ""]
    return f" ({'; '.join(filter(None, parts))})" if any(parts) else ""


def _remark(item: Item, form: str) -> str:
    sign, words = form[: form.index(" ", 2)], form[form.index(" ", 2) + 1 :]
    note = _notes(item, words).strip(" ()")
    return f"{sign} {note}" * bool(note)


def _cited(block: Block) -> str:
    cited = ", ".join(filter(None, [block.source, block.date]))
    return f" [{cited}]" * bool(cited)


def _meta(block: Block, joint: str = ", ") -> str:
    return joint.join(filter(None, [block.kind, block.date, block.source]))


def _fields(block: Block) -> dict[str, str]:
    pairs = {"type": block.kind, "updated": block.date, "source": block.source}
    return {key: value for key, value in pairs.items() if value}


def _by_label(items: Sequence[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.label, []).append(item)
    return found


def _data(item: Item) -> object:
    value: object = item.value
    if item.kind == "series":
        value = [int(part) if part.isdecimal() else part for part in item.value.split(", ")]
    elif item.kind == "int" and _plain(item).isdecimal():
        value = int(_plain(item))
    if item.qualifier or item.previous:
        whole = {"value": value, "note": item.qualifier, "previous_value": item.previous}
        return {key: part for key, part in whole.items() if part}
    return value


def _record(block: Block, items: Sequence[Item]) -> dict[str, object]:
    record: dict[str, object] = {**_fields(block)}
    for label, same in _by_label(items).items():
        record[label] = _data(same[0]) if len(same) == 1 else [_data(item) for item in same]
    return record


def json_by_entity(blocks: Sequence[Block]) -> str:
    entities: dict[str, list[dict[str, object]]] = {}
    for block, items in _kept(blocks):
        entities.setdefault(block.name, []).append(_record(block, items))
    shown = {name: own[0] if len(own) == 1 else own for name, own in entities.items()}
    return json.dumps({"entities": shown}, ensure_ascii=False, indent=2)


def _cell(items: Sequence[Item]) -> str:
    return " / ".join(f"{i.value}{_notes(i, 'prev. {}')}".replace("|", r"\|") for i in items) or "-"


def _grids(blocks: Sequence[Block]) -> Iterator[list[list[str]]]:
    ordered = sorted(_kept(blocks), key=lambda kept: kept[0].kind)
    for kind, group in groupby(ordered, key=lambda kept: kept[0].kind):
        members = list(group)
        for chunk in (members[at : at + 4] for at in range(0, len(members), 4)):
            labels = list(dict.fromkeys(item.label for _, items in chunk for item in items))
            grid = [[kind, *labels, "date", "source"]]
            for block, items in chunk:
                own = _by_label(items)
                cells = [_cell(own.get(label, [])) for label in labels]
                grid.append([block.name, *cells, block.date or "-", block.source or "-"])
            yield grid


def _plural(label: str) -> bool:
    return label.endswith("s") and not label.endswith(("ss", "us", "is"))


def _clause(whose: str, item: Item) -> str:
    number = item.kind in ("int", "float")
    if item.kind == "shift":
        text = f"{whose} entry for {item.label} is {item.value}"
    elif number and _plural(item.label):
        text = f"{whose} {item.label} number {item.value}"
    elif number:
        text = f"{whose} {item.label} stands at {item.value}"
    else:
        text = f"{whose} {item.label} {'are' if _plural(item.label) else 'is'} {item.value}"
    text += f" {item.qualifier}" * bool(item.qualifier)
    return text + (f", having been {item.previous} before" if item.previous else "")


def _linked(name: str, item: Item) -> str:
    verb = f"belongs to the {item.label}" if item.kind == "category" else item.label
    return f"{name} {verb} {item.value}{_notes(item)}"


def prose(blocks: Sequence[Block]) -> str:
    paragraphs = []
    for block, items in _kept(blocks):
        it, its = ("They", "Their") if block.kind == "person" else ("It", "Its")
        told = []
        for count, item in enumerate(items):
            named = count % 4 == 0 or it == "They"
            if item.kind in ("relation", "category"):
                told.append(_linked(block.name if named else it, item))
            else:
                told.append(_clause(f"{block.name}'s" if count % 4 == 0 else its, item))
        cited = " of ".join(filter(None, [block.source, _day(block.date, "%B %d, %Y")]))
        paragraphs.append(". ".join(told) + "." + f" (Stated in: {cited}.)" * bool(cited))
    return "\n\n".join(paragraphs)


def _pages(
    head: Callable[[Block], str],
    line: Callable[[Block, Item], str],
    foot: str = "",
    joint: str = "\n",
    top: str = "",
) -> Layout:
    def layout(blocks: Sequence[Block]) -> str:
        pages = [top] * bool(top)
        for block, items in _kept(blocks):
            parts = [head(block), joint.join(line(block, i) for i in items), foot]
            pages.append("\n".join(filter(None, parts)))
        return "\n".join(pages)

    return layout


def _front_matter(block: Block) -> str:
    shown = [f"{key}: {value}" for key, value in _fields(block).items()]
    lines = ["# memories/" + _slug(block.name, "-") + ".md", "---", f"title: {block.name}", *shown]
    return "\n".join([*lines, "---"])


def _dotted(block: Block, item: Item) -> str:
    label = f'"{item.label}"' if "_" in item.label else _slug(item.label)
    return f"{_slug(block.name)}.{label} = {item.value}{_remark(item, '  # was {}')}"


def _tuple(block: Block, item: Item) -> str:
    row = [block.name, item.label, item.value, _notes(item, "replaces {}").strip(" ()")]
    return json.dumps([*row, block.date, block.source], ensure_ascii=False)


def _asked(block: Block, item: Item) -> str:
    question = f"What is the {item.label} of {block.name}?"
    if item.kind == "relation":
        question = f"{block.name} {item.label} whom or what?"
    return f"Q: {question}\nA: {item.value}{_notes(item, 'no longer {}')}{_cited(block)}"


def _told(block: Block, item: Item) -> str:
    opening = "User told me that" if len(item.label) % 2 else "I learned from the user that"
    linked = item.kind in ("relation", "category")
    told = _linked(block.name, item) if linked else _clause(f"{block.name}'s", item)
    return f"{opening} {told}{_cited(block)}."


def _table(grid: Sequence[Sequence[str]]) -> str:
    head, *rows = (f"| {' | '.join(cells)} |" for cells in grid)
    return "\n".join([head, "|---" * len(grid[0]) + "|", *rows, ""])


def _yaml_head(block: Block) -> str:
    shown = [f"  {key}: {value}" for key, value in _fields(block).items()]
    return "\n".join([f"- name: {block.name}", *shown, "  facts:"])


def _yaml(_: Block, item: Item) -> str:
    value = f"[{item.value}]" if item.kind == "series" else item.value
    return f"    - {item.label}: {value}{_remark(item, '  # before: {}')}"


def _cypher(block: Block, item: Item) -> str:
    node = f'MATCH (n {{name: "{block.name}"}})'
    remark = _remark(item, "  // replaced {}")
    if item.kind not in ("relation", "entity"):
        value = json.dumps(item.value, ensure_ascii=False)
        return f"{node} SET n.`{item.label}` = {value};{remark}"
    label = f"`{item.label}`" if "_" in item.label else _slug(item.label).upper()
    verb = "HAS_" * (item.kind == "entity") + label
    return f'{node} MERGE (n)-[:{verb}]->({{name: "{item.value}"}});{remark}'


def _element(_: Block, item: Item) -> str:
    pairs = {"label": item.label, "note": item.qualifier, "old": item.previous}
    shown = "".join(f' {key}="{escape(value)}"' for key, value in pairs.items() if value)
    return f"  <fact{shown}>{escape(item.value)}</fact>"


def _logged(block: Block, item: Item) -> str:
    told = f"{block.name} :: {item.label} => {item.value}{_notes(item, 'old value {}')}"
    return f"{_day(block.date, '%Y-%m-%d')} [{block.source or 'memory'}] {told}".lstrip()


MARKS = {"relation": "🔗", "entity": "👤", "date": "📅", "category": "🏷️", "shift": "⚠️"}


LAYOUTS: dict[str, Layout] = {
    "entity_files": _pages(
        _front_matter, lambda _, i: f"- **{i.label}**: {i.value}{_notes(i, 'earlier value: {}')}"
    ),
    "dotted_keys": _pages(lambda block: f"# {_meta(block, ' / ')}", _dotted),
    "json_by_entity": json_by_entity,
    "json_tuples": _pages(lambda _: "", _tuple),
    "yaml_records": _pages(_yaml_head, _yaml),
    "tsv_long": _pages(
        lambda _: "",
        lambda b, i: "\t".join([b.name, i.label, _plain(i), _notes(i), b.date, b.source]),
        top="entity attribute value note date source".replace(" ", "\t"),
    ),
    "wide_table": lambda blocks: "\n".join(map(_table, _grids(blocks))),
    "transposed_table": lambda blocks: "\n".join(
        _table([*zip(*g, strict=True)]) for g in _grids(blocks)
    ),
    "infobox": _pages(
        lambda b: f"<!-- {_meta(b)} -->\n{{{{Infobox {b.kind}\n| name = {b.name}",
        lambda _, i: f"| {i.label} = {i.value}{_notes(i)}",
        "}}",
    ),
    "org_outline": _pages(
        lambda b: f"* {b.name}  :{_slug(b.kind)}:{_cited(b)}",
        lambda _, i: f"- {i.label} :: {i.value}{_notes(i, 'until now {}')}",
    ),
    "html_definitions": _pages(
        lambda b: f"<h3>{escape(b.name)}</h3>\n<p><em>{escape(_meta(b))}</em></p>\n<dl>",
        lambda _, i: f"<dt>{escape(i.label)}</dt><dd>{escape(i.value + _notes(i))}</dd>",
        "</dl>",
    ),
    "xml_memory": _pages(
        lambda b: f'<entity name="{escape(b.name)}" about="{escape(_meta(b))}">',
        _element,
        "</entity>",
    ),
    "audit_log": _pages(lambda _: "", _logged),
    "cypher": _pages(
        lambda b: f'MERGE (:{b.kind.title()} {{name: "{b.name}"}});  // {_meta(b)}', _cypher
    ),
    "telegraph": _pages(
        lambda block: f"📌 {block.name} [{_meta(block, ' · ')}]",
        lambda _, i: f"{MARKS.get(i.kind, '•')} {i.label} {i.value}{_notes(i, 'not {} any more')}",
        joint=" ",
    ),
    "prose": prose,
    "question_answer": _pages(lambda _: "", _asked),
    "diary": _pages(
        lambda b: f"## {_day(b.date, '%d %b %Y') or 'Undated'}\nOn {b.name}{_cited(b)}",
        lambda _, i: f"* {i.label} - {i.value}{_notes(i, 'up to now {}')}",
    ),
    "user_told_me": _pages(lambda _: "", _told),
    "ascii_tree": _pages(
        lambda block: f"+-- {block.name} <{_meta(block)}>",
        lambda _, i: f"|   |-- {i.label}: {i.value}{_notes(i, 'old: {}')}",
    ),
}
