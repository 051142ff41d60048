"""The audio thread and everything that may touch it."""
