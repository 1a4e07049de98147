"""The generator of instances: `synthetic` makes one, `record` writes it as JSON.

`package` writes the code from `definitions` and `identifiers`, `session` the observations;
`question_drafts`, `paths` and `question_selection` make the questions; `distractors`,
`stale_values` and `filler` add text; `syntax_tree` parses code; `settings` are the parameters.
"""
