"""The supervisor, tested with real small processes."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.local.supervisor import Backoff, NotReady, Program, Supervisor
from ops.waiting import wait_for

pytestmark = pytest.mark.slow
SERVER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2])); self.end_headers(); self.wfile.write(b"database missing")
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
SLEEPER = "import time; print('up', flush=True); time.sleep(60)"


def python(name: str, code: str, *args: str, ready_url: str | None = None, stage: int = 0, stop: float = 5) -> Program:
    argv = (sys.executable, "-c", code, *args)
    return Program(name=name, argv=argv, ready_url=ready_url, stage=stage, stop_seconds=stop)


def server(name: str, *, status: int = 200) -> Program:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return python(name, SERVER, str(port), str(status), ready_url=f"http://127.0.0.1:{port}/readyz")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def running(supervisor: Supervisor) -> threading.Thread:
    # run() installs signal handlers, which only the main thread may; the loop itself is what is under test.
    def loop() -> None:
        while not supervisor._is_stopping:
            time.sleep(0.02)
            for child in supervisor._children:
                supervisor._revive(child)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    return thread


def test_programs_are_ready_when_their_addresses_answer(tmp_path: Path) -> None:
    seen: list[str] = []
    with Supervisor([server("one"), server("two"), python("three", SLEEPER)], logs=tmp_path) as supervisor:
        supervisor.start()
        supervisor.wait_ready(say=seen.append)
        assert sorted(seen) == ["one", "two"]
        assert set(supervisor.pids()) == {"one", "two", "three"}


def test_a_program_that_says_503_is_named_with_its_own_words(tmp_path: Path) -> None:
    with Supervisor([server("lame", status=503)], logs=tmp_path) as supervisor:
        supervisor.start()
        with pytest.raises(NotReady, match=r"(?s)lame is not ready.*503: database missing"):
            supervisor.wait_ready(patience=1.5)


def test_a_program_that_dies_while_starting_is_shown_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = python("broken", "raise SystemExit('no such table: cases')")
    with Supervisor([broken, server("fine")], logs=tmp_path) as supervisor:
        supervisor.start()
        wait_for(lambda: "broken" not in supervisor.pids(), "it has ended")
        with pytest.raises(NotReady, match=r"(?s)broken ended with code 1.*no such table: cases"):
            supervisor.wait_ready()


def test_a_killed_program_comes_back(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor([python("phoenix", SLEEPER)], logs=tmp_path, say=said.append, backoff=Backoff(first=0.1)) as one:
        one.start()
        before = one.pids()["phoenix"]
        thread = running(one)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: one.pids().get("phoenix", before) != before, "it is started again")
        one.request_stop()
        thread.join(60)
    assert "phoenix ended with code -9" in said[0]


def test_what_a_killed_program_leaves_behind_goes_before_it_comes_back(tmp_path: Path) -> None:
    parent = f"""
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""
    note = tmp_path / "pid"
    program = python("parent", parent, str(note))
    with Supervisor([program], logs=tmp_path, say=lambda _: None, backoff=Backoff(first=30)) as one:
        one.start()
        wait_for(lambda: note.exists() and note.read_text(), "its child runs")
        thread = running(one)
        os.kill(one.pids()["parent"], signal.SIGKILL)
        wait_for(lambda: not is_alive(int(note.read_text())), "its child is gone")
        one.request_stop()
        thread.join(60)


