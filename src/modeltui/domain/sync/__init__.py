"""Models held against a registry: what changed there since it was last seen, and what of that the catalogue takes."""
