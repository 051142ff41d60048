"""The network and its training: torch, and nothing of performance."""
