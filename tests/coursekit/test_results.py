import pytest

from coursekit.config import Config
from coursekit.page.results import names, record, records


def test_recorded_experiments_are_read_by_name_in_order(course):
    course.result("speed", summary={"best": 7})
    file = course.result("accuracy", summary={"best": 0.5})
    config = Config.load(course.root)
    assert names(config) == ["accuracy", "speed"]
    assert record("speed", config) == {"summary": {"best": 7}}
    assert next(records(config)) == (file, {"summary": {"best": 0.5}})


def test_a_record_that_changed_is_read_anew(course):
    course.result("speed", summary={"best": 7})
    assert record("speed", Config.load(course.root))["summary"] == {"best": 7}
    course.result("speed", summary={"best": 8})
    assert record("speed", Config.load(course.root))["summary"] == {"best": 8}


def test_a_record_that_is_missing_is_named_with_those_that_are_there(course):
    course.result("speed", summary={})
    with pytest.raises(KeyError, match=r"no recorded experiment 'sped'; there are \['speed'\]"):
        record("sped", Config.load(course.root))
