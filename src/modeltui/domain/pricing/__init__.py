"""What a run costs: rates, factors, tokens, and how that comes about."""
