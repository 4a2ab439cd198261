"""The version, for the package's metadata as well: to ask the metadata for it takes 15 ms of every start."""

VERSION = "0.1.0"
