"""The neutral company: one firm as every stand-in renders it, in the columns of the file bundle."""
