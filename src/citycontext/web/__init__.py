"""HTTP under everything: which addresses may be reached, how much of an answer is taken, and the safe fetch."""
