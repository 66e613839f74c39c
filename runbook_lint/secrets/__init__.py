"""What is a secret and what only looks like one. Knows texts, not files, rules or findings."""
