"""The composition root: builds every part from the settings, hands them to each other, and owns their lifetimes."""
