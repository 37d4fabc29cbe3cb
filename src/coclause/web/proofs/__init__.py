"""Numbered documents: those of a clause, establishing one, verifying one without an account."""
