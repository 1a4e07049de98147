"""Gives a tree of Python files other names and other literals, the same ones everywhere in it.

Strings in which code names its own parts follow the renaming.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath

from memorygym.rng import rng
from memorygym.tracks.codeqa.sources.binding import LOOKS_UP, Binding, Nodes, binding, terminal
from memorygym.tracks.codeqa.sources.lexing import Places, Token, fields, quoted, reparsed, tokens
from memorygym.tracks.codeqa.sources.literals import (
    Words,
    is_word,
    meant,
    numbers,
    pieces,
    reworded,
    told,
    units,
)

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Studied:
    """What renaming needs to know of a tree, whatever the seed."""

    tokens: Mapping[str, Sequence[Token]]
    """Of each file."""
    follows: Mapping[str, Set[int]]
    """Places of strings that name parts of the code, by file."""
    known: Binding
    spoken: Set[str]
    """Words that strings say."""
    present: Set[str]
    """All words of the tree, in small letters; none of them is a new one."""
    figures: Set[str]
    kept: Set[str]
    """Strings that something outside the tree reads, save those that tell its name."""
    meant: frozenset[str]
    """Names in the code that are not its own, so that strings may know them too."""
    imports: Mapping[str, Sequence[str]]
    """By file: the files that it imports."""


def studied(files: Mapping[str, str]) -> Studied:
    """Looks through the files, all of which must parse and hold no comments."""
    trees = {path: list(ast.walk(reparsed(code))) for path, code in sorted(files.items())}
    known = binding(trees)
    cut = {path: tokens(files[path]) for path in trees}
    found = [token for one in cut.values() for token in one]
    spoken = {
        unit
        for token in found
        if token.kind == "string"
        for unit in units(quoted(token.text).body)
        if is_word(unit)
    }
    names = known.own.union(*(_NAME.findall(code) for code in files.values()))
    return Studied(
        cut,
        {path: following(trees[path], files[path], known.gathered) for path in trees},
        known,
        spoken,
        names | {piece.lower() for name in names for piece in (*pieces(name), name)},
        {token.text for token in found if token.kind == "number"},
        frozenset(
            one
            for path in trees
            for one in meant(trees[path], known.roots[path])
            if known.tops.isdisjoint(units(one))
        ),
        frozenset(token.text for token in found if token.kind == "name") - known.own,
        imports(trees),
    )


@dataclass(frozen=True, slots=True)
class Renamed:
    """A tree under new names."""

    files: Mapping[str, str]
    imports: Mapping[str, Sequence[str]]


def renamed(tree: Studied, *path: str | int, literals: bool = True) -> Renamed:
    """The files under new paths, with new names and, unless told otherwise, new literals.

    `path` names the random stream.
    """
    own = tree.known.own
    wanted = {word for name in (own | tree.spoken if literals else own) for word in told(name)}
    words = Words(wanted, tree.present, rng(*path, "words"))
    names = _distinct(own, words)
    still = tree.meant.union(*map(units, sorted(tree.kept)))
    renamer = Renamer(
        names,
        {**names, **{name: name for name in sorted(still)}},
        words if literals else None,
        numbers(tree.figures - tree.kept if literals else (), rng(*path, "numbers")),
        tree.kept,
    )
    files = {
        renamer.path(name): renamer.file(found, tree.known.roots[name], tree.follows[name])
        for name, found in tree.tokens.items()
    }
    needs = {
        renamer.path(name): tuple(map(renamer.path, others))
        for name, others in tree.imports.items()
    }
    return Renamed(dict(sorted(files.items())), dict(sorted(needs.items())))


def _distinct(own: Set[str], words: Words) -> Mapping[str, str]:
    """The new name of each name; of two that would be alike in one case the second gets a tail."""
    new: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(own):
        one = words.name(name)
        while one in taken:
            one += "_"
        taken.add(one)
        new[name] = one
    return new


@dataclass(frozen=True, slots=True)
class Renamer:
    """What is called what, and the one walk over tokens that applies it."""

    names: Mapping[str, str]
    said: Mapping[str, str]
    """The same for strings, where words that must stay stand for themselves."""
    words: Words | None
    """For strings; without them only strings that name parts of the code change."""
    numbers: Mapping[str, str]
    kept: Set[str]
    """Strings that stay as they are."""

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def path(self, path: str) -> str:
        """A file's path, part by part."""
        pure = PurePosixPath(path)
        return str(PurePosixPath(*map(self.name, pure.with_suffix("").parts))) + pure.suffix

    def file(self, found: Sequence[Token], roots: Set[str], follows: Set[int]) -> str:
        """A file's code; `follows` are the places of strings that name parts of the code."""
        return "".join(self._pieces(found, roots, follows))

    def _pieces(self, found: Sequence[Token], roots: Set[str], follows: Set[int]) -> Iterator[str]:
        dotted = outside = False
        for token in found:
            match token.kind:
                case "name":
                    outside = (dotted and outside) or (not dotted and token.text in roots)
                    yield token.text if dotted and outside else self.name(token.text)
                case "string":
                    yield self._string(token.text, roots, follows=token.start in follows)
                case "number":
                    yield self.numbers.get(token.text, token.text)
                case _:
                    yield token.text
            if token.kind != "blank":
                dotted = token.text == "."
                outside = outside and (dotted or token.kind == "name")

    def _string(self, text: str, roots: Set[str], *, follows: bool) -> str:
        prefix, quote, body = quoted(text)
        if not quoted(text).is_format:
            return f"{prefix}{quote}{self._text(body, follows=follows)}{quote}"
        parts = (
            self.file(tokens(one.text), roots, frozenset())
            if one.is_code
            else self._text(one.text, follows=follows)
            for one in fields(body)
        )
        return f"{prefix}{quote}{''.join(parts)}{quote}"

    def _text(self, body: str, *, follows: bool) -> str:
        if follows:
            return _NAME.sub(lambda match: self.name(match.group()), body)
        if self.words is None or body in self.kept:
            return body
        return reworded(body, self.said, self.words)


