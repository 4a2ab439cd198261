"""The command line: one module for each noun, thin over the services."""
