"""Adapters to other frameworks that play our tasks; they translate, and are no second engine.

`inspect_ai` (Inspect AI), `affinetes` (its server).
"""
