"""What each file of a catalogue may say. Only `fatal` and `sound` are free of pydantic; load the rest
where it is needed."""
