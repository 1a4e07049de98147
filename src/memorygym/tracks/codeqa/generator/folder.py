"""Deals an instance over a folder of the user's own Python code: so much of it as is asked for.

Every file is read as it is, and none is imported. A folder of which guessing gets too much right is
refused.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tokenize import detect_encoding

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.tracks.codeqa.answers import ask
from memorygym.tracks.codeqa.code_view import FULL, Page, ShownParagraph, chunks, pages, rendered
from memorygym.tracks.codeqa.generator.filler import HEAD, told
from memorygym.tracks.codeqa.generator.question_drafts import QuestionDrafter, Runs
from memorygym.tracks.codeqa.generator.question_selection import Chooser, Chosen
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.generator.syntax_tree import tree
from memorygym.tracks.codeqa.generator.synthetic import (
    LOG,
    GeneratedPackage,
    observations,
    questions,
    said,
    tokens,
    walker_of,
)

ASIDE = 160
"""Tokens that the session and the change log take for a question, more or less."""
CLOSE = 25
"""Tokens that may be missing."""
LimitHit = Mapping[str, Sequence[list[str]]]
"""By path: a file in its parts."""
Taken = dict[str, list[int]]
"""By path: the numbers of the parts that are shown."""
MOST = 0.1
"""Share of questions that the most frequent answer of their type may get right."""
ENOUGH = 10
"""Questions of a type, for its most frequent answer to say anything."""
DRAWS = 400
"""Drafts of each kind and number of hops."""

_SKIPPED = frozenset(("__pycache__", "site-packages", "node_modules"))
_PATH = re.compile(r"[^\s\]·]+\.py")
"""A path that a heading can name."""
_NAME = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Folder:
    """Code to ask about."""

    name: str
    files: Mapping[str, str]
    """Code by path, sorted; what does not parse is left out."""
    hash: str
    """SHA-256 over paths and bytes of all its Python files, those left out as well."""


@lru_cache(maxsize=2)
def folder_of(source: str) -> Folder:
    """The Python files below a folder, hidden ones and links left out. Raises BadSettings."""
    place = Path(source)
    if not place.is_dir():
        raise BadSettings(
            f"--source {source} is no folder; give one that holds Python code, or leave --source"
            " out for dealt packages"
        )
    digest = sha256()
    files: dict[str, str] = {}
    for path, data in _read(place):
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
        try:
            encoding, _ = detect_encoding(BytesIO(data).readline)
            code = data.decode(encoding).removeprefix("\ufeff")
            files[path] = re.sub(r"\r\n?", "\n", code)
            ast.parse(files[path])
        except (SyntaxError, ValueError, RecursionError):
            files.pop(path, None)
    if not files:
        raise BadSettings(
            f"--source {source} has no Python file that parses; give a folder that holds some"
        )
    return Folder(place.resolve().name, files, digest.hexdigest())


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.py"), key=Path.as_posix):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _SKIPPED for part in parts)
        plain = path.is_file() and not path.is_symlink()
        if plain and not hidden and _PATH.fullmatch("/".join(parts)):
            yield "/".join(parts), path.read_bytes()


def refuse_guessed(settings: CodeQASettings) -> None:
    """Raises BadSettings where guessing gets too many questions about the folder right."""
    share, number = _measured(replace(settings, tokens=0, form="files"))
    if share > MOST:
        raise BadSettings(
            f"--source {settings.source} is too easily guessed: always giving the most frequent"
            f" answer of a question's type is right for {share:.1%} of {number} questions, above"
            f" {MOST:.0%}; give a folder with more code, or with more varied code"
        )


@lru_cache(maxsize=8)
def _measured(settings: CodeQASettings) -> tuple[float, int]:
    """The share of how many questions that the most frequent answer of their type gets right.

    What the session invents is none of the folder's, and would hide how its own answers repeat.
    """
    files = folder_of(settings.source).files
    rng = named_rng("codeqa", "floor")
    told = [one for path, code in files.items() for one in said(path, code)]
    chooser = Chooser(QuestionDrafter(walker_of(tree(files), settings, rng), Runs()), told, rng)
    answers: dict[str, Counter[str]] = {}
    for one in (one for hops in sorted({*settings.hops}) for one in chooser.pool(hops, DRAWS)):
        query = ask(one.text)
        assert query
        kind = query.keys[0].partition(":")[0] if query.kind == "get" else query.kind
        answers.setdefault(kind, Counter())[one.truth] += 1
    enough = [one for one in answers.values() if one.total() >= ENOUGH]
    number = sum(one.total() for one in enough)
    return sum(max(one.values()) for one in enough) / max(number, 1), number


def generate_folder(
    seed: tuple[int, int], attempt: int, settings: CodeQASettings
) -> GeneratedPackage:
    """An instance over a folder. Raises BadSettings if it is too small, or easily guessed."""
    folder = folder_of(settings.source)
    files = folder.files
    where = ("codeqa", "tree", *seed, settings.tokens, attempt)
    most = sum(_cost(told(path, code)) for path, code in files.items())
    if most < settings.tokens:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach; {settings.source} has about {most:,}"
        )
    refuse_guessed(settings)
    order = list(files)
    named_rng(*where, "files").shuffle(order)
    near = ASIDE * settings.questions * (1 + settings.near_miss + settings.stale) // 3
    cut = {path: list(chunks(files[path].splitlines())) for path in order}
    taken: Taken = {}
    _take(cut, taken, settings.tokens - near)
    shown = _shown(files, cut, taken)
    asked = questions(shown, tree(shown), Runs(), settings, where)
    watched = observations(asked.told, named_rng(*where, "session"))

    def paged() -> tuple[dict[str, str], list[Page]]:
        final = _shown(files, cut, taken) | ({LOG: asked.log} if asked.log else {})
        parts = [part for path, code in final.items() if (part := told(path, code))]
        return final, pages(parts, watched, settings.form, named_rng(*where, "pages"))

    _, made = paged()
    missing = settings.tokens - tokens(made, len(made) + settings.questions)
    left = _take(cut, taken, missing, _named(asked.chosen), CLOSE)
    if left > CLOSE:
        raise BadSettings(f"{left:,} tokens are missing: the source has no more code to show")
    shown, made = paged()
    return GeneratedPackage(
        f"{folder.name}@{folder.hash[:16]}", shown, made, asked.chosen, asked.near
    )


def _take(
    cut: LimitHit, taken: Taken, room: int, named: Set[str] = frozenset(), close: int = 0
) -> int:
    """Takes the parts that fit and hold none of those names, until so little room is left.

    Returns what is left.
    """
    for path, parts in cut.items():
        held = {*taken.get(path, ())}
        for at, part in enumerate(parts):
            if at in held or room <= close:
                continue
            cost = _cost(told(path, rendered([part])))
            if cost <= room and named.isdisjoint(_NAME.findall("\n".join(part))):
                taken.setdefault(path, []).append(at)
                room -= cost
    return room


def _named(chosen: Iterable[Chosen]) -> Set[str]:
    """The words that name what is asked about."""
    return {
        word
        for one in chosen
        for need in one.needs
        for word in (*_NAME.findall(need.subject), need.key.rpartition(":")[2])
    }


def _shown(files: Mapping[str, str], cut: LimitHit, taken: Taken) -> dict[str, str]:
    """The code of what is taken, whole files as they are."""
    return {
        path: files[path]
        if len(numbers) == len(cut[path])
        else rendered(cut[path][at] for at in sorted(numbers))
        for path, numbers in taken.items()
    }


def _cost(parts: Iterable[ShownParagraph]) -> int:
    """What paragraphs cost, and their share of an event's first line."""
    cost = sum(one.cost for one in parts)
    return cost + cost * HEAD // (FULL - 200)
