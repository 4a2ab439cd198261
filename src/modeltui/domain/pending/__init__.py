"""Changes that wait: the plan that they come to, its limits, its files."""
