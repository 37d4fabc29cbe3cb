"""Background work in tests: the real queue, on real commits.

`run_jobs()` for a test with `committed_db`: what the acts deferred is done when it returns, and
messages are in pytest-django's `mailoutbox`, or at an `smtp_server()` the settings point to.
`running_worker(address)` for a browser's journey: a worker beside the site, as in production.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.core.smtp_server import Mailbox

from coclause.core.jobs import worker_app

END_SECONDS = 20


def run_jobs() -> None:
    """Runs every job that may start now, and those they defer, until none is left.

    Needs `committed_db`: a worker sees only what is committed. Nothing is started by the clock,
    and a job planned for later stays. A job that fails fails the test; its traceback is logged.
    """
    # Of its own thread: Playwright keeps an event loop in the test's.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_work_until_empty).result()
    failed = ProcrastinateJob.objects.filter(status="failed")
    assert not failed, f"failed: {[job.task_name for job in failed]}"


def waiting_jobs() -> list[str]:
    """The names of the tasks queued and not started, oldest first."""
    todo = ProcrastinateJob.objects.filter(status="todo").order_by("pk")
    return [str(job.task_name) for job in todo]


@contextmanager
def running_worker(
    database_url: str, mail: Mailbox | Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A `coclause worker` on that database, as `coclause_app` reaches it; stopped after.

    `mail` is where messages go: a server (see `smtp_server`), or a folder, in which they are
    files of "courrier", as in the demonstration; when it is not said they are thrown away.
    """
    with TemporaryDirectory() as thrown_away:
        if isinstance(mail, Mailbox):
            where = {"COCLAUSE_SMTP_URL": mail.url}
        else:
            where = {"COCLAUSE_SMTP_URL": "", "COCLAUSE_STATE": str(mail or thrown_away)}
        process = subprocess.Popen(
            [sys.executable, "-m", "coclause.cli", "worker"],
            env=os.environ | {"COCLAUSE_DEMO": "1", "DATABASE_URL": database_url} | where,
        )
        try:
            yield process
            assert process.poll() in {None, 0}, "the worker stopped by itself"
        finally:
            process.terminate()
            process.wait(timeout=END_SECONDS)


def _work_until_empty() -> None:
    worker = worker_app(periodic=False)

    def close_after(call_next: Any, context: Any, running: Any) -> Any:
        # The thread's connection would outlive the test's database.
        try:
            return call_next()
        finally:
            connections.close_all()

    async def work() -> None:
        async with worker.open_async():
            await worker.run_worker_async(
                wait=False,
                concurrency=1,
                listen_notify=False,
                install_signal_handlers=False,
                task_middleware=[close_after],
            )

    asyncio.run(work())
