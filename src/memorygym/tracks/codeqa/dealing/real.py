"""Deals an instance over a real tree: so much of its code as the length asks for, nothing run."""

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
    said,
    tokens,
)
from memorygym.tracks.codeqa.dealing.growing import HEAD, told
from memorygym.tracks.codeqa.dealing.packing import FULL, Page, Shown, pages
from memorygym.tracks.codeqa.dealing.settings import Settings
from memorygym.tracks.codeqa.dealing.tree import tree
from memorygym.tracks.codeqa.dealing.venturing import ventured
from memorygym.tracks.codeqa.showing import chunks, rendered

ASIDE = 160
"""Tokens that the session and the change log take for a question, more or less."""
CLOSE = 25
"""Tokens that may be missing."""
_NAME = re.compile(r"\w+")


def deal_tree(
    seed: tuple[int, int], attempt: int, settings: Settings, files: Mapping[str, str], name: str
) -> Dealt:
    """An instance over these files. Raises BadSettings if they are too few."""
    where = ("codeqa", "tree", *seed, settings.tokens, attempt)
    most = sum(_cost(told(path, code)) for path, code in files.items())
    if most < settings.tokens:
        raise BadSettings(
            f"{settings.tokens:,} tokens are out of reach; {settings.source} has about {most:,}"
        )
    order = list(files)
    rng(*where, "files").shuffle(order)
    near = ASIDE * settings.questions * (1 + settings.near_miss + settings.stale) // 3
    shown = _first(files, order, settings.tokens - near)
    seen = tree(shown)
    told_of = [one for path, code in shown.items() for one in said(path, code)]
    values = ventured(shown, told_of, rng(*where, "calls"))
    asked = questions(shown, seen, Runs(values or {}), settings, where)
    watched = observations(asked.told, rng(*where, "session"))
    if asked.log:
        shown[LOG] = asked.log
    made = _pages(shown, watched, settings, where)
    missing = settings.tokens - tokens(made, len(made) + settings.questions)
    filled = _filled(shown, files, order, missing, asked)
    made = _pages(filled, watched, settings, where)
    return Dealt(name, filled, made, asked.chosen, asked.near, values is not None)


def _first(files: Mapping[str, str], order: Iterable[str], room: int) -> dict[str, str]:
    """Whole files for which there is room."""
    found: dict[str, str] = {}
    for path in order:
        cost = _cost(told(path, files[path]))
        if cost <= room:
            found[path] = files[path]
            room -= cost
    return found


def _filled(
    shown: Mapping[str, str], files: Mapping[str, str], order: Iterable[str], missing: int,
    asked: Asked,
) -> dict[str, str]:  # fmt: skip
    """The shown files, and parts of others that name nothing that is asked about.

    Raises BadSettings if there are not enough.
    """
    named = {
        word for one in asked.chosen for need in one.needs
        for word in (*_NAME.findall(need.subject), need.key.rpartition(":")[2])
    }  # fmt: skip
    found = dict(shown)
    for path in order:
        parts: list[list[str]] = []
        for part in chunks(files[path].splitlines()) if path not in shown else ():
            cost = _cost(told(path, rendered([part])))
            if cost <= missing and named.isdisjoint(_NAME.findall("\n".join(part))):
                parts.append(part)
                missing -= cost
        if parts:
            found[path] = rendered(parts)
        if missing <= CLOSE:
            return found
    raise BadSettings(f"{missing:,} tokens are missing: the source has no more code to show")


def _pages(
    files: Mapping[str, str], watched: Sequence[Shown], settings: Settings, where: Where
) -> list[Page]:
    shown = [told(path, code) for path, code in files.items()]
    return pages([one for one in shown if one], watched, settings.form, rng(*where, "pages"))


def _cost(parts: Iterable[Shown]) -> int:
    """What paragraphs cost, and their share of an event's first line."""
    cost = sum(one.cost for one in parts)
    return cost + cost * HEAD // (FULL - 200)
