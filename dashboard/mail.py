"""Sends a mail through the server that the settings name."""

import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib

from collector.smtp import Smtp

SECONDS = 20  # for the whole conversation


async def send_mail(smtp: Smtp, to: str, subject: str, text: str) -> None:
    """Hand a mail over. Raises SMTPException or OSError; no password goes over a wire in plain text."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = smtp.sender, to, subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice comes back
    message.set_content(text)
    context = await asyncio.to_thread(ssl.create_default_context)  # reads the system's certificates
    must = bool(smtp.user) and not smtp.tls and not smtp.local
    await aiosmtplib.send(
        message,
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.user or None,
        password=smtp.password or None,
        use_tls=smtp.tls,
        start_tls=False if smtp.tls or smtp.local else (True if must else None),
        tls_context=context,
        timeout=SECONDS,
    )
