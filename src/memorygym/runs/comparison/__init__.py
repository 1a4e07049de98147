"""Memory-isolated scores: the reasoner is held fixed and only the memory changes.

`systems` says what each row sees, `memory_specs` makes the memories, `run` is the job, `figures`
and `significance` measure it, `sanity_checks` must hold first.
"""
