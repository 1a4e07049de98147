"""What a trace is worth: grades, scores, why a question was missed, what the episode cost.

`episode_scores` (outcomes and score), `attribution` (why a question was missed), `provenance`
(where a fact went), `usage` (calls, tokens, money), `grading` (by type, no model), `judge`
(optional).
"""
