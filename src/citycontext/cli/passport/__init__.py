"""``citycontext mims``: what a city can prove about its openness."""
