"""What an act may answer instead of happening. The sentence is for the user, in French."""


class Refused(Exception):  # noqa: N818  a refusal is an answer, not an error of the program
    """The act did not happen, nothing changed, and the sentence says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Conflict(Refused):
    """Somebody else acted first."""
