"""Whether the built site shows what the pages say, and leads nowhere else."""
