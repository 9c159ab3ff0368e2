"""A small OpenID Connect provider on a port of its own: real HTTP, a real signed token."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "assembly", "not a secret"


class Directory(ThreadingHTTPServer):
    """Says who ``person`` is to whoever asks with a code it gave out, once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.codes: set[str] = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def token(self) -> str:
        moment = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": moment, "exp": moment + 60, **self.person, **self.claims}
        return jwt.encode(claims, self.key, "RS256", headers={"kid": "1"})

    def keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}


class Desk(BaseHTTPRequestHandler):
    server: Directory

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        url = self.server.url
        match asked.path:
            case "/.well-known/openid-configuration":
                ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
                found = {f"{name}_endpoint": f"{url}/{path}" for name, path in ends.items()}
                self.say(found | {"issuer": url, "jwks_uri": f"{url}/keys"})
            case "/authorize":
                query = {name: values[0] for name, values in parse_qs(asked.query).items()}
                assert query["client_id"] == CLIENT and query["code_challenge_method"] == "S256"
                self.server.codes.add("one-code")
                back = urlencode({"code": "one-code", "state": query["state"]})
                self.send_response(302)
                self.send_header("Location", f"{query['redirect_uri']}?{back}")
                self.end_headers()
            case "/userinfo":
                self.say(self.server.person)
            case "/keys":
                self.say(self.server.keys())

    def do_POST(self) -> None:
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        code = said["code"][0]
        assert said["client_secret"] == [SECRET] and said["code_verifier"]
        if code not in self.server.codes:
            self.say({"error": "invalid_grant"}, 400)
            return
        self.server.codes.discard(code)
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": self.server.token()})

    def say(self, what: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Quiet."""
