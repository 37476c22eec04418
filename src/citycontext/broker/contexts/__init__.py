"""Where the broker's @contexts come from, and those it keeps for others (4.4, 5.13)."""
