"""Memory-isolated scores: the reasoner is held fixed and only the memory changes.

To play:    arms (what each row sees), oracle, plugging (memories by their specs), playing
            (the job), canaries (may the set-up be trusted), timing, rebuilding, performing
To measure: figures (all episodes under one reasoner and budget), made of contests, gain and what
            report states; gates (what must hold first), agreement, curves, pareto
To tell:    columns and tables (text), file (JSON and CSV), reporting (all that a comparison tells)
"""
