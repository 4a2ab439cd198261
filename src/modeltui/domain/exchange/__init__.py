"""Other people's formats: what a file of theirs says about models, and models as a file of theirs."""
