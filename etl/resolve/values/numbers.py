"""Numbers of persons that carry a check of their own."""

NHS_DIGITS = 10


def is_nhs_number(text: str) -> bool:
    """Tell whether the last of ten digits checks the others, as in numbers of the NHS.

    Each of the first nine is weighted by 10 down to 2; the sum and the last add up to a multiple of 11
    (NHS Data Model and Dictionary, "NHS number").
    """
    digits = [int(sign) for sign in text if sign.isdigit()]
    weighted = sum(weight * digit for weight, digit in zip(range(NHS_DIGITS, 0, -1), digits, strict=False))
    return len(digits) == NHS_DIGITS and weighted % 11 == 0
