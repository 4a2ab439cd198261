"""What each file of a catalogue may say. Only `fatal` is free of pydantic; load the rest where it is needed."""
