"""The generator of instances from a folder of the user's own Python code, up to a target length.

Files are read unchanged and never imported. A folder whose answers are too easy to guess is
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
from memorygym.tracks.codeqa.code_view import (
    EVENT_TOKENS,
    Page,
    ShownParagraph,
    chunks,
    joined_chunks,
    pages,
)
from memorygym.tracks.codeqa.generator.filler import HEAD, shown_file
from memorygym.tracks.codeqa.generator.question_drafts import QuestionDrafter, Runs
from memorygym.tracks.codeqa.generator.question_selection import QuestionSelector, SelectedQuestion
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.generator.syntax_tree import parse_tree
from memorygym.tracks.codeqa.generator.synthetic import (
    LOG,
    GeneratedPackage,
    observations,
    questions,
    statements_in,
    tokens,
    walker_of,
)

SESSION_TOKENS = 160
"""Approximate tokens of the session and the change log per question."""
TOLERANCE = 25
"""Most tokens that an instance may be short of its target."""
FileParts = Mapping[str, Sequence[list[str]]]
"""By path: the parts of a file."""
ShownParts = dict[str, list[int]]
"""By path: the indexes of the shown parts."""
HIGHEST_GUESS_RATE = 0.1
"""Highest accuracy allowed for always giving the most frequent answer of a question's type."""
FEWEST_QUESTIONS = 10
"""Fewest questions of a type for which its most frequent answer counts."""
DRAWS = 400
"""Drafts of each kind and number of hops."""

_SKIPPED = frozenset(("__pycache__", "site-packages", "node_modules"))
_PATH = re.compile(r"[^\s\]·]+\.py")
"""A path that can stand in a heading."""
_NAME = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Folder:
    """The code of a folder."""

    name: str
    files: Mapping[str, str]
    """Code by path, sorted; files that do not parse are left out."""
    hash: str
    """SHA-256 of the paths and bytes of all its Python files, including those left out."""


@lru_cache(maxsize=2)
def folder_of(source: str) -> Folder:
    """The Python files below a folder, without hidden files and links. Raises BadSettings."""
    folder = Path(source)
    if not folder.is_dir():
        raise BadSettings(
            f"--source {source} is not a folder; give a folder with Python code, or leave --source"
            " out for generated packages"
        )
    digest = sha256()
    files: dict[str, str] = {}
    for path, data in _read(folder):
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
            f"--source {source} has no Python file that parses; give a folder with valid Python"
        )
    return Folder(folder.resolve().name, files, digest.hexdigest())


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.py"), key=Path.as_posix):
        parts = path.relative_to(folder).parts
        is_skipped = any(part.startswith(".") or part in _SKIPPED for part in parts)
        is_file = path.is_file() and not path.is_symlink()
        if is_file and not is_skipped and _PATH.fullmatch("/".join(parts)):
            yield "/".join(parts), path.read_bytes()


def refuse_guessable(settings: CodeQASettings) -> None:
    """Raises BadSettings if guessing answers too many questions about the folder."""
    share, number = _guess_rate(replace(settings, tokens=0, form="files"))
    if share > HIGHEST_GUESS_RATE:
        raise BadSettings(
            f"--source {settings.source} is too easy to guess: always giving the most frequent"
            f" answer of a question's type is right for {share:.1%} of {number} questions, above"
            f" {HIGHEST_GUESS_RATE:.0%}; give a folder with more code, or with more varied code"
        )


@lru_cache(maxsize=8)
def _guess_rate(settings: CodeQASettings) -> tuple[float, int]:
    """The accuracy of always giving the most frequent answer, and the number of questions.

    The session is left out: its invented facts would hide how often the folder's answers repeat.
    """
    files = folder_of(settings.source).files
    rng = named_rng("codeqa", "floor")
    statements = [draft for path, code in files.items() for draft in statements_in(path, code)]
    chooser = QuestionSelector(
        QuestionDrafter(walker_of(parse_tree(files), settings, rng), Runs()), statements, rng
    )
    answers: dict[str, Counter[str]] = {}
    for draft in (
        draft for hops in sorted({*settings.hops}) for draft in chooser.pool(hops, DRAWS)
    ):
        query = ask(draft.text)
        assert query
        kind = query.keys[0].partition(":")[0] if query.kind == "get" else query.kind
        answers.setdefault(kind, Counter())[draft.truth] += 1
    counters = [draft for draft in answers.values() if draft.total() >= FEWEST_QUESTIONS]
    number = sum(draft.total() for draft in counters)
    return sum(max(draft.values()) for draft in counters) / max(number, 1), number


