"""`python -m lightkeeper.health`: exit code 0 where the server on this machine answers. For containers: starts fast.

Knows the port and whether it is HTTPS from the environment, as the container's settings stand there.
"""

from __future__ import annotations

import http.client
import os
import ssl
import sys

_SECONDS = 2.0


def is_well(port: int, *, tls: bool) -> bool:
    """Ask the server on this machine. Its certificate is for its public name, which is not asked for here."""
    connection: http.client.HTTPConnection
    if tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", "/_lk/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    well = is_well(int(os.environ.get("LIGHTKEEPER_PORT", "8000")), tls="LIGHTKEEPER_TLS_CERT" in os.environ)
    sys.exit(0 if well else 1)
