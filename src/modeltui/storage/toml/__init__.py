"""Reading, editing and merging the text of a file, each edit proved by another parser."""
