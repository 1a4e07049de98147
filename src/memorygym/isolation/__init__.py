"""Memory-isolated scores: the reasoner is held fixed and only the memory changes.

To play:    arms (what each row sees), plugging (the memories), playing (the job)
To measure: figures (all episodes under one reasoner and budget) with contests, as report states
            them; gates (what must hold first), curves, pareto
To tell:    columns and tables (text), file (JSON and CSV), reporting (all that a comparison tells)
"""
