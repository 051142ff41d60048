"""Hands and networks become events, and changes become feedback."""
