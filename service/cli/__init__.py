"""The command line: each command is a thin call into the rooms below, and speaks to a person."""
