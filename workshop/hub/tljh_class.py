"""For The Littlest JupyterHub: link this file into /opt/tljh/config/jupyterhub_config.d/.

It expects the course in /opt/tljh/course, installed into the learners' environment.
"""

COURSE = "/opt/tljh/course"

load_subconfig(f"{COURSE}/workshop/hub/class_hub.py")  # JupyterHub brings it

c = get_config()
c.Spawner.cmd = [f"{COURSE}/start", "/opt/tljh/user/bin/jupyterhub-singleuser"]
