"""What a page consists of: blocks and their kinds, embedded sections, bound numbers, time to read."""
