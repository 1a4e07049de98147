"""The shared types, the episode with its budgets and trace, and what a track must state.

types, json_values, errors          data: Task, Env, Memory, Policy, Message; JSON; exceptions
episode, budget, guard, tools       the episode: its loop, limits, checks of memories and calls
trace, trace_reader, outcome        what happened, how it is read, how each goal went
track, statements                   one kind of task; facts as statements, for most tracks
registry, rng, tokens, votes        parts by name, named randomness, token counts, judge votes
schema, json_types, files, text     JSON Schemas, JSON as types, files, text in 80 columns
"""
