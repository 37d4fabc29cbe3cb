"""Published contracts into the tables: all the files of an import, or nothing of them.

Rows are read, sorted on disk, merged contract by contract and written by batches; a
contract already known keeps what the new files do not say again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from coclause.watch.choices import ContractKind, Social
from coclause.watch.decp import RawContract, Rejected, read_decp, recognise
from coclause.watch.decp.merging import supersede
from coclause.watch.decp.values import text
from coclause.watch.duplicates import link_duplicates
from coclause.watch.models import (
    KEPT_REJECTIONS,
    ImportedFile,
    ImportRun,
    PublishedContract,
    PublishedHolder,
    PublishedState,
)
from coclause.watch.records import Rows, from_rows, to_rows
from coclause.watch.staging import Stage, open_stage
from coclause.watch.territories import Territories

CONTRACTS_AT_A_TIME = 1000
_KEY = ["buyer_siret", "published_id", "kind"]
_MARKS = ["fingerprint", "last_changed", "last_seen"]

Key = tuple[str, str, str]


@dataclass(slots=True)
class ImportResult:
    """What an import found. `contracts` and `concessions` count each of them once."""

    rows: int = 0
    contracts: int = 0
    concessions: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    social: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """The answer of `coclause import-decp --json`."""
        return {
            "rows": self.rows,
            "contracts": self.contracts,
            "concessions": self.concessions,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": [{"where": one.where, "why": one.why} for one in self.rejected],
            "social": {value: self.social[value] for value in Social.values},
        }


def import_files(
    paths: Sequence[Path],
    *,
    day: date,
    dry_run: bool = False,
    territories: Territories | None = None,
) -> ImportResult:
    """Import files of published contracts, recognised by their content.

    `day` is the day of the import: it bounds the dates that can be true. `dry_run` does
    everything and undoes it, so that its answer is the real one. `territories` places contracts
    in their département and region. Raises `UnreadableFile`, and then nothing is kept.
    """
    result = ImportResult()
    run = ImportRun(day=day, started_at=timezone.now())
    with open_stage() as stage:
        files = [_stage_file(stage, path, rank, day, result) for rank, path in enumerate(paths)]
        with transaction.atomic():
            _write_all(run, stage, files, territories or Territories(), result)
            if dry_run:
                transaction.set_rollback(True)
    return result


def _stage_file(
    stage: Stage, path: Path, rank: int, day: date, result: ImportResult
) -> ImportedFile:
    """Read a file whole; its record is for the run to come."""
    format_ = recognise(path)
    before = result.rows
    stage.add(_accepted(path, day, result), file=rank)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return ImportedFile(
        name=text(path.name, 255),
        sha256=sha256,
        format=format_.value,
        rows=result.rows - before,
    )


def _write_all(
    run: ImportRun,
    stage: Stage,
    files: Sequence[ImportedFile],
    territories: Territories,
    result: ImportResult,
) -> None:
    run.save()
    for file in files:
        file.run = run
    ImportedFile.objects.bulk_create(files)
    contracts = stage.contracts()
    while batch := list(islice(contracts, CONTRACTS_AT_A_TIME)):
        _store(batch, run, territories, result)
    link_duplicates(run)
    _close(run, result)


def _accepted(path: Path, day: date, result: ImportResult) -> Iterator[RawContract]:
    for row in read_decp(path, today=day):
        if isinstance(row, Rejected):
            result.rows += row.whole_row
            result.rejected.append(Rejected(text(row.where), text(row.why), row.whole_row))
        else:
            result.rows += 1
            yield row


def _store(
    batch: Sequence[RawContract], run: ImportRun, territories: Territories, result: ImportResult
) -> None:
    known = _known(batch)
    unchanged: list[int] = []
    outdated: list[int] = []
    to_write: list[tuple[Rows, str]] = []
    for contract in batch:
        old = known.get(contract.key)
        rows = to_rows(supersede(from_rows(old), contract) if old else contract, territories)
        fingerprint = rows.fingerprint
        _count(result, rows)
        if old and old.fingerprint == fingerprint:
            unchanged.append(old.pk)
            continue
        if old:
            outdated.append(old.pk)
        to_write.append((rows, fingerprint))
    PublishedContract.objects.filter(pk__in=unchanged).update(last_seen=run)
    _write(to_write, outdated, run)
    result.unchanged += len(unchanged)
    result.changed += len(outdated)
    result.new += len(to_write) - len(outdated)


def _known(batch: Sequence[RawContract]) -> dict[Key, PublishedContract]:
    found = PublishedContract.objects.filter(
        buyer_siret__in={contract.buyer_siret for contract in batch},
        published_id__in={contract.published_id for contract in batch},
    ).prefetch_related("states", "holders")
    return {(one.buyer_siret, one.published_id, one.kind): one for one in found}


def _count(result: ImportResult, rows: Rows) -> None:
    if rows.contract["kind"] == ContractKind.CONCESSION:
        result.concessions += 1
    else:
        result.contracts += 1
    result.social[rows.contract["social"]] += 1


def _write(to_write: Iterable[tuple[Rows, str]], outdated: list[int], run: ImportRun) -> None:
    """New and changed contracts, with all their states and holders."""
    written = list(to_write)
    if not written:
        return
    PublishedState.objects.filter(contract__in=outdated).delete()
    PublishedHolder.objects.filter(contract__in=outdated).delete()
    contracts = PublishedContract.objects.bulk_create(
        [
            PublishedContract(
                **rows.contract,
                fingerprint=fingerprint,
                first_seen=run,
                last_changed=run,
                last_seen=run,
            )
            for rows, fingerprint in written
        ],
        update_conflicts=True,
        unique_fields=_KEY,
        # What the file says and the marks of this run; who follows the contract is not touched.
        update_fields=[*(name for name in written[0][0].contract if name not in _KEY), *_MARKS],
    )
    whole = [(contract, rows) for contract, (rows, _) in zip(contracts, written, strict=True)]
    PublishedState.objects.bulk_create(
        PublishedState(contract=contract, **row) for contract, rows in whole for row in rows.states
    )
    PublishedHolder.objects.bulk_create(
        PublishedHolder(contract=contract, **row)
        for contract, rows in whole
        for row in rows.holders
    )


def _close(run: ImportRun, result: ImportResult) -> None:
    run.rows = result.rows
    run.contracts = result.contracts
    run.concessions = result.concessions
    run.new = result.new
    run.changed = result.changed
    run.unchanged = result.unchanged
    run.rejected_count = len(result.rejected)
    run.rejected = result.as_dict()["rejected"][:KEPT_REJECTIONS]
    run.finished_at = timezone.now()
    run.save()
