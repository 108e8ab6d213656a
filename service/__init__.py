"""studybell: one schedule in, everybody's calendar and inbox right."""

__version__ = "0.1.0"
