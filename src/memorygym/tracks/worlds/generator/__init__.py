"""From a seed to a task: entities, facts over time, prose, stream, questions."""