def generate_folder(
    seed: tuple[int, int], attempt: int, settings: CodeQASettings
) -> GeneratedPackage:
    """An instance from a folder. Raises BadSettings if it is too small or too easy to guess."""
    folder = folder_of(settings.source)
    files = folder.files
    stream_path = ("codeqa", "tree", *seed, settings.tokens, attempt)
    available = sum(_cost(shown_file(path, code)) for path, code in files.items())
    if available < settings.tokens:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach; {settings.source} has about"
            f" {available:,}; give fewer --tokens or a larger folder"
        )
    refuse_guessable(settings)
    order = list(files)
    named_rng(*stream_path, "files").shuffle(order)
    reserved = SESSION_TOKENS * settings.questions * (1 + settings.near_miss + settings.stale) // 3
    parts = {path: list(chunks(files[path].splitlines())) for path in order}
    shown_parts: ShownParts = {}
    _take(parts, shown_parts, settings.tokens - reserved)
    shown = _shown(files, parts, shown_parts)
    planned = questions(shown, parse_tree(shown), Runs(), settings, stream_path)
    session = observations(planned.facts, named_rng(*stream_path, "session"))

    def paged() -> tuple[dict[str, str], list[Page]]:
        final = _shown(files, parts, shown_parts) | ({LOG: planned.log} if planned.log else {})
        paragraphs_ = [part for path, code in final.items() if (part := shown_file(path, code))]
        return final, pages(paragraphs_, session, settings.form, named_rng(*stream_path, "pages"))

    _, pages_ = paged()
    missing = settings.tokens - tokens(pages_, len(pages_) + settings.questions)
    missing_tokens = _take(
        parts, shown_parts, missing, _question_words(planned.selected), TOLERANCE
    )
    if missing_tokens > TOLERANCE:
        raise BadSettings(
            f"{missing_tokens:,} tokens are missing: the source has no more code to show"
        )
    shown, pages_ = paged()
    return GeneratedPackage(
        f"{folder.name}@{folder.hash[:16]}", shown, pages_, planned.selected, planned.distractors
    )


def _take(
    file_parts: FileParts,
    shown_parts: ShownParts,
    tokens_left: int,
    excluded: Set[str] = frozenset(),
    close: int = 0,
) -> int:
    """Adds the parts that fit and contain no excluded name, until `close` tokens are left.

    Returns the number of tokens left.
    """
    for path, parts in file_parts.items():
        shown = {*shown_parts.get(path, ())}
        for index, part in enumerate(parts):
            if index in shown or tokens_left <= close:
                continue
            cost = _cost(shown_file(path, joined_chunks([part])))
            if cost <= tokens_left and excluded.isdisjoint(_NAME.findall("\n".join(part))):
                shown_parts.setdefault(path, []).append(index)
                tokens_left -= cost
    return tokens_left


def _question_words(selected: Iterable[SelectedQuestion]) -> Set[str]:
    """The words of all names in questions."""
    return {
        word
        for question in selected
        for need in question.needs
        for word in (*_NAME.findall(need.subject), need.key.rpartition(":")[2])
    }


def _shown(
    files: Mapping[str, str], file_parts: FileParts, shown_parts: ShownParts
) -> dict[str, str]:
    """The code of the shown parts; whole files stay unchanged."""
    return {
        path: files[path]
        if len(numbers) == len(file_parts[path])
        else joined_chunks(file_parts[path][index] for index in sorted(numbers))
        for path, numbers in shown_parts.items()
    }


def _cost(parts: Iterable[ShownParagraph]) -> int:
    """The tokens of paragraphs, and their share of the headers of events."""
    cost = sum(paragraph.cost for paragraph in parts)
    return cost + cost * HEAD // (EVENT_TOKENS - 200)
