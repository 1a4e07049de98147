"""The job of `compare`: the reasoner is fixed and only the memory changes.

Play:    system_specs (the rows and their budgets), memory_specs (how memories are made), run (the
         job), replay_check (a rebuilt memory must act alike)
Measure: figures (of all episodes), significance (tests and ranks), sanity_checks
"""
