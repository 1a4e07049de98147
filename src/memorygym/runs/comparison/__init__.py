"""The job of `compare`: the reasoner is held fixed and only the memory changes.

To play:    systems (the rows and their budgets), memory_specs (the memories), run (the job)
To measure: figures (of all episodes), significance (tests, ranks), sanity_checks (what must hold)
"""
