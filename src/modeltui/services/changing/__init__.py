"""Ways to change the catalogue, all of which end in the queue."""
