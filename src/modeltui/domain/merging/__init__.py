"""Two sides of one file: fields that go together, conflicts, what came in."""
