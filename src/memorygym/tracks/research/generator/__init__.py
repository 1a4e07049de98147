"""Generates instances: `record` assembles one as JSON, under the parameters of `settings`.

`relations` and `graph` make the facts, `programs` the question, `search_turns`, `prose` and
`task_texts` the texts, `length` fills them up.
"""
