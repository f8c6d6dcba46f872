"""The files of a course: what git knows of them, and what is there without it."""

import subprocess
from fnmatch import fnmatch
from pathlib import Path

__all__ = ["GitError", "base", "changed", "files", "has_git", "text_at"]

# What a clone ignores: made by the commands, by Python or by an editor, in any folder or at the root.
MADE = (".git", ".venv", "venv", ".cache", "__pycache__", ".*_cache", "*.egg-info")
MADE_AT_ROOT = ("site", "dist")


class GitError(Exception):
    """Git is there and refuses; the message is its own."""


def has_git(root: Path) -> str | None:
    """Say why git cannot tell what changed: None if it can.

    A downloaded archive has no ``.git``, even where it was unpacked inside another repository.
    """
    if not (root / ".git").exists():
        return "this is no clone: there is no .git"
    try:
        git(root, "--version")
    except FileNotFoundError:
        return "there is no program git"
    return None


def git(root: Path, *arguments: str) -> str:
    """What a git command prints.

    Raises:
        FileNotFoundError: there is no program git.
        GitError: git refused.
    """
    done = subprocess.run(
        ["git", *arguments],
        cwd=root, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip() or f"exit status {done.returncode}"
        raise GitError(f"git {arguments[0]}: {said}")
    return done.stdout


def _names(listed: str) -> set[str]:
    return set(filter(None, listed.split("\0")))


def base(root: Path) -> str | None:
    """The commit that the work began from: where it left the main branch; None without any commit.

    Raises:
        GitError: git refused.
    """
    try:
        git(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")
    except GitError:
        return None
    try:
        return git(root, "merge-base", "HEAD", "origin/main").strip()
    except GitError:
        return "HEAD"  # a clone without that branch: what is not committed counts


def changed(root: Path) -> set[str] | None:
    """Names of the files that differ from the main branch, or that git does not track yet.

    Returns:
        Paths from the root; None if there is no commit to compare with.

    Raises:
        GitError: git refused.
    """
    new = _names(git(root, "ls-files", "-z", "--others", "--exclude-standard"))
    if (begun := base(root)) is None:
        return None
    return new | _names(git(root, "diff", "--name-only", "-z", "--relative", begun))


def text_at(root: Path, commit: str, name: str) -> str | None:
    """A file as it was in a commit; None if it was not there.

    Raises:
        GitError: git refused.
    """
    if not git(root, "ls-tree", "--name-only", commit, "--", name):
        return None
    return git(root, "show", f"{commit}:./{name}")


def files(root: Path) -> list[str]:
    """Names of all files that belong to the course: what git tracks or would add.

    Without git they are all that is there, but for what the commands make.

    Raises:
        GitError: git refused.
    """
    if has_git(root) is None:
        listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return sorted(name for name in _names(listed) if (root / name).is_file())
    found = []
    for path in root.rglob("*"):
        name = path.relative_to(root)
        made = any(fnmatch(part, pattern) for part in name.parts for pattern in MADE)
        if path.is_file() and not made and name.parts[0] not in MADE_AT_ROOT:
            found.append(name.as_posix())
    return sorted(found)
