"""Test generations: single ones, batches and chains of them, their files and prices."""
