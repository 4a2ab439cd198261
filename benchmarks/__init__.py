"""Measured claims: each against a bare floor in the same run, as a ratio. Never seconds, never a test."""
