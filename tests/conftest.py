from hypothesis import settings

pytest_plugins = ["pytester"]

# A busy machine and another day give the same verdict: no time limit, the same inputs in each run.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
