"""
What production must say, with nothing secret in it: for checks and for building, which connect to nothing.

    python -m deploy.production manage.py collectstatic --noinput
"""

import os
import sys

ENVIRONMENT = {
    "DEBUG": "false",
    "SECRET_KEY": "checked-only-never-used-" + "0123456789abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://assembly:assembly@127.0.0.1:5432/assembly",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "assembly.example.org",
    "ORIGINS": "https://assembly.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "TRUSTED_PROXY_COUNT": "1",
    "ACCEL_PREFIX": "/protected/",
    "JANUS_URL": "ws://127.0.0.1:8188",
    "JANUS_SECRET": "checked-only",
    "JANUS_ADMIN_KEY": "checked-only",
    "JANUS_RECORDINGS": "",
    "STUN_URLS": "",
    "TURN_URLS": "turns:relay.example.org:443",
    "TURN_SECRET": "checked-only",
}

if __name__ == "__main__":
    os.execve(sys.executable, [sys.executable, *sys.argv[1:]], {**os.environ, **ENVIRONMENT})
