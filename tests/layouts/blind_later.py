"""Ten further layouts, written without a look at the mended reader or at other layouts."""

import json
import re
from collections.abc import Callable, Sequence
from itertools import groupby

from tests.layouts.blocks import Block, Item


def _value(item: Item) -> str:
    """The value with what limits it and what it replaced."""
    text = item.value
    if item.qualifier:
        text += f", {item.qualifier}"
    if item.previous:
        text += f" (was {item.previous})"
    return text


def _plural(label: str) -> bool:
    return re.split(r" (?:on|of|in|per) ", label)[0].endswith("s")


def obsidian_vault(blocks: Sequence[Block]) -> str:
    """Notes of a vault: front matter, inline fields, wiki links."""
    notes = []
    for block in blocks:
        front = [f'title: "{block.name}"', f"tags: [{block.kind}]"]
        front += [f"stated: {block.date}"] if block.date else []
        front += [f"source: {block.source}"] if block.source else []
        body = []
        for item in block.items:
            if item.kind == "relation":
                body.append(f"- {item.label} [[{item.value}]]" + _tail(item))
            elif item.kind == "entity":
                body.append(f"- {item.label}:: [[{item.value}]]" + _tail(item))
            elif item.kind in ("int", "float", "enum", "category"):
                front.append(f"{item.label}: {_value(item)}")
            else:
                body.append(f"- {item.label}:: {_value(item)}")
        lines = ["---", *front, "---", f"# {block.name}", "", *body]
        notes.append("\n".join(lines).rstrip())
    return "\n\n\n".join(notes)


def _tail(item: Item) -> str:
    parts = [item.qualifier, f"formerly [[{item.previous}]]" if item.previous else ""]
    found = "; ".join(filter(None, parts))
    return f" ({found})" if found else ""


def org_mode(blocks: Sequence[Block]) -> str:
    """An org file: a headline a record, a property drawer, description lists."""
    lines = ["#+TITLE: Notes", "#+STARTUP: overview", ""]
    for block in blocks:
        lines.append(f"* {block.name}".ljust(44) + f":{block.kind}:")
        lines.append("  :PROPERTIES:")
        if block.date:
            lines.append(f"  :STATED:   {block.date}")
        if block.source:
            lines.append(f"  :SOURCE:   {block.source}")
        lines += [f"  :GROUP:    {i.value}" for i in block.items if i.kind == "category"]
        lines.append("  :END:")
        parts = {
            "Figures": ("int", "float", "series", "shift"),
            "Descriptions": ("enum", "text", "date", "code"),
            "Links": ("relation", "entity"),
        }
        for head, kinds in parts.items():
            chosen = [i for i in block.items if i.kind in kinds]
            if chosen:
                lines.append(f"** {head}")
                lines += [f"   - {i.label} :: {_value(i)}" for i in chosen]
        lines.append("")
    return "\n".join(lines)


def toml_tables(blocks: Sequence[Block]) -> str:
    """A TOML file: an array of tables for each kind."""
    tables = []
    for block in blocks:
        lines = [f"[[{_key(block.kind)}]]", f"name = {json.dumps(block.name)}"]
        if block.date:
            lines.append(f"as_of = {_toml(block.date)}")
        if block.source:
            lines.append(f"source = {json.dumps(block.source)}")
        labels = dict.fromkeys(i.label for i in block.items)
        for label in labels:
            items = [i for i in block.items if i.label == label]
            values = [_toml_item(i) for i in items]
            single = len(values) == 1 and items[0].kind != "relation"
            lines.append(f"{_key(label)} = " + (values[0] if single else f"[{', '.join(values)}]"))
        tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n"


def _key(label: str) -> str:
    key = label.replace(" ", "_")
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(label)


