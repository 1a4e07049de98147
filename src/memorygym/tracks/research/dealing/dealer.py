"""Deals one instance from its settings and the number of the attempt."""

from memorygym.core import JSON
from memorygym.rng import rng
from memorygym.tracks.research.dealing.distractors import distract
from memorygym.tracks.research.dealing.graph import Graph
from memorygym.tracks.research.dealing.length import add_turns, fill
from memorygym.tracks.research.dealing.ordering import order
from memorygym.tracks.research.dealing.programs import program
from memorygym.tracks.research.dealing.record import VERSION, record
from memorygym.tracks.research.dealing.settings import Settings
from memorygym.tracks.research.dealing.turns import Plan, plan


def deal(settings: Settings, attempt: int = 0) -> dict[str, JSON]:
    """The instance of that name, number and seed, not verified yet."""
    made = skeleton(settings, attempt)
    path = _path(settings, attempt)
    add_turns(rng(*path, "turns"), made)
    order(rng(*path, "order"), made)
    shown = fill(rng(*path, "filler"), made)
    return record(made, shown, attempt)


def skeleton(settings: Settings, attempt: int = 0) -> Plan:
    """All of an instance that its length does not depend on."""
    path = _path(settings, attempt)
    asked = program(rng(*path, "program"), settings.shape, settings.hops)
    made = plan(rng(*path, "chains"), settings, asked, Graph(rng(*path, "graph")))
    distract(rng(*path, "distractors"), made)
    return made


def _path(settings: Settings, attempt: int) -> tuple[str | int, ...]:
    return (VERSION, settings.seed, settings.template, settings.number, attempt)
