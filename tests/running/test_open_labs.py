import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from course_lib.running.open_labs import address_in, open_lab_of


class Api(BaseHTTPRequestHandler):
    """Says of itself what Jupyter's server says."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "2.21"}' if self.path == "/api" else b"")

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Write what a running JupyterLab keeps about itself."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    (tmp_path / "runtime").mkdir()

    def write(url, **changes):
        known = {"url": url, "root_dir": str(tmp_path), "pid": os.getpid(), "token": "t"}
        file = tmp_path / "runtime/jpserver-1.json"
        file.write_text(json.dumps({**known, **changes}))
        return file

    return write


def test_an_open_lab_of_this_folder_is_found(server, record, tmp_path, monkeypatch):
    record(server)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # is not asked
    (tmp_path / "link").symlink_to(tmp_path)
    assert open_lab_of(tmp_path)["url"] == server
    assert open_lab_of(tmp_path / "link")["url"] == server


def test_the_lab_of_another_folder_is_left_alone(server, record, tmp_path):
    record(server, root_dir=str(tmp_path / "other"))
    assert open_lab_of(tmp_path) is None


def test_the_record_of_a_killed_lab_is_noticed(server, record, tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    file = record(server, pid=ended.pid)
    assert open_lab_of(tmp_path) is None
    assert not file.exists()


def test_a_record_whose_process_number_went_to_another_program_is_noticed(record, tmp_path):
    record("http://127.0.0.1:9/")
    assert open_lab_of(tmp_path) is None


@pytest.mark.parametrize("spoilt", ["", "{}", '{"pid": 1, "root_dir": "/"}'])
def test_a_spoilt_record_is_no_lab(server, record, tmp_path, spoilt):
    record(server).write_text(spoilt)
    assert open_lab_of(tmp_path) is None


def test_records_that_cannot_be_read_are_no_lab(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "jpserver-1.json").mkdir()
    assert open_lab_of(tmp_path) is None


def test_the_address_holds_the_token_and_the_page():
    server = {"url": "http://localhost:8888/", "token": "t"}
    assert address_in(server, "/lab") == "http://localhost:8888/lab?token=t"
    assert address_in({"url": "http://localhost:8888/"}, "/lab") == "http://localhost:8888/lab"