def test_each_death_doubles_the_wait_up_to_a_limit() -> None:
    backoff = Backoff(first=0.5, longest=3)
    assert [backoff.after(deaths) for deaths in (1, 2, 3, 4, 9)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_the_last_stage_stops_first(tmp_path: Path) -> None:
    farewell = """
import pathlib, signal, sys, time
def leave(*_):
    time.sleep(0.2)
    with open(sys.argv[1], 'a') as book: book.write(sys.argv[2] + ' ')
    raise SystemExit
signal.signal(signal.SIGTERM, leave)
pathlib.Path(sys.argv[1] + sys.argv[2]).touch()
time.sleep(60)
"""
    book = tmp_path / "book"
    names = ("cellar", "house", "roof")
    programs = [python(name, farewell, str(book), name, stage=stage) for stage, name in enumerate(names)]
    with Supervisor(programs, logs=tmp_path) as supervisor:
        supervisor.start()
        wait_for(lambda: all(Path(f"{book}{name}").exists() for name in names), "all listen for signals")
    assert book.read_text().split() == ["roof", "house", "cellar"]


def test_one_deaf_to_sigterm_is_killed_with_its_children(tmp_path: Path) -> None:
    deaf = f"""
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""
    note = tmp_path / "pid"
    with Supervisor([python("deaf", deaf, str(note), stop=0.5)], logs=tmp_path) as supervisor:
        supervisor.start()
        wait_for(lambda: note.exists() and note.read_text(), "its child runs")
        pids = [*supervisor.pids().values(), int(note.read_text())]
    wait_for(lambda: not any(is_alive(pid) for pid in pids), "all are gone")


# As `crm.py up` does it: a signal is handled from before the first program starts.
OWNER = """
import contextlib, sys, pathlib
from ops.local.up import signals_as_interrupt
from ops.local.supervisor import Program, Supervisor
here = pathlib.Path(sys.argv[1])
(here / 'sleeper.py').write_text(sys.argv[2])
program = Program(name='child', argv=(sys.executable, '-m', 'sleeper'), env={'WHO': 'child'})
sys.path.insert(0, str(here))
import os
os.environ['PYTHONPATH'] = str(here)
with contextlib.suppress(KeyboardInterrupt), signals_as_interrupt():
    with Supervisor([program], logs=here, preload=sys.argv[3:]) as one:
        one.start()
        print(one.pids().get('child', 0), flush=True)  # it may have ended already
        sys.stdout.reconfigure(line_buffering=True)
        one.run()
"""


@contextmanager
def owner(tmp_path: Path, way: str, code: str = SLEEPER) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A supervisor in a process of its own, and the pid of its one program."""
    argv = [sys.executable, "-c", OWNER, str(tmp_path), code, *(["json"] if way == "forked" else [])]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        yield process, int(said(process))
        process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks and tells of deaths")
BOTH_WAYS = pytest.mark.parametrize("way", ["executed", pytest.param("forked", marks=LINUX)])


@BOTH_WAYS
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_supervisor_stops_its_programs(tmp_path: Path, way: str, number: signal.Signals) -> None:
    with owner(tmp_path, way) as (process, child):
        wait_for(lambda: "up" in (tmp_path / "child.log").read_text(), "the program runs")
        process.send_signal(number)
        assert process.wait(60) == 0
        assert not is_alive(child)


@LINUX
@BOTH_WAYS
def test_no_program_survives_a_killed_supervisor(tmp_path: Path, way: str) -> None:
    with owner(tmp_path, way) as (process, child):
        process.kill()
        process.wait()
        wait_for(lambda: not is_alive(child), "the program is gone")


@BOTH_WAYS
def test_a_program_has_its_own_environment_arguments_and_log(tmp_path: Path, way: str) -> None:
    code = "import os, sys, time; print(__name__, os.environ['WHO'], sys.argv[1:], os.getpgid(0) == os.getpid(), flush=True)"
    with owner(tmp_path, way, f"{code}; time.sleep(60)"):
        wait_for(lambda: (tmp_path / "child.log").read_text() == "__main__ child [] True\n", "it has said who it is")


@LINUX
@pytest.mark.parametrize(
    ("end", "code"), [("raise SystemExit(3)", 3), ("raise SystemExit('no')", 1), ("1 / 0", 1), ("", 0)]
)
def test_a_forked_program_ends_with_the_code_of_its_program(tmp_path: Path, end: str, code: int) -> None:
    with owner(tmp_path, "forked", end) as (process, _):
        assert f"child ended with code {code};" in said(process)


def test_what_a_program_prints_stands_in_its_log(tmp_path: Path) -> None:
    with Supervisor([python("speaker", SLEEPER)], logs=tmp_path) as supervisor:
        supervisor.start()
        wait_for(lambda: (tmp_path / "speaker.log").read_text() == "up\n", "it has spoken")
