"""How the rehearsal's hub is set up: as a class's, but on this machine and for it alone.

JupyterHub reads this file. Where it runs and with which proxy stands in its environment.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
COURSE = HERE.parents[1]
sys.path.insert(0, str(HERE))

from class_hub import configure, is_loopback  # noqa: E402

c = get_config()  # JupyterHub brings it

public, hub, proxy = (f"http://127.0.0.1:{port}" for port in os.environ["REHEARSAL_PORTS"].split())
c.JupyterHub.bind_url, c.JupyterHub.hub_bind_url = public, hub
c.ConfigurableHTTPProxy.api_url = proxy
proxy_command = HERE / ".venv/proxy/node_modules/.bin/configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [str(proxy_command)]
if not all(map(is_loopback, (public, hub, proxy))):  # these servers run under your own account
    raise SystemExit("Expected a rehearsal on this machine alone, but it would be open to others.")

c.JupyterHub.spawner_class = "simple"  # every server under the account that rehearses
c.SimpleLocalProcessSpawner.home_dir_template = str(Path.cwd() / "homes/{username}")
c.Spawner.cmd = [str(COURSE / "start"), "jupyterhub-singleuser"]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
base = COURSE / ".venv"  # JupyterLab is in the course's environment, not in the hub's
c.Spawner.environment = {
    "PATH": f"{HERE / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
    "JUPYTER_PATH": str(base / "share/jupyter"),
    "JUPYTER_CONFIG_PATH": str(base / "etc/jupyter"),
    "JUPYTERLAB_DIR": str(base / "share/jupyter/lab"),
}
configure(c)
