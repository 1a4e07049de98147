"""Other frameworks that play our tasks: translations to them, and no second engine.

`inspect_ai` (Inspect AI), `affinetes` (its server).
"""
