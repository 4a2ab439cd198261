"""What a model takes: specifications of inputs, and what values are held to."""
