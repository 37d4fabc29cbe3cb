"""The mail server's address, as an operator writes it."""

import pytest

from coclause.core.smtp import SmtpAddressError, SmtpServer, read_smtp_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://envoi%40ville.example:s%3Acret@mail.example:587?tls=1",
            SmtpServer("mail.example", 587, "envoi@ville.example", "s:cret", True, False),
        ),
        ("smtp://mail.example", SmtpServer("mail.example", 25, "", "", False, False)),
        ("smtps://mail.example", SmtpServer("mail.example", 465, "", "", False, True)),
    ],
)
def test_an_address_says_how_to_reach_the_server(url: str, expected: SmtpServer) -> None:
    """A password sent without encryption, or to another port, would be lost or read."""
    assert read_smtp_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25",
        "http://u:secret@mail.example",
        "smtp://u:secret@:25",
        "smtp://m:port",
        "smtp://u:secret@mail.example?ssl=1",
        "smtp://u:secret@mail.example:99999",
    ],
)
def test_a_mistake_is_said_without_the_password(url: str) -> None:
    """A mistyped option must not be ignored: messages would leave in clear."""
    with pytest.raises(SmtpAddressError, match="COCLAUSE_SMTP_URL ne se lit pas") as refusal:
        read_smtp_url(url)
    assert "secret" not in str(refusal.value)
