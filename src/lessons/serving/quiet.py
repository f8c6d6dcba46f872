"""Keeps back what libraries say while they are loaded."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back progress bars and warnings of imports: of kernels for GPUs that are not there, for example.

    What fails is raised as ever.
    """
    with redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
