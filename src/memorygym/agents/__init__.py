"""Policies that play episodes: scripted ones, honest and adversarial, and a chat model."""
