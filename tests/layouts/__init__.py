"""Layouts in which memories may keep facts, to test that the fact reader reads them all alike.

`development` holds those that the reader was written with, `blind` and `blind_later` those that
were written without a look at it, before and after the `blind` ones were mended, and first read
when it was finished; docs/fact_reading.md has all figures.
"""

from tests.layouts import blind, blind_later, development

LAYOUTS = {**development.LAYOUTS, **blind.LAYOUTS, **blind_later.LAYOUTS}
