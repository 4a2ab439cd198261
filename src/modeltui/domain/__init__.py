"""What a catalogue is and what may happen to it. Pure: no file, clock, network or environment."""
