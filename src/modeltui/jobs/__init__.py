"""Running test generations and keeping what became of them."""
