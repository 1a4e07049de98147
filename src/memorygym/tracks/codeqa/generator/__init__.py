"""The generator of instances: `synthetic` makes one, `record` writes it as JSON.

`package` writes the code from `definitions` and `identifiers`, `known_code` holds what the reader
finds in it, `session` writes the observations; `question_drafts` and `question_selection` make the
questions; `distractors`, `stale_values` and `filler` add text; `settings` are the parameters.
"""
