"""Fourteen layouts in which a memory might keep facts; each renders all that blocks hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.layouts.blocks import Block, Item


def plain(block: Block, code: bool = False) -> list[tuple[str, list[Item]]]:
    """The facts, several values of one label together; code, which takes lines, only on demand."""
    found: dict[str, list[Item]] = {}
    for item in block.items:
        if code or item.kind != "code":
            found.setdefault(item.label, []).append(item)
    return list(found.items())


def links(items: list[Item]) -> bool:
    return items[0].kind in ("relation", "entity", "category")


def origin(block: Block, between: str = ", ") -> str:
    return between.join(part for part in (block.source, block.date) if part)


def notes(item: Item, was: str = "formerly ") -> list[str]:
    """What limits the value and what it replaced."""
    return ([item.qualifier] if item.qualifier else []) + (
        [was + item.previous] if item.previous else []
    )


def noted(item: Item, was: str = "formerly ", quote: bool = False) -> str:
    value = f'"{item.value}"' if quote and item.kind == "text" else item.value
    return f"{value} ({'; '.join(notes(item, was))})" if notes(item) else value


def extras(item: Item, was: str, note: str) -> str:
    """The same in a syntax of keywords: ', was="1", note="superseded"' from templates."""
    text = was.format(js(item.previous)) if item.previous else ""
    return text + (note.format(js(item.qualifier)) if item.qualifier else "")


def joined(items: list[Item], between: str = " and also ", was: str = "formerly ") -> str:
    return between.join(noted(item, was, quote=True) for item in items)


def be(label: str) -> str:
    head = label.split(" of ", maxsplit=1)[0].split(" on ", maxsplit=1)[0]
    return "are" if head.endswith("s") and not head.endswith(("ss", "us", "is")) else "is"


def possessive(name: str) -> str:
    return name + ("'" if name.endswith("s") else "'s")


def js(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def sql(value: str) -> str:
    if not value:
        return "NULL"
    if "\n" in value:
        return "E'" + value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n") + "'"
    return "'" + value.replace("'", "''") + "'"


def fenced(block: Block, heading: str = "### ") -> str:
    """The code items of a block, each verbatim in a fence below a heading."""
    parts = []
    for item in block.items:
        if item.kind == "code":
            limit = f" ({item.qualifier})" if item.qualifier else ""
            parts.append(f"{heading}{block.name}: {item.label}{limit}\n\n{fence(item.value)}\n")
            if item.previous:
                parts.append(
                    f"{heading}{block.name}: {item.label} before that\n\n{fence(item.previous)}\n"
                )
    return "\n".join(parts)


def fence(code: str) -> str:
    ticks = "`" * max([3] + [len(run) + 1 for run in re.findall("`{3,}", code)])
    return f"{ticks}python\n{code}\n{ticks}"


def with_code(text: str, block: Block, heading: str = "### ") -> str:
    return "\n".join(part for part in (text.rstrip("\n") + "\n", fenced(block, heading)) if part)


def lisp(label: str) -> str:
    return label.replace(" ", "-") if re.fullmatch(r"\w+( \w+)*", label) else f"|{label}|"


def by_threes(blocks: Sequence[Block]) -> list[list[Block]]:
    """Runs of at most three blocks of one kind, no name twice in a run."""
    runs: list[list[Block]] = []
    for block in blocks:
        run = runs[-1] if runs else []
        if (
            0 < len(run) < 3
            and block.kind == run[0].kind
            and all(block.name != other.name for other in run)
        ):
            run.append(block)
        else:
            runs.append([block])
    return runs


def obsidian(blocks: Sequence[Block]) -> str:
    """A vault: a note a block, front matter, Dataview fields, wiki links, struck-out values."""
    vault = []
    for block in blocks:
        lines = ["---", f"title: {js(block.name)}", f"tags: [{block.kind.replace(' ', '-')}]"]
        lines += [f"created: {block.date}"] if block.date else []
        lines += [f"via: {js(block.source)}"] if block.source else []
        lines += ["---"]
        for label, items in plain(block):
            for item in items:
                mark = "[[{}]]" if links(items) else "{}"
                text = f"{label}:: {mark.format(item.value)}"
                text += f" (was ~~{item.previous}~~)" if item.previous else ""
                text += f" %%{item.qualifier}%%" if item.qualifier else ""
                lines.append(text)
        vault.append(with_code("\n".join(lines), block))
    return "\n\n".join(vault)


def said(block: Block, item: Item, value: str) -> str:
    """The sentence that gives an item a value."""
    if item.kind == "relation":
        return f"{block.name} {item.label} {value}"
    if item.kind == "code":
        return f"{possessive(block.name)} {item.label}:\n{value}"
    shown = f"'{value}'" if item.kind == "text" else value
    return f"{possessive(block.name)} {item.label} {be(item.label)} {shown}"


def memories(blocks: Sequence[Block]) -> str:
    """A dump of a memory service such as mem0: sentences with identifiers, events and metadata."""
    entries: list[dict[str, object]] = []
    for block in blocks:
        about = {
            "entity": block.name,
            "kind": block.kind,
            "origin": block.source,
            "stated": block.date,
        }
        for item in block.items:
            entry: dict[str, object] = {
                "id": f"mem_{len(entries) + 1:04d}",
                "event": "UPDATE" if item.previous else "ADD",
            }
            limit = f" ({item.qualifier})" if item.qualifier else ""
            entry["memory"] = said(block, item, item.value) + limit
            if item.previous:
                entry["old_memory"] = said(block, item, item.previous)
            entries.append({**entry, "metadata": {k: v for k, v in about.items() if v}})
    return (
        '{"results": [\n'
        + ",\n".join(json.dumps(e, ensure_ascii=False) for e in entries)
        + "\n]}\n"
    )


def cypher(blocks: Sequence[Block]) -> str:
    """Statements for a graph database: properties are set, relations become edges."""
    statements = []
    for block in blocks:
        lines = [f"// {origin(block)}"] if origin(block) else []
        lines.append(f"MERGE (e:`{block.kind}` {{name: {js(block.name)}}})")
        for label, items in plain(block, code=True):
            if links(items):
                for item in items:
                    extra = extras(item, ", replaces: {}", ", note: {}")[2:]
                    edge = f"[:`{label}`{' {' + extra + '}' if extra else ''}]"
                    lines.append(f"MERGE (e)-{edge}->(:Entity {{name: {js(item.value)}}})")
                continue
            values = [js(item.value) for item in items]
            value = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
            remarks = [
                js(i.value) + extras(i, " replaces {}", " note {}") for i in items if notes(i)
            ]
            lines.append(
                f"SET e.`{label}` = {value}" + (f"  // {'; '.join(remarks)}" if remarks else "")
            )
        statements.append("\n".join(lines) + ";\n")
    return "\n".join(statements)


def s_expressions(blocks: Sequence[Block]) -> str:
    """Lisp lists: (company "NAME" (label "value" :was "old"))."""
    forms = []
    for block in blocks:
        lines = [f"({lisp(block.kind)} {js(block.name)}"]
        lines += [f"  (:stated-on {js(block.date)})"] if block.date else []
        lines += [f"  (:stated-by {js(block.source)})"] if block.source else []
        for label, items in plain(block, code=True):
            atoms = []
            for item in items:
                atom = item.value if item.value.isdigit() else js(item.value)
                atom += extras(item, " :was {}", " :note {}")
                atoms.append(f"({atom})" if len(items) > 1 else atom)
            lines.append(f"  ({lisp(label)} {' '.join(atoms)})")
        forms.append("\n".join(lines) + ")\n")
    return "\n".join(forms)


def constructors(blocks: Sequence[Block]) -> str:
    """Python calls: Company("NAME", delivery_vans=584, supplies=["A", "B"])."""
    calls = []
    for block in blocks:
        kind = "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", block.kind))
        lines, odd = [f"memory.add({kind}(", f"    {js(block.name)},"], []
        for label, items in plain(block, code=True):
            values = []
            for item in items:
                value = item.value if re.fullmatch("0|[1-9][0-9]*", item.value) else js(item.value)
                extra = extras(item, ", was={}", ", note={}")
                values.append(f"V({value}{extra})" if extra else value)
            value = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
            if re.fullmatch(r"[^\W\d_][^\W_]*( [^\W_]+)*", label):
                lines.append(f"    {label.replace(' ', '_')}={value},")
            else:
                odd.append(f"    **{{{js(label)}: {value}}},")
        pairs = (("stated", block.date), ("source", block.source))
        tail = "".join(f", {key}={js(value)}" for key, value in pairs if value)
        calls.append("\n".join(lines + odd) + f"\n){tail})\n")
    return "\n".join(calls)


def sql_statements(blocks: Sequence[Block]) -> str:
    """Inserts of a fact a row; a value that names its predecessor becomes an update."""
    out = ["CREATE TABLE facts (entity, kind, attribute, value, note, stated_on, stated_by);\n"]
    for block in blocks:
        rows, updates = [], []
        for item in block.items:
            key = (sql(block.name), sql(item.label))
            if item.previous:
                note = f", note = {sql(item.qualifier)}" if item.qualifier else ""
                updates.append(
                    f"UPDATE facts SET value = {sql(item.value)}{note}, stated_on = "
                    f"{sql(block.date)}, stated_by = {sql(block.source)}\n"
                    f"  WHERE entity = {key[0]} AND kind = {sql(block.kind)} "
                    f"AND attribute = {key[1]} AND value = {sql(item.previous)};\n"
                )
            else:
                row = (
                    block.name,
                    block.kind,
                    item.label,
                    item.value,
                    item.qualifier,
                    block.date,
                    block.source,
                )
                rows.append(f"  ({', '.join(map(sql, row))})")
        if rows:
            out.append("INSERT INTO facts VALUES\n" + ",\n".join(rows) + ";\n")
        out += updates
    return "\n".join(out)


def minutes(blocks: Sequence[Block]) -> str:
    """Minutes of a meeting: connected prose, the clauses varied, two to a sentence."""
    nouns = (
        "the {l} of {n} {w} given as {v}",
        "under {l} for {n} the secretary wrote down {v}",
        "it was agreed to enter {v} as the {l} of {n}",
        "asked for the {l} of {n}, the keeper of the papers said {v}",
        "those present took note that {n} has {v} for {l}",
    )
    verbs = ("it was mentioned that {n} {l} {v}", "{n} {l} {v}, as the papers show")
    ties = ("; ", ", and ", ", whereas ")
    paragraphs = []
    for block in blocks:
        when = f"on {block.date}" if block.date else "on a day not written down"
        who = f" (source: {block.source})" if block.source else ""
        text = f"The next matter, taken up {when}{who}, was {block.name} (kind: {block.kind})."
        clauses = []
        for at, (label, items) in enumerate(plain(block)):
            forms = verbs if items[0].kind == "relation" else nouns
            w = "were" if be(label) == "are" else "was"
            value = joined(items, was="in place of the earlier ")
            clauses.append(forms[at % len(forms)].format(l=label, n=block.name, v=value, w=w))
        for at in range(0, len(clauses), 2):
            sentence = ties[at // 2 % 3].join(clauses[at : at + 2])
            if not sentence.startswith(block.name):
                sentence = sentence[0].upper() + sentence[1:]
            text += f" {sentence}."
        paragraphs.append(with_code(text, block))
    return "\n".join(paragraphs)


def run_on(blocks: Sequence[Block]) -> str:
    """NAME's L is V and its L2 is V2, while its L3 is V3: three facts a sentence."""
    paragraphs = []
    for block in blocks:
        told = f" ({origin(block)})" if origin(block) else ""
        sentences = [f"{block.name} is of the kind {block.kind}{told}."]
        facts = plain(block)
        for start in range(0, len(facts), 3):
            text, owner = "", possessive(block.name)
            for at, (label, items) in enumerate(facts[start : start + 3]):
                text += ("", " and ", ", while ")[at]
                if items[0].kind == "relation":
                    text += f"{block.name} {label} {joined(items)}"
                else:
                    text += f"{owner} {label} {be(label)} {joined(items)}"
                owner = possessive(block.name) if links(items) else "its"
            sentences.append(text + ".")
        paragraphs.append(with_code(" ".join(sentences), block))
    return "\n".join(paragraphs)


