"""Measures what guessing gets right of what can be asked about a folder, and refuses too much."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks.codeqa.dealing.asking import Asker, Draft, Runs
from memorygym.tracks.codeqa.dealing.choosing import Chooser
from memorygym.tracks.codeqa.dealing.deal import said, walker_of
from memorygym.tracks.codeqa.dealing.folder import folder_of
from memorygym.tracks.codeqa.dealing.settings import Settings
from memorygym.tracks.codeqa.dealing.tree import tree
from memorygym.tracks.codeqa.querying import ask

MOST = 0.1
"""Share of questions that the most frequent answer of their type may get right."""
ENOUGH = 10
"""Questions of a type, for its most frequent answer to say anything."""
DRAWS = 400
"""Drafts of each kind and number of hops."""


def refuse_guessed(settings: Settings) -> None:
    """Raises BadSettings where guessing gets too many questions about the folder right."""
    share, number = _measured(replace(settings, tokens=0, form="files"))
    if share > MOST:
        raise BadSettings(
            f"--source {settings.source} is too easily guessed: always giving the most frequent"
            f" answer of a question's type is right for {share:.1%} of {number} questions, above"
            f" {MOST:.0%}; give a folder with more code, or with more varied code"
        )


@lru_cache(maxsize=8)
def _measured(settings: Settings) -> tuple[float, int]:
    """The floor over the whole folder, which all of its instances share.

    What the session invents is none of the folder's, and would hide how its own answers repeat.
    """
    files = folder_of(settings.source).files
    chance = rng("codeqa", "floor")
    told = [one for path, code in files.items() for one in said(path, code)]
    chooser = Chooser(Asker(walker_of(tree(files), settings, chance), Runs()), told, chance)
    return guessed(one for hops in sorted({*settings.hops}) for one in chooser.pool(hops, DRAWS))


def guessed(drafts: Iterable[Draft]) -> tuple[float, int]:
    """The share that the most frequent answer of its type gets right, and of how many questions.

    Types with too few questions do not count.
    """
    answers: dict[str, Counter[str]] = {}
    for one in drafts:
        answers.setdefault(_type(one.text), Counter())[one.truth] += 1
    enough = [one for one in answers.values() if one.total() >= ENOUGH]
    number = sum(one.total() for one in enough)
    return sum(max(one.values()) for one in enough) / max(number, 1), number


def _type(text: str) -> str:
    query = ask(text)
    assert query
    return query.keys[0].partition(":")[0] if query.kind == "get" else query.kind
