"""Subscriptions in force, and notifications on their way (5.8, 5.11)."""
