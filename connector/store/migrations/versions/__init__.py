"""One module a step, in the order of their names; a released step is never edited."""
