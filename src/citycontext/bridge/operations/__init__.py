"""What operators look at and ask of a running bridge: pages, metrics, logs, signals."""
