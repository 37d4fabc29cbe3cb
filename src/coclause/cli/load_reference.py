"""`coclause load-reference`: territories of the whole country, CPV, contours of the region."""

import argparse
import importlib
import json

from django.conf import settings
from django.utils import timezone

from coclause.cli import database
from coclause.cli.parsing import RefusedError

# Both read the models, so they are imported once Django is set up.
LOADING = "coclause.reference.loading"
VALUES = "coclause.cli.values"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declares the command."""
    parser = subparsers.add_parser(
        "load-reference", help="charge territoires, codes CPV et contours, avec leur millésime"
    )
    parser.add_argument("--json", action="store_true", help="répond en JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Loads what changed, and says which vintage is now there under which licence."""
    database.prepare()
    loading = importlib.import_module(LOADING)
    try:
        datasets = loading.load_all(node_modules=settings.NODE_MODULES)
    except loading.LoadingError as error:
        raise RefusedError(str(error)) from error
    # A region that was just loaded gets its library.
    importlib.import_module(VALUES).load(day=timezone.localdate())
    fields = ("code", "title", "vintage", "licence", "rows")
    rows = [{field: getattr(dataset, field) for field in fields} for dataset in datasets]
    if args.json:
        print(json.dumps({"datasets": rows}, ensure_ascii=False))
    else:
        for row in rows:
            print("{title} : {rows} lignes, millésime {vintage}, {licence}".format(**row))
    return 0
