"""Twenty stories over a link that is cut again and again: our worker's sync beside what others would use."""
