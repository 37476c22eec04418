"""Before a bridge runs: checks, connections tried, messages recorded and played, IoT Agents read."""
