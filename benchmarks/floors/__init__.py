"""The unavoidable work alone, one bare script each: what any program would have to do.

They are run by their path, and load nothing that they do not use.
"""
