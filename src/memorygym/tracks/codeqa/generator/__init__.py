"""The generator of tasks: `recipe` makes the texts and questions, and a task of them.

`package` writes the code from `definitions` and `identifiers`, `known_code` holds what the reader
finds in it, `session` writes the observations; `question_drafts` makes and selects the questions;
`distractors` adds what misleads; `settings` are the parameters.
"""
