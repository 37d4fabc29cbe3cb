"""Steering: early warnings, shortfalls reported to the buyer, what the buyer decides."""
