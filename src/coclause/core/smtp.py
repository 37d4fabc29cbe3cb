"""The address of an SMTP server, as one line of the environment gives it."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}


class SmtpAddressError(ValueError):
    """The address cannot be read; the sentence, in French, shows the form expected."""


@dataclass(frozen=True)
class SmtpServer:
    """What Django asks to know of a server. `starttls` and `ssl` exclude each other."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    ssl: bool


def read_smtp_url(url: str) -> SmtpServer:
    """Reads `smtp://user:password@host:port?tls=1`: `tls=1` asks for STARTTLS, `smtps://` for
    encryption from the first byte. Raises `SmtpAddressError`, which never repeats the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refusal() from error
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme not in PORTS or not parts.hostname or set(options) - {"tls"}:
        raise _refusal()
    return SmtpServer(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp" and options.get("tls") == ["1"],
        ssl=parts.scheme == "smtps",
    )


def _refusal() -> SmtpAddressError:
    return SmtpAddressError(
        "COCLAUSE_SMTP_URL ne se lit pas ; la forme attendue est"
        " smtp://utilisateur:motdepasse@serveur:587?tls=1"
    )
