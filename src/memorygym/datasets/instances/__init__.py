"""Instances: tasks as files. What one is (schemas), a folder of them (files), and whether that
folder is what it says (verifier); how an instance is played (tasks)."""
