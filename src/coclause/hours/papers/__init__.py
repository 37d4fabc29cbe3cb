"""Supporting papers: what is accepted, who puts, reads and erases them, how long they stay."""
