"""Generates instances: `record` assembles one as JSON, under the knobs of `settings`.

`relations` and `graph` make the facts, `programs` the question, `search_turns`, `prose` and
`task_texts` the texts, `length` fills them up.
"""
