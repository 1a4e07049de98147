"""Twenty layouts written before the matching reader was, after the words that memories use for
files, keys and rows; ten of them, `SEALED`, were first read when it was finished."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from tests.layouts.blocks import Block, Item


def _facts(block: Block) -> list[Item]:
    return [item for item in block.items if item.kind != "code"]


def _value(item: Item, was: str = " (was {})") -> str:
    limit = f" ({item.qualifier})" if item.qualifier else ""
    return item.value + limit + (was.format(item.previous) if item.previous else "")


def _when(block: Block, form: str) -> str:
    return form.format(block.date) if block.date else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _snake(text: str) -> str:
    return "_".join(_words(text)).lower()


def _camel(text: str) -> str:
    first, *rest = _words(text) or [text]
    return first[:1].lower() + first[1:] + "".join(w[:1].upper() + w[1:] for w in rest)


def _is_word(name: str) -> bool:
    """Whether a name is an identifier, which no memory would spell otherwise."""
    return "_" in name or "." in name or " " not in name


def _slug(name: str, between: str = "-") -> str:
    return name if _is_word(name) else between.join(_words(name)).lower()


def _each(text: Callable[[Block], str], gap: str = "\n\n") -> Callable[[Sequence[Block]], str]:
    return lambda blocks: gap.join(text(block) for block in blocks if _facts(block))


def _rows(row: Callable[[Block, Item], str]) -> Callable[[Sequence[Block]], str]:
    return lambda blocks: "\n".join(row(b, i) for b in blocks for i in _facts(b))


def dossier(block: Block) -> str:
    """Names in capitals, leaders of dots."""
    name = block.name if _is_word(block.name) else block.name.upper()
    rows = [f"  {i.label} {'.' * max(3, 40 - len(i.label))} {_value(i)}" for i in _facts(block)]
    return "\n".join([f"{name}{_when(block, ' — {}')}", *rows])


def slug_files(block: Block) -> str:
    rows = [f"{i.label}: {_value(i)}" for i in _facts(block)]
    head = f"--- memory/{_slug(block.name)}.md ---"
    return "\n".join([head, *([f"date: {block.date}"] if block.date else []), *rows])


def camel_json(blocks: Sequence[Block]) -> str:
    entries = []
    for block in blocks:
        name = block.name if _is_word(block.name) else _camel(block.name)[:1].upper()
        name += "" if _is_word(block.name) else _camel(block.name)[1:]
        values: dict[str, object] = {"asOf": block.date} if block.date else {}
        for item in _facts(block):
            label = item.label if _is_word(item.label) else _camel(item.label)
            values.setdefault(label, [])
            listed = values[label]
            assert isinstance(listed, list)
            listed.append(_value(item))
        entries.append({name: values})
    return json.dumps(entries, indent=1, ensure_ascii=False)


def dotted(block: Block, item: Item) -> str:
    label = item.label if "." in item.label else _snake(item.label)
    return f"{_slug(block.name, '_')}.{label} = {_value(item)}"


def infobox(block: Block) -> str:
    rows = [f"| {i.label} = {_value(i)}" for i in _facts(block)]
    when = [f"| as of = {block.date}"] if block.date else []
    return "\n".join([f"{{{{Infobox {block.kind}", f"| name = {block.name}", *when, *rows, "}}"])


def jira(block: Block) -> str:
    rows = [f"|| {i.label} | {_value(i)} |" for i in _facts(block)]
    return "\n".join([f"h3. {block.name}{_when(block, ' ({})')}", *rows])


def angled(block: Block) -> str:
    rows = [f"{i.label}={_value(i)}" for i in _facts(block)]
    return "\n".join([f"<{block.name}>", *rows, f"</{block.name}>"])


def remembered(block: Block, item: Item) -> str:
    if item.kind == "relation":
        return f"I remember that {block.name} {item.label} {_value(item)}."
    if item.kind == "shift":
        return f"I remember that the {item.label} of {block.name} is {item.value}."
    value = f'"{item.value}"' if item.kind == "text" else item.value
    limit = f" {item.qualifier}" if item.qualifier else ""
    was = f" and no longer {item.previous}" if item.previous else ""
    return f"I remember that the {item.label} of {block.name}{limit} is {value}{was}."


def cards(block: Block, item: Item) -> str:
    return f"Front: {block.name} / {item.label}\nBack: {_value(item)}"


def toml(block: Block) -> str:
    rows = [
        f"{_snake(i.label) if '.' not in i.label else json.dumps(i.label)} = "
        f"{json.dumps(_value(i), ensure_ascii=False)}"
        for i in _facts(block)
    ]
    return "\n".join([f'[entities."{block.name}"]', *rows])


def definition_list(block: Block) -> str:
    rows = [f"<dt>{escape(i.label)}</dt><dd>{escape(_value(i))}</dd>" for i in _facts(block)]
    return f"<h2>{escape(block.name)}</h2>\n<dl>\n" + "\n".join(rows) + "\n</dl>"


def records(blocks: Sequence[Block]) -> str:
    rows = [
        f"<fact about={quoteattr(b.name)} key={quoteattr(i.label)}>{escape(_value(i))}</fact>"
        for b in blocks
        for i in _facts(b)
    ]
    return "\n".join(["<memory>", *rows, "</memory>"])


def sentences_csv(blocks: Sequence[Block]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["subject", "date", "statement"])
    for block in blocks:
        for item in _facts(block):
            table.writerow([block.name, block.date, f"{item.label}: {_value(item)}"])
    return out.getvalue()


def calls(block: Block, item: Item) -> str:
    return f"remember({', '.join(map(json.dumps, (block.name, item.label, _value(item))))})"


def numbered(blocks: Sequence[Block]) -> str:
    parts = []
    for n, block in enumerate(blocks, 1):
        parts.append(f"{n}. {block.name}{_when(block, ' [{}]')}")
        parts += [f"   {n}.{m} {i.label}: {_value(i)}" for m, i in enumerate(_facts(block), 1)]
    return "\n".join(parts)


def value_first(block: Block, item: Item) -> str:
    return f"{_value(item)} <- {item.label} <- {block.name}"


def boxed(block: Block) -> str:
    rows = [f"║ {i.label:<30} │ {_value(i):<40} ║" for i in _facts(block)]
    return "\n".join([f"╔══ {block.name} ══", *rows, "╚" + "═" * 40])


def triples_yaml(block: Block, item: Item) -> str:
    values = (("subject", block.name), ("predicate", item.label), ("object", _value(item)))
    rows = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in values]
    return "- " + "\n  ".join(rows)


def latex(block: Block) -> str:
    rows = [rf"  \item \emph{{{i.label}}}: {_value(i)}" for i in _facts(block)]
    return "\n".join([rf"\subsection{{{block.name}}}", r"\begin{itemize}", *rows, r"\end{itemize}"])


def digest(block: Block) -> str:
    """One line a block, without any sign before the facts."""
    said = "; ".join(f"{i.label} {_value(i)}" for i in _facts(block))
    return f"About {block.name} we know{_when(block, ' (as of {})')}: {said}."


LAYOUTS: dict[str, Callable[[Sequence[Block]], str]] = {
    "angled": _each(angled),
    "boxed": _each(boxed),
    "calls": _rows(calls),
    "camel_json": camel_json,
    "cards": _rows(cards),
    "definition_list": _each(definition_list),
    "digest": _each(digest, "\n"),
    "dossier": _each(dossier),
    "dotted": _rows(dotted),
    "infobox": _each(infobox),
    "jira": _each(jira),
    "latex": _each(latex),
    "numbered": numbered,
    "records": records,
    "remembered": _rows(remembered),
    "sentences_csv": sentences_csv,
    "slug_files": _each(slug_files),
    "toml": _each(toml),
    "triples_yaml": _rows(triples_yaml),
    "value_first": _rows(value_first),
}
SEALED = frozenset(list(LAYOUTS)[1::2])
"""Every other one."""
