"""Layouts in which memories may keep facts, to test that the fact reader reads them all alike.

`development` holds those that the first reader was written with. `blind`, `blind_later` and
`blind_last` were written without a look at the reader of their time, `strangers` by somebody who
had seen neither it nor the others; docs/fact_reading.md has all figures.
"""

from tests.layouts import blind, blind_last, blind_later, development, strangers

KINDS = {
    "development": development.LAYOUTS,
    "blind": blind.LAYOUTS,
    "blind, later": blind_later.LAYOUTS,
    "blind, last": blind_last.LAYOUTS,
    "strangers": strangers.LAYOUTS,
}
LAYOUTS = {name: layout for layouts in KINDS.values() for name, layout in layouts.items()}
PLAIN = ("blind, last", "strangers")
"""Kinds whose layouts hold no code and name no sources."""
LOSSY = {"tsv_merged", "prose_profile", "changelog"}
"""Layouts that break code."""
