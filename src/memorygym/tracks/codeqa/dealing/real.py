"""Deals an instance over a user's folder: so much of its code as the length asks for, as it is."""

import re
from collections.abc import Iterable, Mapping, Sequence

from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks.codeqa.dealing.asking import Runs
from memorygym.tracks.codeqa.dealing.deal import (
    LOG,
    Asked,
    Dealt,
    Where,
    observations,
    questions,
    tokens,
)
from memorygym.tracks.codeqa.dealing.floor import refuse_guessed
from memorygym.tracks.codeqa.dealing.folder import Folder
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


def deal_folder(seed: tuple[int, int], attempt: int, settings: Settings, folder: Folder) -> Dealt:
    """An instance over a folder. Raises BadSettings if it is too small, or easily guessed."""
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
    taken = _first(cut, settings.tokens - near)
    shown = _shown(files, cut, taken)
    asked = questions(shown, tree(shown), Runs(), settings, where)
    watched = observations(asked.told, rng(*where, "session"))
    if asked.log:
        shown[LOG] = asked.log
    made = _pages(shown, watched, settings, where)
    missing = settings.tokens - tokens(made, len(made) + settings.questions)
    filled = _shown(files, cut, _filled(cut, taken, missing, asked))
    filled |= {LOG: asked.log} if asked.log else {}
    made = _pages(filled, watched, settings, where)
    name = f"{folder.name}@{folder.hash[:16]}"
    return Dealt(name, filled, made, asked.chosen, asked.near)


def _first(cut: Cut, room: int) -> Taken:
    """Files for which there is room, and parts of those that are too long."""
    found: Taken = {}
    for path, parts in cut.items():
        for at, part in enumerate(parts):
            cost = _cost(told(path, rendered([part])))
            if cost <= room:
                found.setdefault(path, []).append(at)
                room -= cost
    return found


def _filled(cut: Cut, taken: Taken, missing: int, asked: Asked) -> Taken:
    """What is shown, and parts that name nothing that is asked about.

    Raises BadSettings if there are not enough.
    """
    named = {
        word for one in asked.chosen for need in one.needs
        for word in (*_NAME.findall(need.subject), need.key.rpartition(":")[2])
    }  # fmt: skip
    found = {path: list(numbers) for path, numbers in taken.items()}
    for path, parts in cut.items():
        for at, part in enumerate(parts):
            if missing <= CLOSE:
                return found
            cost = _cost(told(path, rendered([part])))
            held = at in taken.get(path, ())
            if not held and cost <= missing and named.isdisjoint(_NAME.findall("\n".join(part))):
                found.setdefault(path, []).append(at)
                missing -= cost
    if missing > CLOSE:
        raise BadSettings(f"{missing:,} tokens are missing: the source has no more code to show")
    return found


def _shown(files: Mapping[str, str], cut: Cut, taken: Taken) -> dict[str, str]:
    """The code of what is taken, whole files as they are."""
    return {
        path: files[path]
        if len(numbers) == len(cut[path])
        else rendered(cut[path][at] for at in sorted(numbers))
        for path, numbers in taken.items()
    }


def _pages(
    files: Mapping[str, str], watched: Sequence[Shown], settings: Settings, where: Where
) -> list[Page]:
    shown = [told(path, code) for path, code in files.items()]
    return pages([one for one in shown if one], watched, settings.form, rng(*where, "pages"))


def _cost(parts: Iterable[Shown]) -> int:
    """What paragraphs cost, and their share of an event's first line."""
    cost = sum(one.cost for one in parts)
    return cost + cost * HEAD // (FULL - 200)
