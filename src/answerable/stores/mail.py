"""One message by e-mail (RFC 5321, 5322), through the server that the settings name.

Nothing of a caller is ever in it. What the server answered is told as its code: 250 taken, 4xx try again, 5xx refused;
0 where nobody answered in time.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote

from answerable.config import Smtp
from answerable.errors import InputError, SettingsError
from answerable.model.times import SECOND_US, from_us

MAILTO = "mailto:"
WAIT_S = 10.0
TAKEN = 250
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


def mail_address(told: str) -> str:
    """The address of `mailto:watch@alder.example`. Raises InputError."""
    address = unquote(told.removeprefix(MAILTO))
    if not told.startswith(MAILTO) or _ADDRESS.fullmatch(address) is None:
        raise InputError(f"{told!r} is not an address such as mailto:watch@alder.example")
    return address


def read_password(smtp: Smtp) -> str:
    """The password of the server's user; "" where there is no user. Raises SettingsError."""
    if not smtp.user:
        return ""
    if smtp.password_file is None:
        raise SettingsError("`smtp.user` is set, and `smtp.password-file` is not: where is the password?")
    try:
        return smtp.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{smtp.password_file}: the password cannot be read: {fault}") from fault


def send_mail(
    smtp: Smtp,
    address: str,
    *,
    subject: str,
    text: str,
    id: str,  # noqa: A002
    at_us: int,
    password: str = "",
) -> int:
    """Send one message: the server's code, 0 where nobody answered. `id` is the same at each try."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = smtp.sender, address, subject
    message["Date"] = format_datetime(from_us(at_us // SECOND_US * SECOND_US))
    message["Message-ID"] = f"<{id}@{smtp.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    message.set_content(text)
    try:
        with _connected(smtp) as server:
            if smtp.user:
                server.login(smtp.user, password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as fault:
        return next((code for code, _ in fault.recipients.values()), 0)
    except smtplib.SMTPResponseException as fault:
        return fault.smtp_code
    except (smtplib.SMTPException, OSError, ValueError):
        return 0
    return TAKEN


def _connected(smtp: Smtp) -> smtplib.SMTP:
    """A server that was greeted; encrypted before anything is said, where the settings ask for it."""
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=WAIT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(smtp.host, smtp.port, timeout=WAIT_S)
    if smtp.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
