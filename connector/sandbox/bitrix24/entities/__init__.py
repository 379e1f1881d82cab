"""The portal's entities: which fields each has, and how they show the neutral rows."""
