"""What the bridge holds until it is delivered, in one file: messages, and dead letters with their reasons."""
