"""What a layout renders: blocks of facts, one a record, in the order of their statement."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One fact of a block's subject."""

    label: str
    """A noun phrase ("delivery vans", "employer", "default of quota"); for the kind "relation" a
    verb phrase ("supplies") between the subject and the value; for the kind "category" the word
    for a category ("group")."""
    value: str
    """As documents write it: "$1,940.6M", "9 March 2014" or "2014-03-09", "207, 808, 671",
    "Birch Marine", "sells silent turbines". Of the kind "shift": "20 higher than stated before"."""
    kind: str
    """int, float, text, enum, date, series, category, relation (verb phrase, value an entity),
    entity (noun phrase, value an entity), shift (a correction by an amount), code (the source of
    a function, several lines)."""
    qualifier: str = ""
    """What limits the fact, e.g. "from March 2003 to May 2010", "superseded"; mostly empty."""
    previous: str = ""
    """A value that this one replaced, if the text says so; mostly empty."""


@dataclass(frozen=True)
class Block:
    name: str
    """The subject: "Eastgate Ceramics", "glaze_basalt_weir", "the export of tide tables"."""
    kind: str
    """What it is: "company", "person", "function"."""
    items: tuple[Item, ...]
    date: str = ""
    """When it was stated: "10 January 2031", or empty."""
    source: str = ""
    """Who stated it: "Register", or empty."""
