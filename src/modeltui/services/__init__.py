"""Everything a front end can ask for. Nothing here prints, and nothing but ModeltuiError is raised on purpose."""
