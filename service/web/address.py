"""Addresses: what somebody typed as their e-mail address, checked and in the form that mail is sent to."""

from email_validator import EmailNotValidError, validate_email

__all__ = ["BadAddress", "read_address"]


class BadAddress(ValueError):
    """What was typed is no e-mail address that mail can be sent to."""


def read_address(text: str) -> str:
    """The address in `text`, its domain in ASCII (IDNA). No name server is asked. Raises `BadAddress`."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from error
    if found.ascii_email is None:
        raise BadAddress("the part before the @ must be ASCII")
    return found.ascii_email
