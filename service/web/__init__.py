"""HTTP: the feeds in front, the pages behind them, and the guards around both."""
