"""Settings: studybell.toml and the environment, read once, checked whole, and handed down as values."""
