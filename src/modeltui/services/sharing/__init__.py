"""A catalogue shared through git: pull, push, and the merge driver."""
