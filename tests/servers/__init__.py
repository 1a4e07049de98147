"""Loopback servers that tests talk to in place of the network."""
