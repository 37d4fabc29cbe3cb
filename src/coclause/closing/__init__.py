"""Closing a year: what a host, then the region, reported, kept beside what is counted today."""
