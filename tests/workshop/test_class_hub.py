import runpy
import stat
from pathlib import Path

import class_hub
import pytest
from traitlets.config import Config

FILE = Path(class_hub.__file__)
EVERYONE = [
    "http://:8000",
    "http://0.0.0.0:8000",
    "http://[::]:8000",
    "http://192.0.2.7",
    "http://x",
]
HERE_ALONE = ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
DUMMIES = ["dummy", "jupyterhub.auth.DummyAuthenticator", "dummyauthenticator.DummyAuthenticator"]


@pytest.fixture
def without_hub(monkeypatch):
    """Stand in for the login, which only a hub's environment has."""
    monkeypatch.setattr(class_hub, "class_authenticator", lambda: "the class's own")


def configured(**told):
    c = Config({"JupyterHub": told})
    class_hub.configure(c)
    return c


@pytest.mark.parametrize("login", DUMMIES)
@pytest.mark.parametrize("address", EVERYONE)
def test_the_dummy_is_refused_wherever_others_could_reach_it(login, address):
    with pytest.raises(SystemExit) as refusal:
        configured(authenticator_class=login, bind_url=address)
    for part in ("Expected a login that asks", f"{login} lets anyone in", address, "Leave"):
        assert part in str(refusal.value)


@pytest.mark.parametrize("told", [{}, {"ip": "0.0.0.0"}, {"ip": "::"}, {"ip": "192.0.2.7"}])
def test_the_dummy_is_refused_where_the_hub_listens_by_default_or_by_its_ip(told):
    with pytest.raises(SystemExit, match="lets anyone in"):
        configured(authenticator_class="dummy", **told)


@pytest.mark.parametrize("address", HERE_ALONE)
def test_the_dummy_is_let_be_on_this_machine_alone(address):
    c = configured(authenticator_class="dummy", bind_url=address)
    assert c.JupyterHub.authenticator_class == "dummy"


def test_jupyterhub_itself_gets_the_refusal():
    c = Config({"JupyterHub": {"authenticator_class": "dummy"}})
    with pytest.raises(SystemExit, match="lets anyone in"):
        runpy.run_path(str(FILE), init_globals={"get_config": lambda: c})


@pytest.mark.parametrize("told", [{}, {"authenticator_class": "firstuseauthenticator.FirstUse"}])
def test_a_login_that_nobody_chose_gives_way_to_the_class_s_own(told, without_hub):
    c = configured(**told)
    assert c.JupyterHub.authenticator_class == "the class's own"
    assert c.Authenticator.admin_users == {"teacher"}
    assert c.NativeAuthenticator.open_signup is False
    assert c.NativeAuthenticator.minimum_password_length >= 10


def test_a_login_that_the_teacher_chose_stays(without_hub):
    c = configured(authenticator_class="oauthenticator.generic.GenericOAuthenticator")
    assert c.JupyterHub.authenticator_class == "oauthenticator.generic.GenericOAuthenticator"
    assert "admin_users" not in c.Authenticator


def test_every_hub_generates_its_own_password_and_shows_it_to_nobody_else(tmp_path):
    passwords = set()
    for name in ("one", "two", "two"):  # a file that is there already is written anew
        file = tmp_path / name
        password = class_hub.generated_password(file)
        assert file.read_text("utf-8").strip() == password
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(password) >= 20
        passwords.add(password)
    assert len(passwords) == 3
