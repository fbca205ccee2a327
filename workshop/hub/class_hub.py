"""What every hub of a class is told, wherever it runs; the rehearsal is told the same.

JupyterHub 5 or later reads this file: The Littlest JupyterHub through ``tljh_class.py``, a cluster
through ``values.yaml``, the rehearsal through ``rehearsal/config.py``.

No password is shipped. The teacher's is generated when the hub starts for the first time and lies
in ``teacher-password``, beside the hub's database, for the hub's own account alone. Learners
choose theirs when they sign up, and come in once the teacher admits them.
"""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TEACHER = "teacher"
PASSWORD_FILE = Path("teacher-password")  # JupyterHub keeps its own files in the current folder too
SHORTEST_PASSWORD = 10
LANDING = "/lab/tree/workspace/notebooks"
EVERYWHERE = "http://:8000"  # where JupyterHub listens if nobody says otherwise

_COME_WITH_THE_HUB = ("None", "firstuse")  # nobody chose it; there, whoever is first owns a name
_LET_ANYONE_IN = ("dummy", "tmpauth")


def configure(c: Any) -> None:
    """Set what a class needs; a login that the teacher chose before, such as OAuth, stays.

    Parameters
    ----------
    c : JupyterHub's configuration, as it was read so far

    Raises
    ------
    SystemExit
        If anybody could come in from another machine without a password of their own.
    """
    login = str(c.JupyterHub.get("authenticator_class"))
    refuse_open_door(login, listens_at(c))
    c.Spawner.default_url = LANDING
    if any(word in login for word in _COME_WITH_THE_HUB):
        c.JupyterHub.authenticator_class = class_authenticator()
        c.Authenticator.admin_users = {TEACHER}
        c.Authenticator.allow_all = True  # of those whom the teacher admitted
        c.NativeAuthenticator.open_signup = False
        c.NativeAuthenticator.minimum_password_length = SHORTEST_PASSWORD
        c.NativeAuthenticator.check_common_password = True
        c.NativeAuthenticator.allowed_failed_logins = 10  # then ten minutes' rest


def listens_at(c: Any) -> str:
    """Say where the hub will listen."""
    if ip := c.JupyterHub.get("ip"):
        return f"http://[{ip}]" if ":" in ip else f"http://{ip}"
    return str(c.JupyterHub.get("bind_url") or EVERYWHERE)


def refuse_open_door(login: str, address: str) -> None:
    """Stop the hub where it would let anyone in whom it does not know."""
    if any(word in login.lower() for word in _LET_ANYONE_IN) and not is_loopback(address):
        raise SystemExit(
            f"Expected a login that asks for a password of one's own, but {login} lets anyone "
            f"in, and the hub would listen at {address}, for other machines too. Leave "
            "authenticator_class to class_hub.py, or name your institution's login there."
        )


def is_loopback(address: str) -> bool:
    """Say whether only this machine can reach an address.

    Examples
    --------
    >>> is_loopback("http://127.0.0.1:8000"), is_loopback("http://0.0.0.0:8000")
    (True, False)
    """
    host = urlsplit(address).hostname
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:  # no host at all is every address; a name may be anyone's
        return False


def class_authenticator() -> type:
    """Return the class's login; only a hub has what it is made of."""
    from nativeauthenticator import NativeAuthenticator  # type: ignore[import-not-found]

    class ClassAuthenticator(NativeAuthenticator):
        """Sign-up with one's own password; the teacher is there from the first start on."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            if not self.user_exists(TEACHER):  # before anyone else can take the name
                password = generated_password(PASSWORD_FILE)
                self.create_user(TEACHER, password)

    return ClassAuthenticator


def generated_password(file: Path) -> str:
    """Generate a password and keep it where only this account can read it."""
    password = secrets.token_urlsafe(18)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
        kept.write(password + "\n")
    return password


if "get_config" in globals():  # JupyterHub reads this file; whoever imports it only wants functions
    configure(globals()["get_config"]())
