"""Opening a paper in a process of its own: a crafted one could ask for gigabytes, or for ever.

The child limits itself before it reads. It answers one line of JSON, then what is to be kept.
"""

import json
import resource
import subprocess
import sys
from typing import Any, Final

from coclause.core.refusals import Refused
from coclause.hours.papers.examining import Examined, examine, must_be_possible

MEMORY_BYTES: Final = 900 * 1024 * 1024
"""Address space of the child: twice what the largest picture accepted asks."""
SECONDS: Final = 20
TOO_HARD: Final = (
    "Ce fichier demande trop de mémoire ou de temps pour être ouvert : imprimez-le en PDF ou"
    " photographiez-le, puis déposez la copie."
)


def examine_apart(content: bytes) -> Examined:
    """As `examine`, whatever the content does to whoever opens it. Raises `Refused`."""
    must_be_possible(content)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", __name__],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a trace could repeat what the paper says
            timeout=SECONDS + 5,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise Refused(TOO_HARD) from None
    head, _, kept = ended.stdout.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise Refused(str(told["refused"]))
    return Examined(kept, str(told["type"]))


def main() -> None:
    """The child: the file on its entry, what is told and kept on its exit."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kept = b""
    try:
        found = examine(sys.stdin.buffer.read())
    except Refused as refusal:
        told: dict[str, Any] = {"refused": refusal.sentence}
    else:
        told, kept = {"type": found.content_type}, found.content
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + kept)


if __name__ == "__main__":
    main()
