"""Which models are shown, in which columns, order and groups."""
