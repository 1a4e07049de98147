"""The generator of tasks: `synthetic` makes the texts and questions, `recipe` a task of them.

`package` writes the code from `definitions` and `identifiers`, `known_code` holds what the reader
finds in it, `session` writes the observations; `question_drafts` and `question_selection` make the
questions; `distractors` and `stale_values` add what misleads; `settings` are the parameters.
"""
