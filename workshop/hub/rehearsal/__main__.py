"""The rehearsal: a hub, a teacher, some learners at once; then nothing of it is left."""

import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console
from websocket import WebSocketException

from course_lib.measuring.provenance import Provenance
from rehearsal.hub import Hub, running_hub
from rehearsal.memory import Watch, processes_of, taken_by
from rehearsal.people import Person
from rehearsal.report import Rehearsal, as_markdown
from rehearsal.work import name_of, work_through

console = Console(highlight=False, markup=False, soft_wrap=True)


@click.command()
@click.option("--learners", default=4, type=click.IntRange(1, 40), help="How many; 4 if left.")
@click.option("--lesson", default="05", help="Which lesson they work through; 05 if left.")
@click.option("--stay", is_flag=True, help="Keep the hub open until Ctrl-C, for you to try.")
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="Write the log there.")
def rehearse(learners: int, lesson: str, stay: bool, log: Path | None) -> None:
    """Rehearse a class on one hub: on this machine, for this machine alone."""
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.default_int_handler)
    lesson = lesson.zfill(2)
    name_of(lesson)
    try:
        with running_hub() as hub:
            teacher, class_ = gather(hub, learners)
            if stay:
                return keep_open(hub, [teacher, *class_])
            seen = work(hub, teacher, class_, lesson)
    except KeyboardInterrupt:
        console.print("Stopped. The hub, its servers and their files are gone.")
        sys.exit(130)
    except (RuntimeError, OSError, WebSocketException) as fault:  # OSError: does not answer
        console.print(
            f"Expected a rehearsal to its end, but {fault}. All of it is gone. Try fewer."
        )
        sys.exit(1)
    text = as_markdown(
        seen,
        origin=Provenance.of_this_run(),
        versions=f"JupyterHub {version('jupyterhub')}, JupyterLab {version('jupyterlab')}",
        command=f"python3 workshop/hub/rehearse.py --learners {learners} --lesson {lesson}",
    )
    console.print(text)
    if log:
        log.write_text(text, "utf-8")
    sys.exit(not seen.is_success)


def gather(hub: Hub, count: int) -> tuple[Person, list[Person]]:
    """Let the learners sign up and the teacher admit them."""
    console.print(f"The hub is up at {hub.address} after {hub.started_in_s:.1f} s.")
    teacher = Person("teacher", hub.address, hub.teacher_password)
    class_ = [Person(f"learner-{number}", hub.address) for number in range(1, count + 1)]
    at_once(Person.sign_up, class_)
    if any(at_once(Person.comes_in, class_)):
        raise RuntimeError("the hub let a learner in whom nobody had admitted")
    if teacher.comes_in("not the password") or not teacher.comes_in():
        raise RuntimeError("the hub takes a wrong password for the teacher's, or not the right one")
    teacher.ask_for_token()
    for learner in class_:
        teacher.admit(learner.name)
    if not all(at_once(Person.comes_in, class_)):
        raise RuntimeError("the hub turned a learner away whom the teacher had admitted")
    at_once(Person.ask_for_token, class_)
    console.print(f"{count} learners signed up, were admitted, and are in.")
    return teacher, class_


def keep_open(hub: Hub, people: list[Person]) -> None:
    """Show who can log in, and wait for Ctrl-C."""
    console.print(f"\nOpen {hub.address} and log in as one of them:\n")
    for person in people:
        console.print(f"    {person.name:12} {person.password}")
    console.print("\nThese accounts end with the rehearsal. Ctrl-C in this window ends it.")
    while True:
        time.sleep(3600)


def work(hub: Hub, teacher: Person, class_: list[Person], lesson: str) -> Rehearsal:
    """Let all learners start their servers and work through the lesson, at once."""
    seen = Rehearsal(lesson, hub_up_s=hub.started_in_s)
    seen.turned_away += [
        "Before the teacher admitted them, no learner came in; a wrong password for the "
        "teacher's account did not come in either."
    ]
    watch = Watch(hub.process)
    watch.start()
    names = [learner.name for learner in class_]
    seen.spawn_s = dict(zip(names, at_once(Person.start_server, class_), strict=True))
    console.print("All servers are ready.")
    seen.turned_away += strangers(class_)
    seen.idle = {name: taken_by(processes_of(hub.process, name)) for name in names}

    def timed(numbered: tuple[int, Person]) -> tuple[Any, float]:
        began = time.monotonic()
        done = work_through(numbered[1], lesson, answers=numbered[0] % 2 == 0)
        return done, time.monotonic() - began

    results = at_once(timed, list(enumerate(class_)))
    seen.done = [done for done, _ in results]
    seen.work_s = dict(zip(names, (seconds for _, seconds in results), strict=True))
    console.print("All learners are through.")
    seen.taken = {name: taken_by(processes_of(hub.process, name)) for name in names}
    seen.hub_taken = taken_by([hub.process, *hubs_own(hub)])
    seen.peak_mib = watch.end()
    at_once(Person.stop_server, class_)
    running = [u for u in teacher.ask("GET", "/hub/api/users").json() if u["servers"]]
    seen.are_all_gone = not running and not any(processes_of(hub.process, n) for n in names)
    return seen


def hubs_own(hub: Hub) -> list[psutil.Process]:
    """Find the hub's proxy."""
    return [p for p in hub.process.children() if "configurable-http-proxy" in " ".join(p.cmdline())]


def strangers(class_: list[Person]) -> list[str]:
    """Try to read another learner's files through the hub."""
    if len(class_) < 2:
        return []
    if not class_[0].is_turned_away_from(f"/user/{class_[1].name}/api/contents/"):
        raise RuntimeError("the hub let a learner into another learner's server")
    return ["Through the hub, no learner came into another one's server."]


def at_once(do: Callable[[Any], Any], people: list[Any]) -> list[Any]:
    """Let everybody do something at the same time."""
    pool = ThreadPoolExecutor(max_workers=len(people))
    try:
        return list(pool.map(do, people))
    finally:  # after Ctrl-C nobody waits for a cell to end: the hub goes first
        pool.shutdown(wait=False, cancel_futures=True)


if __name__ == "__main__":
    rehearse()
