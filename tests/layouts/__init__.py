"""Layouts in which memories may keep facts, to test that the fact reader reads them all alike.

`development` holds those that the reader was written with, `blind` those that were written without
a look at it and first read when it was finished; docs/fact_reading.md has both figures.
"""
