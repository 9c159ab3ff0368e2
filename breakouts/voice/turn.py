"""Credentials for a relay that end by themselves (coturn's `use-auth-secret`). Pure."""

import hmac
from base64 import b64encode
from datetime import datetime
from typing import Any


def credentials(secret: str, name: str, until: datetime) -> tuple[str, str]:
    """User name and password, good until the given moment: base64 of HMAC-SHA1 over "<unix time>:<name>"."""
    username = f"{int(until.timestamp())}:{name}"
    digest = hmac.new(secret.encode(), username.encode(), "sha1").digest()
    return username, b64encode(digest).decode()


def ice_servers(stun: list[str], turn: list[str], secret: str, *, name: str, until: datetime) -> list[dict[str, Any]]:
    """What a browser's RTCPeerConnection takes as ``iceServers``."""
    servers: list[dict[str, Any]] = [{"urls": stun}] if stun else []
    if turn:
        username, password = credentials(secret, name, until)
        servers.append({"urls": turn, "username": username, "credential": password})
    return servers
