"""What an experiment is; each page's own stand in its folder, in `experiments`."""
