"""A provider inside this process: real pictures, films, sound and text, without key, network or cost."""
