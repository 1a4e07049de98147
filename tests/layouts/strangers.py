"""Twenty ways in which memories of strangers write facts down."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import batched, groupby

from tests.layouts.blocks import Block, Item

Layout = Callable[[Sequence[Block]], str]
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def _kept(blocks: Sequence[Block]) -> Iterator[tuple[Block, list[Item]]]:
    for block in blocks:
        if items := [item for item in block.items if item.kind != "code"]:
            yield block, items


def _slug(name: str, joint: str = "_") -> str:
    """Identifiers, which have no blanks, stay as they are."""
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
    """The qualifier and the former value in brackets, with a blank before."""
    parts = [item.qualifier, former.format(item.previous) if item.previous else ""]
    return f" ({'; '.join(filter(None, parts))})" if any(parts) else ""


def _meta(block: Block, joint: str = ", ") -> str:
    return joint.join(filter(None, [block.kind, block.date, block.source]))


def _by_label(items: Sequence[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.label, []).append(item)
    return found


def _data(item: Item) -> object:
    """A value as JSON would hold it."""
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
    head = {"type": block.kind, "as_of": block.date, "source": block.source}
    record: dict[str, object] = {key: value for key, value in head.items() if value}
    for label, same in _by_label(items).items():
        record[label] = _data(same[0]) if len(same) == 1 else [_data(item) for item in same]
    return record


def entity_files(blocks: Sequence[Block]) -> str:
    files = []
    for block, items in _kept(blocks):
        head = [f"# memories/{_slug(block.name, '-')}.md", "---", f"title: {block.name}"]
        head += [f"type: {block.kind}"]
        head += [f"updated: {block.date}"] * bool(block.date)
        head += [f"source: {block.source}"] * bool(block.source)
        body = [f"- **{i.label}**: {i.value}{_notes(i, 'earlier value: {}')}" for i in items]
        files.append("\n".join([*head, "---", *body]))
    return "\n\n".join(files)


def dotted_keys(blocks: Sequence[Block]) -> str:
    lines = []
    for block, items in _kept(blocks):
        lines.append(f"# {_meta(block, ' / ')}")
        for item in items:
            label = f'"{item.label}"' if "_" in item.label else _slug(item.label)
            note = _notes(item, "was {}").strip(" ()")
            lines.append(f"{_slug(block.name)}.{label} = {item.value}{note and f'  # {note}'}")
    return "\n".join(lines)


def json_by_entity(blocks: Sequence[Block]) -> str:
    entities: dict[str, list[dict[str, object]]] = {}
    for block, items in _kept(blocks):
        entities.setdefault(block.name, []).append(_record(block, items))
    shown = {name: own[0] if len(own) == 1 else own for name, own in entities.items()}
    return json.dumps({"entities": shown}, ensure_ascii=False, indent=2)


def json_tuples(blocks: Sequence[Block]) -> str:
    rows = [["subject", "predicate", "object", "remark", "date", "source"]]
    for block, items in _kept(blocks):
        for item in items:
            remark = _notes(item, "replaces {}").strip(" ()")
            rows.append(
                [block.name, item.label, item.value, remark, block.date, block.source],
            )
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"


def yaml_records(blocks: Sequence[Block]) -> str:
    lines = ["memory:"]
    for block, items in _kept(blocks):
        lines += [f"  - name: {block.name}", f"    kind: {block.kind}"]
        lines += [f"    noted_on: {block.date}"] * bool(block.date)
        lines += [f"    according_to: {block.source}"] * bool(block.source)
        lines.append("    facts:")
        for label, same in _by_label(items).items():
            if len(same) > 1:
                lines += [f"      {label}:", *(f"        - {i.value}{_notes(i)}" for i in same)]
                continue
            value = f"[{same[0].value}]" if same[0].kind == "series" else same[0].value
            lines.append(f"      {label}: {value}")
            lines += [f"      # {label} holds {same[0].qualifier}"] * bool(same[0].qualifier)
            lines += [f"      # {label} before: {same[0].previous}"] * bool(same[0].previous)
    return "\n".join(lines)


def csv_long(blocks: Sequence[Block]) -> str:
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow("entity type attribute value qualifier old_value date source".split())
    for block, items in _kept(blocks):
        for i in items:
            own = [block.name, block.kind, i.label, _plain(i), i.qualifier, i.previous]
            sheet.writerow([*own, block.date, block.source])
    return out.getvalue()


def _cell(items: Sequence[Item]) -> str:
    return " / ".join(f"{i.value}{_notes(i, 'prev. {}')}".replace("|", r"\|") for i in items) or "-"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _grids(blocks: Sequence[Block]) -> Iterator[tuple[str, list[list[str]]]]:
    """The kind of some blocks, and a grid of one row for each of them."""
    ordered = sorted(_kept(blocks), key=lambda kept: kept[0].kind)
    for kind, group in groupby(ordered, key=lambda kept: kept[0].kind):
        for chunk in batched(group, 4, strict=False):
            labels = list(dict.fromkeys(item.label for _, items in chunk for item in items))
            grid = [[kind, *labels, "date", "source"]]
            for block, items in chunk:
                own = _by_label(items)
                cells = [_cell(own.get(label, [])) for label in labels]
                grid.append([block.name, *cells, block.date or "-", block.source or "-"])
            yield kind, grid


def wide_table(blocks: Sequence[Block]) -> str:
    tables = []
    for kind, (head, *rows) in _grids(blocks):
        lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
        tables.append("\n".join([f"### {kind}", "", *lines]))
    return "\n\n".join(tables)


def transposed_table(blocks: Sequence[Block]) -> str:
    tables = []
    for _, grid in _grids(blocks):
        head, *rows = ([*cells] for cells in zip(*grid, strict=True))
        tables.append("\n".join([_row(head), _row(["---"] * len(head)), *map(_row, rows)]))
    return "\n\n".join(tables)


def infobox(blocks: Sequence[Block]) -> str:
    pages = []
    for block, items in _kept(blocks):
        lines = [f"== {block.name} ==", f"{{{{Infobox {block.kind}"]
        for item in items:
            value = f"[[{item.value}]]" if item.kind == "entity" else item.value
            if item.kind != "relation":
                lines.append(f"| {item.label} = {value}{_notes(item)}")
        lines.append("}}")
        for i in items:
            if i.kind == "relation":
                lines.append(f"'''{block.name}''' {i.label} [[{i.value}]]{_notes(i)}.")
        cited = ", ".join(filter(None, [block.source, block.date]))
        pages.append("\n".join([*lines, *([f"<ref>{cited}</ref>"] if cited else [])]))
    return "\n\n".join(pages)


def org_outline(blocks: Sequence[Block]) -> str:
    lines = []
    for block, items in _kept(blocks):
        lines.append(f"* {block.name}  :{_slug(block.kind)}:")
        if block.date or block.source:
            lines += [":PROPERTIES:", f":DATE: {block.date}", f":SOURCE: {block.source}", ":END:"]
        lines += [f"- {i.label} :: {i.value}{_notes(i, 'until now {}')}" for i in items]
    return "\n".join(lines)


def html_definitions(blocks: Sequence[Block]) -> str:
    lines = ["<article>"]
    for block, items in _kept(blocks):
        lines += [f"<h3>{escape(block.name)}</h3>", f"<p><em>{escape(_meta(block))}</em></p>"]
        lines.append("<dl>")
        for i in items:
            value = f"<del>{escape(i.previous)}</del> " * bool(i.previous) + escape(i.value)
            note = f" <small>{escape(i.qualifier)}</small>" * bool(i.qualifier)
            lines.append(f"  <dt>{escape(i.label)}</dt><dd>{value}{note}</dd>")
        lines.append("</dl>")
    return "\n".join([*lines, "</article>"])


def xml_memory(blocks: Sequence[Block]) -> str:
    def tag(name: str, text: str, **pairs: str) -> str:
        shown = "".join(f' {k}="{escape(v)}"' for k, v in pairs.items() if v)
        return f"<{name}{shown}>{escape(text)}</{name}>"

    lines = ["<memory>"]
    for block, items in _kept(blocks):
        pairs = {"kind": block.kind, "date": block.date, "source": block.source}
        shown = "".join(f' {key}="{escape(value)}"' for key, value in pairs.items() if value)
        lines.append(f"  <entity{shown}>\n    {tag('name', block.name)}")
        for i in items:
            name = "relation" if i.kind == "relation" else "fact"
            lines.append(
                "    " + tag(name, i.value, label=i.label, note=i.qualifier, old=i.previous)
            )
        lines.append("  </entity>")
    return "\n".join([*lines, "</memory>"])


def audit_log(blocks: Sequence[Block]) -> str:
    lines = []
    for block, items in _kept(blocks):
        head = f"{_day(block.date, '%Y-%m-%d')} [{block.source or 'memory'}] ".lstrip()
        for i in items:
            verb, arrow = ("LINK", "--") if i.kind == "relation" else ("SET", "=>")
            change = f"{i.previous} {arrow} {i.value}" if i.previous else f"{arrow} {i.value}"
            note = f" ({i.qualifier})" * bool(i.qualifier)
            lines.append(f"{head}{verb} {block.name} :: {i.label} {change}{note}")
    return "\n".join(lines)


def cypher(blocks: Sequence[Block]) -> str:
    lines = []
    for count, (block, items) in enumerate(_kept(blocks), 1):
        node = f"n{count}"
        lines.append(f'MERGE ({node}:{block.kind.title()} {{name: "{block.name}"}})')
        lines += [f"// {_meta(block)}"]
        for i in items:
            note = _notes(i, "replaced {}").strip(" ()")
            if i.kind in ("relation", "entity"):
                verb = re.sub(r"\W+", "_", i.label) if "_" in i.label else _slug(i.label).upper()
                verb = verb if i.kind == "relation" else f"HAS_{verb}"
                pairs = f' {{note: "{note}"}}' if note else ""
                lines.append(f'MERGE ({node})-[:{verb}{pairs}]->({{name: "{i.value}"}})')
            else:
                value = json.dumps(i.value, ensure_ascii=False)
                lines.append(f"SET {node}.`{i.label}` = {value}{note and f'  // {note}'}")
    return "\n".join(lines)


def telegraph(blocks: Sequence[Block]) -> str:
    marks = {"relation": "🔗", "entity": "👤", "date": "📅", "category": "🏷️", "shift": "⚠️"}
    notes = []
    for block, items in _kept(blocks):
        told = [
            f"{marks.get(i.kind, '•')} {i.label} {i.value}{_notes(i, 'not {} any more')}"
            for i in items
        ]
        notes.append(f"📌 {block.name} [{_meta(block, ' · ')}]\n" + " ".join(told))
    return "\n".join(notes)


def _plural(label: str) -> bool:
    return label.endswith("s") and not label.endswith(("ss", "us", "is"))


def _clause(whose: str, item: Item) -> str:
    """What follows "X noted that"; `whose` is a genitive."""
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


def question_answer(blocks: Sequence[Block]) -> str:
    lines = []
    for block, items in _kept(blocks):
        cited = ", ".join(filter(None, [block.source, block.date]))
        for i in items:
            question = f"What is the {i.label} of {block.name}?"
            if i.kind == "relation":
                question = f"{block.name} {i.label} whom or what?"
            elif i.kind == "shift":
                question = f"How was the entry of {block.name} for {i.label} corrected?"
            answer = f"{i.value}{_notes(i, 'no longer {}')}" + f" [{cited}]" * bool(cited)
            lines += [f"Q: {question}", f"A: {answer}", ""]
    return "\n".join(lines)


def diary(blocks: Sequence[Block]) -> str:
    lines = []
    for date, group in groupby(_kept(blocks), key=lambda kept: kept[0].date):
        lines += ["", f"## {_day(date, '%d %b %Y') or 'Undated'}"]
        for block, items in group:
            lines.append(f"Read about {block.name}{f' in: {block.source}' * bool(block.source)}.")
            for i in items:
                change = f", up to now {i.previous}" * bool(i.previous)
                note = f" {i.qualifier}" * bool(i.qualifier)
                link = " " if i.kind == "relation" else " - "
                told = f"{block.name} {i.label} " if link == " " else f"{i.label} - "
                lines.append(f"* {told}{i.value}{note}{change}")
    return "\n".join(lines).strip()


def user_told_me(blocks: Sequence[Block]) -> str:
    openings = ("User told me that", "User mentioned that", "I learned from the user that")
    lines = []
    for block, items in _kept(blocks):
        cited = ", ".join(filter(None, [block.source, block.date]))
        for count, i in enumerate(items):
            linked = i.kind in ("relation", "category")
            told = _linked(block.name, i) if linked else _clause(f"{block.name}'s", i)
            lines.append(f"{openings[count % 3]} {told}{f' [{cited}]' * bool(cited)}.")
    return "\n".join(lines)


def ascii_tree(blocks: Sequence[Block]) -> str:
    lines = ["memory"]
    for block, items in _kept(blocks):
        lines.append(f"├── {block.name} <{_meta(block)}>")
        for count, i in enumerate(items, 1):
            branch = "└──" if count == len(items) else "├──"
            lines.append(f"│   {branch} {i.label}: {i.value}{_notes(i, 'old: {}')}")
    return "\n".join(lines)


LAYOUTS: dict[str, Layout] = {
    layout.__name__: layout
    for layout in (
        *(entity_files, dotted_keys, json_by_entity, json_tuples, yaml_records, csv_long),
        *(wide_table, transposed_table, infobox, org_outline, html_definitions, xml_memory),
        *(audit_log, cypher, telegraph, prose, question_answer, diary, user_told_me, ascii_tree),
    )
}