def matrix(blocks: Sequence[Block]) -> str:
    """Attributes as rows and entities as columns, in box-drawing characters."""
    tables = []
    for run in by_threes(blocks):
        cells = [dict(plain(block)) for block in run]
        rows = [[run[0].kind] + [block.name for block in run]]
        if any(block.date for block in run):
            rows.append(["(as of)"] + [block.date or "–" for block in run])
        if any(block.source for block in run):
            rows.append(["(according to)"] + [block.source or "–" for block in run])
        for label in dict.fromkeys(label for column in cells for label in column):
            texts = ["; ".join(noted(i, "was ") for i in column.get(label, [])) for column in cells]
            rows.append([label] + [text or "–" for text in texts])
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        padded = ([c.ljust(w) for c, w in zip(row, widths, strict=True)] for row in rows)
        lines = [" │ ".join(row).rstrip() for row in padded]
        lines.insert(1, "─┼─".join("─" * w for w in widths))
        tables.append("\n".join(lines) + "\n")
        tables += [code for code in (fenced(block) for block in run) if code]
    return "\n".join(tables)


def tree(blocks: Sequence[Block]) -> str:
    """A tree drawing: entity, labels as branches, values as leaves."""
    trees = []
    for block in blocks:
        told = f"  [{origin(block, ' · ')}]" if origin(block) else ""
        lines = [f"{block.name} <{block.kind}>{told}"]
        facts = plain(block)
        for at, (label, items) in enumerate(facts):
            last = at == len(facts) - 1
            lines.append(("└── " if last else "├── ") + label)
            for n, item in enumerate(items, 1):
                twig = ("    " if last else "│   ") + ("└── " if n == len(items) else "├── ")
                note = "; ".join(notes(item, "replaces "))
                lines.append(twig + item.value + (f"  [{note}]" if note else ""))
        trees.append(with_code("\n".join(lines), block))
    return "\n".join(trees)


