"""The shared types, the episode with its budgets and trace, and the interface of a track.

Read `types`, `episode` and `trace` first: everything else serves them.

types, json_values, errors          data: Task, Env, Memory, Policy, Message; JSON; exceptions
episode, budget, guard, tools       the episode: its loop, limits, checks of memories and calls
trace, trace_reader, outcome        the record of an episode, how to read it, its scores
track, statements                   one kind of task; facts as (subject, key, value)
registry, rng, tokens               parts by name, named randomness, token counts
schema, json_types, files, text     JSON Schemas, JSON as types, files, text in 80 columns
"""
