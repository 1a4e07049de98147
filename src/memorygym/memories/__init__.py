"""The memories, one file each; the file's name is the memory's id.

`stores` holds the parts that memories share, `shims` the wrappers around objects of other classes,
`sandbox` the process in which a memory from outside this package runs.
"""
