"""Gives a tree of Python files other names and other literals, the same ones everywhere in it."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath

from memorygym.rng import rng
from memorygym.tracks.codeqa.sources.binding import Binding, binding
from memorygym.tracks.codeqa.sources.following import following
from memorygym.tracks.codeqa.sources.importing import imports
from memorygym.tracks.codeqa.sources.lexing import Token, fields, quoted, tokens
from memorygym.tracks.codeqa.sources.literals import is_word, meant, numbers, reworded, units
from memorygym.tracks.codeqa.sources.places import reparsed
from memorygym.tracks.codeqa.sources.wording import Words, pieces, told

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
