"""What the broker answers: entities in the form asked for, and refusals (4.5, 5.5, 6.3)."""
