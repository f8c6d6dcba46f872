"""What pages and the course owe beside their blocks, and what would give them away."""
