"""Deals an instance over a user's folder: so much of its code as the length asks for, as it is."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set

from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks.codeqa.dealing.asking import Runs
from memorygym.tracks.codeqa.dealing.choosing import Chosen
from memorygym.tracks.codeqa.dealing.deal import LOG, Dealt, observations, questions, tokens
from memorygym.tracks.codeqa.dealing.folder import folder_of, refuse_guessed
from memorygym.tracks.codeqa.dealing.growing import HEAD, told
from memorygym.tracks.codeqa.dealing.settings import Settings
from memorygym.tracks.codeqa.dealing.tree import tree
from memorygym.tracks.codeqa.showing import FULL, Page, Shown, chunks, pages, rendered

ASIDE = 160
"""Tokens that the session and the change log take for a question, more or less."""
CLOSE = 25
"""Tokens that may be missing."""
Cut = Mapping[str, Sequence[list[str]]]
"""By path: a file in its parts."""
Taken = dict[str, list[int]]
"""By path: the numbers of the parts that are shown."""
_NAME = re.compile(r"\w+")


def deal_folder(seed: tuple[int, int], attempt: int, settings: Settings) -> Dealt:
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
    rng(*where, "files").shuffle(order)
    near = ASIDE * settings.questions * (1 + settings.near_miss + settings.stale) // 3
    cut = {path: list(chunks(files[path].splitlines())) for path in order}
    taken: Taken = {}
    _take(cut, taken, settings.tokens - near)
    shown = _shown(files, cut, taken)
    asked = questions(shown, tree(shown), Runs(), settings, where)
    watched = observations(asked.told, rng(*where, "session"))

    def paged() -> tuple[dict[str, str], list[Page]]:
        final = _shown(files, cut, taken) | ({LOG: asked.log} if asked.log else {})
        parts = [part for path, code in final.items() if (part := told(path, code))]
        return final, pages(parts, watched, settings.form, rng(*where, "pages"))

    _, made = paged()
    missing = settings.tokens - tokens(made, len(made) + settings.questions)
    left = _take(cut, taken, missing, _named(asked.chosen), CLOSE)
    if left > CLOSE:
        raise BadSettings(f"{left:,} tokens are missing: the source has no more code to show")
    shown, made = paged()
    return Dealt(f"{folder.name}@{folder.hash[:16]}", shown, made, asked.chosen, asked.near)


def _take(cut: Cut, taken: Taken, room: int, named: Set[str] = frozenset(), close: int = 0) -> int:
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


def _shown(files: Mapping[str, str], cut: Cut, taken: Taken) -> dict[str, str]:
    """The code of what is taken, whole files as they are."""
    return {
        path: files[path]
        if len(numbers) == len(cut[path])
        else rendered(cut[path][at] for at in sorted(numbers))
        for path, numbers in taken.items()
    }


def _cost(parts: Iterable[Shown]) -> int:
    """What paragraphs cost, and their share of an event's first line."""
    cost = sum(one.cost for one in parts)
    return cost + cost * HEAD // (FULL - 200)
