"""The request that a model file describes, and the values that go into it."""
