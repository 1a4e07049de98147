"""Deals an instance over a real tree: so much of its code as the length asks for, nothing run.

Only calls of small functions are ventured behind walls, and those kept whose value is beyond doubt.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from memorygym.errors import BadSettings
from memorygym.instances.model import Found
from memorygym.rng import Stream, rng
from memorygym.statements import Known, Statement
from memorygym.tracks.codeqa.answering import answer
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
from memorygym.tracks.codeqa.dealing.naming import QUALIFIERS
from memorygym.tracks.codeqa.dealing.settings import Settings
from memorygym.tracks.codeqa.dealing.tree import tree
from memorygym.tracks.codeqa.dealing.walking import telling
from memorygym.tracks.codeqa.dealing.writing import number
from memorygym.tracks.codeqa.executing import definitions, executed
from memorygym.tracks.codeqa.querying import Query
from memorygym.tracks.codeqa.showing import FULL, Page, Shown, chunks, pages, rendered
from memorygym.tracks.codeqa.sources.confining import can_confine

ASIDE = 160
"""Tokens that the session and the change log take for a question, more or less."""
CLOSE = 25
"""Tokens that may be missing."""
Cut = Mapping[str, Sequence[list[str]]]
"""By path: a file in its parts."""
Taken = dict[str, list[int]]
"""By path: the numbers of the parts that are shown."""
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
    cut = {path: list(chunks(files[path].splitlines())) for path in order}
    taken = _first(cut, settings.tokens - near)
    shown = _shown(files, cut, taken)
    values = ventured(
        shown, [one for path, code in shown.items() for one in said(path, code)],
        rng(*where, "calls"),
    )  # fmt: skip
    asked = questions(shown, tree(shown), Runs(values or {}), settings, where)
    watched = observations(asked.told, rng(*where, "session"))
    if asked.log:
        shown[LOG] = asked.log
    made = _pages(shown, watched, settings, where)
    missing = settings.tokens - tokens(made, len(made) + settings.questions)
    filled = _shown(files, cut, _filled(cut, taken, missing, asked))
    filled |= {LOG: asked.log} if asked.log else {}
    made = _pages(filled, watched, settings, where)
    return Dealt(name, filled, made, asked.chosen, asked.near, values is not None)


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


MOST = 2
"""Arguments of a call."""
_WORD = re.compile(r"\w{5,40}$")


def ventured(
    files: Mapping[str, str], told: Iterable[Statement], chance: Stream
) -> dict[str, str] | None:
    """What calls return of which the reader and Python behind walls say the same.

    None where there are no walls on this machine.
    """
    if not can_confine():
        return None
    known = Known(told)
    said: dict[str, str] = {}
    for call in _calls(files, chance):
        found = answer(Query("output", (), told=call), known)
        if isinstance(found, Found) and _is_telling(found.answer, call):
            said[call] = found.answer
    ran = executed(files, list(said)) if said else []
    return {call: one for (call, one), seen in zip(said.items(), ran, strict=True) if one == seen}


def _calls(files: Mapping[str, str], chance: Stream) -> Iterator[str]:
    for name, text in definitions(files).items():
        match ast.parse(text).body:
            case [ast.FunctionDef(args=args)] if not (args.vararg or args.kwonlyargs or args.kwarg):
                needed = len(args.posonlyargs) + len(args.args) - len(args.defaults)
                kinds = ("number", "text")
                for kind in product(kinds, repeat=needed) if 0 < needed <= MOST else ():
                    given = (_argument(one, chance) for one in kind)
                    yield f"{name}({', '.join(given)})"


def _argument(kind: str, chance: Stream) -> str:
    if kind == "number":
        return str(number(chance))
    return f"'{chance.choice(QUALIFIERS).title()} {chance.choice(QUALIFIERS)}'"


def _is_telling(value: str, call: str) -> bool:
    """Whether it is a value that one does not guess from the call."""
    if value.casefold() in call.casefold():
        return False
    return telling(value) or _WORD.match(value) is not None
