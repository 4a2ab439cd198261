"""Trees of other people's making, as a mapping file describes them: what lies where, and what it means in our words."""
