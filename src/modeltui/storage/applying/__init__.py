"""All of a plan or nothing: journal, stage, swap, and what an interruption leaves."""
