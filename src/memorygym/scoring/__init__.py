"""What a trace is worth: outcomes, where each miss was lost, what it cost, how answers are graded.

`episode_scores` (any track's outcomes), `attribution` (why a miss was missed), `provenance` (where
a fact went), `usage` (calls, tokens, money), `grading` (typed, no model), `judge` (optional).
"""
