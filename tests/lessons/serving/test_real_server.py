"""``transformers serve`` with the course's model: what the lab's page says of it, each night anew."""

import http.client
import json
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import yaml

from lessons.serving import client, measuring
from lessons.serving.folders import served
from lessons.serving.server import running
from solvedlabs import ROOT

PAGE = (ROOT / "docs/lesson-5/serving.py").read_text("utf-8")
ASKED = {"role": "user", "content": "What is the opposite of slow?"}


def fences(language):
    text = re.sub(r"^# ?", "", PAGE, flags=re.MULTILINE)
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.nightly
def test_a_stock_client_gets_a_streamed_answer_from_a_server_that_asks_no_network():
    shown = []
    with running(served("chat")) as server:
        opened = client.connect(server.address)
        answer = client.asker(opened, "chat", 40, client.now, shown.append)(ASKED["content"], 0.0)
        sent = {"model": "chat", "messages": [ASKED], "max_tokens": 40, "stream": True}
        sent["response_format"] = {"type": "json_object"}
        place = urlsplit(server.address).netloc
        with closing(http.client.HTTPConnection(place, timeout=60)) as raw:
            raw.request(
                "POST",
                "/v1/chat/completions",
                json.dumps(sent),
                {"Content-Type": "application/json"},
            )
            stream = raw.getresponse().read().decode()
        (hub := server.log.parent / "hub").rmdir()  # as where nothing was ever fetched from the Hub
        with pytest.raises(urllib.error.HTTPError) as without_cache:
            urllib.request.urlopen(f"{server.address}/models")
        hub.mkdir()
        with urllib.request.urlopen(f"{server.address}/models") as listed:
            models = json.load(listed)["data"]
        log = server.log.read_text("utf-8")
    assert models == []  # what lies in the Hub's cache, and not what is served
    assert without_cache.value.code == 500  # the page says so, and what to do
    without_cache.value.close()
    assert answer.ended == "stop"
    assert answer.text == "".join(shown)
    assert len(shown) > 0
    assert '"finish_reason":"stop"' in stream
    assert "[DONE]" not in stream  # the page says so
    first = json.loads(stream.split("\n")[0].removeprefix("data: "))
    assert not first["choices"][0]["delta"].get("content")  # the empty chunk that fools a clock
    assert "{" not in answer.text
    assert "Ignoring unsupported fields" in log
    assert "new version" not in log


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize("batching", [False, True])
def test_a_signal_in_the_middle_of_a_stream_loses_no_answer(batching):
    values = measuring.stop_cell("chat", batching, 4)
    assert values["finished"] == values["sent"] == 4
    assert values["refused"] == 1
    assert values["status"] == -15


def test_what_a_larger_machine_runs_is_yaml_and_shell_with_the_same_number_of_requests():
    (deployment,) = (yaml.safe_load(text) for text in fences("yaml"))
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    at = container["command"].index("--max-num-seqs")
    assert container["command"][at + 1] == "32"
    assert pod["terminationGracePeriodSeconds"] > 30
    words = [shlex.split(text) for text in fences("bash")]
    (vllm,) = (line for line in words if line[:2] == ["vllm", "serve"])
    assert vllm[vllm.index("--max-num-seqs") + 1] == "32"
    (sglang,) = (line for line in words if "sglang.launch_server" in line)
    assert "--max-running-requests" in sglang


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_each_shell_block_of_the_page_parses():
    for text in fences("bash"):
        done = subprocess.run(
            ["bash", "-n"], input=text, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
