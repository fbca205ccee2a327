"""The people of a class, and what each of them does in a browser, through the same addresses."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from rehearsal.hub import wait_for

SPAWN_SECONDS = 300


@dataclass
class Person:
    """Someone with a browser, a name and a password of their own."""

    name: str
    hub: str  # its address
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    browser: requests.Session = field(default_factory=requests.Session)
    token: str = ""

    def sign_up(self) -> None:
        """Choose a password; the teacher has to admit whoever signed up."""
        chosen = {"signup_password": self.password, "signup_password_confirmation": self.password}
        self._fill_in("signup", {"username": self.name, **chosen}).raise_for_status()

    def comes_in(self, password: str | None = None) -> bool:
        """Try to log in, and say whether the hub lets one in."""
        filled = {"username": self.name, "password": password or self.password}
        answer = self._fill_in("login", filled)
        if answer.status_code not in (302, 200, 403):  # in, the form again, or not admitted
            answer.raise_for_status()
        return answer.status_code == 302

    def _fill_in(self, page: str, fields: dict[str, str]) -> requests.Response:
        address = f"{self.hub}/hub/{page}"
        self.browser.get(address, timeout=60).raise_for_status()
        data = {**fields, "_xsrf": self._xsrf()}
        return self.browser.post(address, data=data, allow_redirects=False, timeout=60)

    def _xsrf(self) -> str:
        """Return what the hub's pages send along so that no other page can act for them."""
        values = [c.value for c in self.browser.cookies if c.name == "_xsrf" and c.path == "/hub/"]
        return values[0] or ""

    def ask_for_token(self) -> None:
        """Get what stands for the password from now on, as JupyterLab does."""
        answer = self.browser.post(
            f"{self.hub}/hub/api/users/{self.name}/tokens",
            json={"note": "rehearsal", "expires_in": 3600},
            headers={"X-XSRFToken": self._xsrf()},
            timeout=60,
        )
        answer.raise_for_status()
        self.token = answer.json()["token"]

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask the hub or one's own server for something; anything but success is an error."""
        headers = {"Authorization": f"token {self.token}"}
        answer = requests.request(
            method, f"{self.hub}{path}", headers=headers, timeout=120, **options
        )
        answer.raise_for_status()
        return answer

    def start_server(self) -> float:
        """Start one's own server and return the seconds until it was ready."""
        began = time.monotonic()
        self.ask("POST", f"/hub/api/users/{self.name}/server")
        wait_for(f"the server of {self.name}", self._is_ready, seconds=SPAWN_SECONDS)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        servers = self.ask("GET", f"/hub/api/users/{self.name}").json()["servers"]
        return bool(servers) and servers[""]["ready"]

    def stop_server(self) -> None:
        """Stop one's own server and wait until it has gone."""
        self.ask("DELETE", f"/hub/api/users/{self.name}/server")
        wait_for(f"the end of the server of {self.name}", self._has_none, seconds=60)

    def _has_none(self) -> bool:
        return not self.ask("GET", f"/hub/api/users/{self.name}").json()["servers"]

    def admit(self, learner: str) -> None:
        """Let someone in who signed up; the teacher's to do, on the page /hub/authorize."""
        address = f"{self.hub}/hub/authorize/{learner}"
        self.browser.get(address, allow_redirects=False, timeout=60).raise_for_status()

    def is_turned_away_from(self, path: str) -> bool:
        """Say whether the hub keeps what lies there from one."""
        headers = {"Authorization": f"token {self.token}"}
        answer = requests.get(f"{self.hub}{path}", headers=headers, timeout=60)
        return answer.status_code in (401, 403, 404)
