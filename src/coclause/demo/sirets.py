"""SIRETs that pass every check and that nobody holds."""

from stdnum import luhn


def siret(number: int) -> str:
    """The SIRET of the fictitious organisation of that number, below 100 000.

    INSEE gives no SIREN that begins with 000.
    """
    siren = f"000{number:05d}"
    siren += luhn.calc_check_digit(siren)
    establishment = f"{siren}0001"
    return establishment + luhn.calc_check_digit(establishment)
