"""Loaders of public data sets: local files as samples of units and questions; none is shipped.

A format is one file; its name is its id. What formats share begins with an underscore.
"""
