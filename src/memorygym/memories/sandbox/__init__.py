"""Memories of other people, each in a process of its own that never holds the answers.

`placement` (which memory runs where), `process` (the parent's side), `server` (the child's side),
`import_guard` (what the child may not import), `module_files` (where modules are).
"""