def imports(files: Mapping[str, Nodes]) -> dict[str, list[str]]:
    """By file: the files of the tree that it imports, in the order it names them."""
    by_module = {_module(path): path for path in sorted(files)}
    for module in list(by_module):
        top, _, rest = module.partition(".")
        if rest and f"{top}/__init__.py" not in files:
            by_module.setdefault(rest, by_module[module])
    return {
        path: list(
            dict.fromkeys(
                by_module[name]
                for name in _imported(path, nodes)
                if name in by_module and by_module[name] != path
            )
        )
        for path, nodes in files.items()
    }


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(path: str, nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                start = ".".join(path.split("/")[:-level]) if level else ""
                name = ".".join(part for part in (start, module) if part)
                yield from (f"{name}.{one.name}" if name else one.name for one in names)
                yield name


_BY_NAME = {
    **dict.fromkeys(("getattr", "setattr", "hasattr", "delattr"), slice(1, 2)),
    **dict.fromkeys(("attrgetter", "methodcaller", "patch", "usefixtures"), slice(None)),
    **dict.fromkeys(("import_module", "__import__", "importorskip"), slice(0, 1)),
    **dict.fromkeys(("parametrize", "getfixturevalue", "TypeVar", "NewType", "cast"), slice(0, 1)),
    "namedtuple": slice(0, 2),
}
"""Which arguments of a call are names."""
_LISTS = frozenset(("__all__", "__slots__", "__match_args__", "_fields"))
_SPACES = frozenset(("globals", "locals", "vars"))


def following(tree: Nodes, code: str, gathered: Set[str]) -> frozenset[int]:
    """Where in the code such strings begin; `gathered` are names of dicts of keyword arguments."""
    places = Places(code)
    return frozenset(
        places.start(one)
        for node in tree
        for given in _given(node, gathered)
        for one in ast.walk(given)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def _given(node: ast.AST, gathered: Set[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from _arguments(func, args, gathered)
            for one in keywords:
                if one.arg is None and isinstance(one.value, ast.Dict):
                    yield from (key for key in one.value.keys if key)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _LISTS:
            yield value
        case ast.AugAssign(target=ast.Name(id=name), value=value) if name in _LISTS:
            yield value
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.FunctionDef(returns=ast.expr() as returns):
            yield returns
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant() as key):
            if name in gathered:
                yield key
        case ast.Subscript(value=ast.Attribute(attr="__dict__"), slice=ast.Constant() as key):
            yield key
        case ast.Subscript(value=ast.Call(func=ast.Name(id=name)), slice=ast.Constant() as key):
            if name in _SPACES:
                yield key
        case ast.Compare(left=ast.Constant() as key, comparators=[ast.Name(id=name)]):
            if name in gathered:
                yield key


def _arguments(func: ast.expr, args: list[ast.expr], gathered: Set[str]) -> Iterator[ast.expr]:
    match func:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in gathered:
            if attr in LOOKS_UP:
                yield from args[:1]
        case ast.Attribute(value=ast.Name(id="monkeypatch")):
            yield from args
    if (called := terminal(func)) in _BY_NAME:
        yield from args[_BY_NAME[called]]
