import stat

import pytest

from coursekit.files import write_atomically


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "page.md"
    write_atomically(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "\ud800")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_written_file_keeps_its_mode_and_a_new_one_is_readable(tmp_path):
    file = tmp_path / "sub" / "page.md"
    write_atomically(file, "new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    file.chmod(0o755)
    write_atomically(file, "newer")
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