def chat(blocks: Sequence[Block]) -> str:
    """A transcript: a user dictates, an assistant keeps book."""
    nouns = ("for {l} put {v}", "{l} would be {v}", "I've got {v} down as {l}", "{l}? that's {v}")
    turns = []
    for block in blocks:
        told = ", ".join(
            ([f"from {block.source}"] if block.source else [])
            + ([block.date] if block.date else [])
        )
        turns.append(f"User: next one is {block.name} ({block.kind}){', ' + told if told else ''}")
        turns.append(f"Assistant: Ready. What should I keep about {block.name}?")
        said = []
        for at, (label, items) in enumerate(plain(block)):
            value = joined(items, was="no longer ")
            if items[0].kind == "relation":
                said.append(f"{block.name} {label} {value}")
            else:
                said.append(nouns[at % 4].format(l=label, v=value))
        for at in range(0, len(said), 2):
            turns.append("User: " + " — oh and ".join(said[at : at + 2]))
            turns.append(("Assistant: Noted.", "Assistant: Okay, go on.")[at // 2 % 2])
        code = fenced(block, "User: pasting this for you, ")
        turns.append(
            (code + "\n" if code else "") + f"Assistant: Saved, all of it under {block.name}.\n"
        )
    return "\n".join(turns)


def parenthetical(blocks: Sequence[Block]) -> str:
    """A dense paragraph an entity: label (value), label (value; formerly old)."""
    paragraphs = []
    for block in blocks:
        facts = []
        for label, items in plain(block):
            values = [f"({'; '.join([item.value, *notes(item)])})" for item in items]
            facts.append(f"{label} {' and '.join(values)}")
        head = f"{block.name} ({'; '.join(part for part in (block.kind, origin(block)) if part)})"
        text = f"{head} — {', '.join(facts)}." if facts else f"{head}."
        paragraphs.append(with_code(text, block))
    return "\n".join(paragraphs)


def emoji_timeline(blocks: Sequence[Block]) -> str:
    """A day after the other, a ticked line a fact, the kind of fact as an emoji."""
    signs = {
        "int": "🔢",
        "float": "🔢",
        "series": "📈",
        "date": "📆",
        "text": "💬",
        "enum": "🏷️",
        "category": "🗂️",
        "relation": "🤝",
        "entity": "👤",
        "shift": "🛠️",
    }
    days = []
    for date, stated in groupby(blocks, key=lambda block: block.date):
        days.append(f"📅 {date or 'no date'}\n")
        for block in stated:
            said = f" 📣 {block.source}" if block.source else ""
            lines = [f"📌 {block.name} [{block.kind}]{said}"]
            for label, items in plain(block):
                for item in items:
                    line = f"☑️ {signs.get(item.kind, '▫️')} {label} ▸ {item.value}"
                    line += f" ⏳ {item.qualifier}" if item.qualifier else ""
                    line += f" ❌ {item.previous}" if item.previous else ""
                    lines.append(line)
            days.append(with_code("\n".join(lines), block, "💾 "))
    return "\n".join(days)


def quote_cards(blocks: Sequence[Block]) -> str:
    """Index cards between rules, entity, label and value at three depths of quotation."""
    cards = []
    for at, block in enumerate(blocks, 1):
        lines = [f"Card {at} · {block.kind}", "", f"> {block.name}"]
        for label, items in plain(block):
            lines.append(f">> {label}")
            for item in items:
                lines.append(f">>> {item.value}")
                lines += [f">>>> note: {item.qualifier}"] if item.qualifier else []
                lines += [f">>>> replaces: {item.previous}"] if item.previous else []
        if origin(block):
            lines.append(f"\n— {origin(block)}")
        cards.append(with_code("\n".join(lines), block, "#### "))
    return "---\n" + "\n---\n".join(cards) + "---\n"


LAYOUTS: dict[str, Callable[[Sequence[Block]], str]] = {
    layout.__name__: layout
    for layout in (
        obsidian,
        memories,
        cypher,
        s_expressions,
        constructors,
        sql_statements,
        minutes,
        run_on,
        matrix,
        tree,
        chat,
        parenthetical,
        emoji_timeline,
        quote_cards,
    )
}
