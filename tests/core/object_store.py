"""A real object store that speaks S3: OpenStack Swift, one of each of its servers, one disk.

Nothing of it is replaced: rings, account, container and object servers, the S3 door and its
signatures. Only copies are fewer: one, where a region keeps three.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
SERVERS = ("account", "container", "object")
KEY, SECRET, BUCKET, REGION = "essai:pieces", "secret-essai", "pieces", "eu-essai"

STORAGE = """[DEFAULT]
{common}
bind_port = {port}
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
fallocate_reserve = 0
"""
PROXY = """[DEFAULT]
{common}
bind_port = {port}
[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:slo]
use = egg:swift#slo
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_essai_pieces = {secret} .admin
"""


RINGS = """
import json, sys, warnings
warnings.simplefilter("ignore")  # so few copies
from swift.common.ring import RingBuilder
place, ports = sys.argv[1], json.loads(sys.argv[2])
for name, port in ports.items():
    ring = RingBuilder(4, 1, 0)
    ring.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1",
                  "weight": 1, "replication_ip": "127.0.0.1", "replication_port": port, "meta": ""})
    ring.rebalance()
    ring.get_ring().save(f"{place}/{name}.ring.gz")
"""
"""Where each server keeps things: one copy, on one disk. Apart, for Swift changes its process."""


@dataclass(frozen=True)
class ObjectStore:
    """Where it answers, and the environment that plugs CoClause into it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "COCLAUSE_PAPERS_S3": f"s3://{BUCKET}?endpoint={self.endpoint}&region={REGION}",
            "COCLAUSE_PAPERS_S3_KEY": KEY,
            "COCLAUSE_PAPERS_S3_SECRET": SECRET,
        }


@contextmanager
def running(place: Path) -> Iterator[ObjectStore]:
    """An empty store under `place`, without any bucket, stopped after."""
    ports = {name: _free_port() for name in (*SERVERS, "proxy")}
    _configure(place, ports)
    processes = []
    try:
        for name in ports:
            program = [sys.executable, str(BIN / f"swift-{name}-server"), f"{place}/{name}.conf"]
            log = (place / f"{name}.log").open("wb")
            processes.append(
                subprocess.Popen(
                    program,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"SWIFT_DIR": str(place)},
                    cwd=place,
                )
            )
            log.close()
        for port in ports.values():
            _wait_for(port)
        yield ObjectStore(f"http://127.0.0.1:{ports['proxy']}")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def _configure(place: Path, ports: dict[str, int]) -> None:
    (place / "disks/d1").mkdir(parents=True)
    (place / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = essai\nswift_hash_path_prefix = essai\n"
        "[storage-policy:0]\nname = one\ndefault = yes\n"
    )
    common = (
        f"swift_dir = {place}\ndevices = {place}/disks\nmount_check = false\n"
        "bind_ip = 127.0.0.1\nworkers = 0\nlog_level = ERROR\n"
        f"user = {_me()}"
    )
    for name in SERVERS:
        facts = {"common": common, "port": ports[name], "name": name}
        (place / f"{name}.conf").write_text(STORAGE.format(**facts))
    proxy = PROXY.format(common=common, port=ports["proxy"], region=REGION, secret=SECRET)
    (place / "proxy.conf").write_text(proxy)
    rings = json.dumps({name: ports[name] for name in SERVERS})
    subprocess.run([sys.executable, "-c", RINGS, place, rings], check=True)


def _me() -> str:
    return os.environ.get("USER") or "root"


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the object store does not answer")
