"""Generates instances: `synthetic` or `folder` makes one, `record` assembles it as JSON.

`package` writes code of `definitions` under names of `identifiers`, `session` the observations;
`question_drafts`, `paths` and `question_selection` ask; `distractors`, `stale_values` and `filler`
hide; `syntax_tree` reads code; `settings` are the parameters.
"""
