"""Search and sort keys: accents, case, hyphens and apostrophes left out.

PostgreSQL has neither ``unaccent`` nor ICU here: the key is worked out once, in Python, stored
beside the name, and used both to find and to sort.
"""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def plain_words(text: str) -> list[str]:
    """Split into lower-case ASCII words: ``"L'Isle-s/-Serein"`` → ``l isle s serein``."""
    spread = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    return _NOT_A_WORD.sub(" ", bare).split()


def search_key(text: str) -> str:
    """Return the key a name is found and sorted by: ``"St-Cœur"`` → ``"saint coeur"``."""
    return " ".join(_ABBREVIATIONS.get(word, word) for word in plain_words(text))


def search_words(name: str, *others: str) -> str:
    """Return all that finds a row: the words of its name, the name in one piece, and ``others``.

    The name in one piece answers those who type "lisle" for L'Isle.
    """
    key = search_key(name)
    words = [key, key.replace(" ", ""), *(other.lower() for other in others)]
    return " ".join(dict.fromkeys(words))


def prefix_query(words: list[str]) -> str:
    """Return the tsquery asking for all ``words``, each by its beginning, or for them in one piece.

    "st" may stand for "saint" or begin "strasbourg": both are asked for. ``words`` must come from
    ``plain_words``, which leaves nothing that a tsquery could take for an operator.
    """
    asked = [
        f"({word}:* | {_ABBREVIATIONS[word]}:*)" if word in _ABBREVIATIONS else f"{word}:*"
        for word in words
    ]
    in_one_piece = "".join(_ABBREVIATIONS.get(word, word) for word in words)
    return f"({' & '.join(asked)}) | {in_one_piece}:*"
