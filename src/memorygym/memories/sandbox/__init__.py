"""The sandbox: each memory that is not built in runs in a process that never holds the answers.

`placement` decides where a memory runs, `process` is the parent's side, `server` the child's side,
and `import_guard` refuses imports in the child.
"""
