"""Training: the gym as an environment for reinforcement learning, with rewards and splits."""
