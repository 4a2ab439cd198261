"""Workflows as they run: what fits together, what it costs, how far a chain is."""
