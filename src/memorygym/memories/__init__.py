"""The memories, one a file whose name is the memory's id, and what they are built from.

`stores` holds the parts that memories share, `shims` the wrappers around objects of other shapes,
`sandbox` the process in which a memory of somebody else runs.
"""
