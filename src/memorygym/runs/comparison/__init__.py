"""Memory-isolated scores: the reasoner is held fixed and only the memory changes.

To play:    arms (what each row sees), plugging (the memories), playing (the job)
To measure: contests (tests and ranks), figures (all episodes under one reasoner and budget),
            gates (what must hold first), curves (against span or cost)
To tell:    columns and tables (text), file (JSON and CSV), reporting (all that a comparison tells)
"""
