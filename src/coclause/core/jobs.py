"""Background work: a procrastinate queue in the same PostgreSQL as everything else.

A task is a function of a room's `tasks.py`, found by itself at start-up:

    from procrastinate.contrib.django import app

    @app.task(lock="what-it-works-on")
    def read_programme(programme: int) -> None:
        with acting_as("read-programme", day=timezone.localdate()):
            ...

    read_programme.defer(programme=programme.pk)

`defer` writes the job through Django's connection: it exists when the caller's transaction is
committed, and never if that one is undone. A job may be run twice (its worker died after the
work): it looks first at what is already done. `lock` is held in the database: two jobs of the
same lock never run at once. Arguments are numbers and codes, never something about a person.
"""

from procrastinate import App
from procrastinate.contrib.django import app, django_connector


def worker_app(*, periodic: bool = True) -> App:
    """The app that a worker runs: Django must be set up.

    Fetching jobs needs a connection of its own, which listens. procrastinate's Django command
    gives it to the whole app: then a task that defers another one does it outside its own
    transaction. Here the tasks keep Django's connection. Without `periodic`, nothing is started
    by the clock.
    """
    connector = django_connector.DjangoConnector().get_worker_connector()
    worker = App(connector=connector, worker_defaults=app.worker_defaults)
    worker.tasks = app.tasks
    if periodic:
        worker.periodic_registry = app.periodic_registry
    return worker
