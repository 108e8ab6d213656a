"""Sources: where the organiser's documents are read from. studybell never writes to them."""
