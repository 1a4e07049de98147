"""Memory-isolated scores: the reasoner is held fixed and only the memory changes (design §5).

To play:    arms (what each row sees), plugging (memories by their specs), minds (who reasons and
            writes), canaries (may the set-up be trusted), timing, rebuilding, playing (one world),
            performing (all of them)
To measure: measures (one episode), figures (all episodes under one reasoner and budget), made of
            contests, gain and what report states; gates (what must hold first), agreement, curves,
            pareto
To tell:    columns and tables (text), file (JSON and CSV), reporting (all that a comparison tells)
"""
