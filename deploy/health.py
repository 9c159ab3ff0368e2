"""Exit 0 when the server of this container answers: `python deploy/health.py 8000 /readyz`."""

import http.client
import os
import sys


def main(port: str, path: str) -> int:
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    # As the proxy says it, or the answer would be a way to https.
    connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
    return 0 if status == 200 else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:3]))
    except OSError as error:
        sys.exit(str(error))
