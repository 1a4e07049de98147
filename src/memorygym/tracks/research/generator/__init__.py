"""The generator of instances, whose parameters are the fields of `settings`.

`relations` and `graph` make the facts, `programs` the question, `search_turns`, `prose` and
`task_texts` the texts; `length` adds filler up to the target length.
"""
