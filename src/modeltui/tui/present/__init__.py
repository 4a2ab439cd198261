"""Values as lines of text with roles. No state, no widgets; every text from data is made safe here."""