def _toml(value: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return value
    if re.fullmatch(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", value):
        return value.replace(",", "")
    return json.dumps(value, ensure_ascii=False)


def _toml_item(item: Item) -> str:
    if item.kind == "series":
        text = "[" + ", ".join(map(_toml, item.value.split(", "))) + "]"
    else:
        text = _toml(item.value)
    extra = []
    if found := re.fullmatch(r"from (.+) to (.+)", item.qualifier):
        extra += [f'from = "{found[1]}"', f'to = "{found[2]}"']
    elif item.qualifier:
        extra.append(f"note = {json.dumps(item.qualifier)}")
    if item.previous:
        extra.append(f"previously = {json.dumps(item.previous)}")
    head = "name" if item.kind in ("entity", "relation") else "value"
    return f"{{ {head} = {text}, {', '.join(extra)} }}" if extra else text


def graph_context(blocks: Sequence[Block]) -> str:
    """The context that a temporal knowledge graph returns: entities, then edges with validity."""
    nodes: dict[str, str] = {}
    edges = []
    for block in blocks:
        nodes.setdefault(block.name, block.kind)
        meta = [f"valid from {block.date}"] if block.date else []
        meta += [f"source: {block.source}"] if block.source else []
        for item in block.items:
            notes = [*filter(None, [item.qualifier]), *meta]
            if item.previous:
                notes.append(f"replaces {item.previous}")
            tail = f" ({'; '.join(notes)})" if notes else ""
            edges.append(f"  - {block.name} --[{item.label}]--> {item.value}{tail}")
    head = ["<ENTITIES>", *(f"  - {name} ({kind})" for name, kind in nodes.items()), "</ENTITIES>"]
    return "\n".join([*head, "<FACTS>", *edges, "</FACTS>"])


def mem0_records(blocks: Sequence[Block]) -> str:
    """One JSON record a memory, each a sentence, with dates and sources as metadata."""
    records = []
    for block in blocks:
        for item in block.items:
            meta: dict[str, str] = {}
            if block.source:
                meta["source"] = block.source
            if block.date:
                meta["date"] = block.date
            record = {
                "id": f"mem_{len(records) + 1:04d}",
                "memory": _sentence(block.name, item),
                "user_id": "analyst",
                "metadata": meta,
            }
            records.append(json.dumps(record, ensure_ascii=False))
    return "\n".join(records)


def _sentence(name: str, item: Item) -> str:
    verb = "are" if _plural(item.label) else "is"
    tail = f" (previously {item.previous})" if item.previous else ""
    qualifier = f" {item.qualifier}" if item.qualifier else ""
    match item.kind:
        case "relation":
            return f"{name} {item.label} {item.value}{qualifier}{tail}"
        case "category":
            return f"{name} belongs to the {item.label} {item.value}{tail}"
        case "int" if _plural(item.label):
            return f"{name} has {item.value} {item.label}{qualifier}{tail}"
        case "shift":
            return f"Correction: the {item.label} of {name} {verb} {item.value}{tail}"
        case "text":
            return f'The {item.label} of {name} {verb} "{item.value}"{qualifier}{tail}'
    return f"The {item.label} of {name} {verb} {item.value}{qualifier}{tail}"


def prose_profile(blocks: Sequence[Block]) -> str:
    """A paragraph a record, in the varied sentences of a language model."""
    return "\n\n".join(_paragraph(block) for block in blocks)


def _paragraph(block: Block) -> str:
    name = block.name
    category = next((i for i in block.items if i.kind == "category"), None)
    opening = f"**{name}** is a {block.kind}"
    if category:
        opening += f" in the {category.value} {category.label}"
    if block.source or block.date:
        by = f"the {block.source}" if block.source else "an entry"
        on = f" of {block.date}" if block.date else ""
        opening += (
            f"; what follows was stated by {by}{on}"
            if block.source
            else (f"; what follows was stated on {block.date}")
        )
    sentences = [opening + "."]
    relations = [i for i in block.items if i.kind == "relation"]
    rest = [i for i in block.items if i.kind not in ("relation", "category")]
    index = 0
    while index < len(rest):
        item = rest[index]
        following = rest[index + 1] if index + 1 < len(rest) else None
        turn = index % 5
        pair = (
            turn in (1, 3)
            and following is not None
            and {item.kind, following.kind} <= {"int", "float"}
            and not any(i.qualifier or i.previous for i in (item, following))
        )
        if pair and following:
            if turn == 1:
                text = (
                    f"It reports {item.label} of {item.value} and {following.label} of"
                    f" {following.value}."
                )
            else:
                text = (
                    f"While the figure for {item.label} is {item.value}, "
                    f"that for {following.label} is {following.value}."
                )
            sentences.append(text)
            index += 2
            continue
        sentences.append(_varied(name, item, turn))
        index += 1
    for label in dict.fromkeys(i.label for i in relations):
        others = [
            i.value + (f" ({i.qualifier})" if i.qualifier else "")
            for i in relations
            if i.label == label
        ]
        listed = others[0] if len(others) == 1 else ", ".join(others[:-1]) + " and " + others[-1]
        sentences.append(f"{name} also {label} {listed}.")
    return " ".join(sentences)


def _varied(name: str, item: Item, turn: int) -> str:
    verb = "are" if _plural(item.label) else "is"
    tail = f", {item.qualifier}" if item.qualifier else ""
    tail += f" (up to then {item.previous})" if item.previous else ""
    match item.kind:
        case "shift":
            return f"As a correction, its {item.label} {verb} {item.value}."
        case "int" if turn == 0 and _plural(item.label):
            return f"There are {item.value} {item.label}{tail}."
        case "int" | "float" if turn == 2:
            return (
                f"Its {item.label} {'stand' if verb == 'are' else 'stands'} at {item.value}{tail}."
            )
        case "int" | "float" if turn == 4:
            return f"{item.value} is the figure given for {item.label}{tail}."
        case "series":
            label = item.label[0].upper() + item.label[1:]
            return f"{label} came in at {item.value}{tail}, in that order."
        case "text":
            return f'Its {item.label}, in the words of the record: "{item.value}"{tail}.'
        case "date" if turn % 2:
            return f"{item.value} is its {item.label}{tail}."
        case "enum" if turn % 2:
            return f"On {item.label} it is listed as {item.value}{tail}."
        case "entity" if turn % 2:
            return f"{item.value} is the {item.label} of {name}{tail}."
        case "entity":
            return f"{name} has {item.value} as {item.label}{tail}."
    return f"The {item.label} {verb} {item.value}{tail}."


def slack_thread(blocks: Sequence[Block]) -> str:
    """An exported thread: one message a record, the second half of it in a reply."""
    lines = ["#desk-notes (exported)"]
    for minute, block in enumerate(blocks):
        clock = (
            f"{9 + minute // 60}:{minute % 60:02d} AM"
            if minute < 180
            else f"{minute // 60 - 3}:{minute % 60:02d} PM"
        )
        origin = ", ".join(filter(None, [block.source, block.date]))
        head = f"*{block.name}* ({block.kind})" + (f", from: {origin}" if origin else "")
        lines += ["", f"maria  {clock}", head]
        half = len(block.items) if len(block.items) < 5 else (len(block.items) + 1) // 2
        lines += [f"• {_chat(item)}" for item in block.items[:half]]
        if block.items[half:]:
            lines += [f"    ↳ tom  {clock}", f"    rest of it for {block.name}, same origin:"]
            lines += [f"    • {_chat(item)}" for item in block.items[half:]]
            lines += ["    :white_check_mark: 2"]
    return "\n".join(lines)


def _chat(item: Item) -> str:
    if item.kind == "relation":
        return f"{item.label} {_value(item)}"
    return f"{item.label}: {_value(item)}"


def tsv_merged(blocks: Sequence[Block]) -> str:
    """A spreadsheet pasted as tab-separated text; merged cells come out empty after the first."""
    dated = any(b.date for b in blocks)
    sourced = any(b.source for b in blocks)
    changed = any(i.previous for b in blocks for i in b.items)
    qualified = any(i.qualifier for b in blocks for i in b.items)
    head = ["Name", "Type", *["Stated"] * dated, *["Source"] * sourced, "Field", "Value"]
    head += [*["Period"] * qualified, *["Former value"] * changed]
    rows = ["\t".join(head)]
    for block in blocks:
        lead = [block.name, block.kind, *[block.date] * dated, *[block.source] * sourced]
        for item in block.items:
            row = [*lead, item.label, item.value]
            row += [*[item.qualifier] * qualified, *[item.previous] * changed]
            rows.append("\t".join(row))
            lead = [""] * len(lead)
    return "\n".join(rows)


def changelog(blocks: Sequence[Block]) -> str:
    """Keep-a-changelog: a section a date, what was added and what was changed."""
    lines = ["# Changelog", "", "All updates of the notes, in the order of entry."]
    known: set[str] = set()
    for date, group in groupby(blocks, key=lambda b: b.date):
        lines += ["", f"## [{date or 'undated'}]"]
        parts: dict[str, list[str]] = {"Added": [], "Changed": []}
        for block in group:
            origin = f" (source: {block.source})" if block.source else ""
            entries = "; ".join(_entry(item) for item in block.items)
            line = f"- **{block.name}** ({block.kind}){origin}: {entries}."
            parts["Changed" if block.name in known else "Added"].append(line)
            known.add(block.name)
        for head, listed in parts.items():
            if listed:
                lines += ["", f"### {head}", *listed]
    return "\n".join(lines)


def _entry(item: Item) -> str:
    text = (
        f"{item.label} {item.previous} → {item.value}"
        if item.previous
        else f"{item.label} {item.value}"
    )
    return text + (f" {item.qualifier}" if item.qualifier else "")


def by_attribute(blocks: Sequence[Block]) -> str:
    """Attribute first: a heading an attribute, under it who has which value."""
    labels = dict.fromkeys(i.label for b in blocks for i in b.items)
    kinds = dict.fromkeys(b.kind for b in blocks)
    lines = []
    for kind in kinds:
        names = dict.fromkeys(b.name for b in blocks if b.kind == kind)
        lines.append(f"Known ({kind}): {', '.join(names)}")
    for label in labels:
        lines += ["", f"## {label[0].upper()}{label[1:]}"]
        for block in blocks:
            meta = ", ".join(filter(None, [block.source, block.date]))
            for item in block.items:
                if item.label == label:
                    tail = f" [{meta}]" if meta else ""
                    lines.append(f"- {block.name}: {_value(item)}{tail}")
    return "\n".join(lines)


LAYOUTS: dict[str, Callable[[Sequence[Block]], str]] = {
    "obsidian_vault": obsidian_vault,
    "org_mode": org_mode,
    "toml_tables": toml_tables,
    "graph_context": graph_context,
    "mem0_records": mem0_records,
    "prose_profile": prose_profile,
    "slack_thread": slack_thread,
    "tsv_merged": tsv_merged,
    "changelog": changelog,
    "by_attribute": by_attribute,
}
