# Runs in a container without a network: lends pip the way to the registry's proxy, and is gone when pip is.
import glob, os, socket, subprocess, sys, threading

EGRESS = "/paddock-egress"


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(listener):
    while True:
        client, _ = listener.accept()
        proxy = socket.socket(socket.AF_UNIX)
        proxy.connect(EGRESS + "/proxy")
        threading.Thread(target=copy, args=(client, proxy), daemon=True).start()
        threading.Thread(target=copy, args=(proxy, client), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()

mode, index = sys.argv[1:3]
# A base made by "paddock images build" has pip in a place of its own; one of before, as a wheel, which runs as it is.
wheel = glob.glob("/usr/lib/paddock-pip") or glob.glob("/usr/share/python-wheels/pip-*.whl")
pip = [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; runpy.run_module('pip', run_name='__main__')", wheel[0]] if wheel else [sys.executable, "-I", "-m", "pip"]
sys.exit(subprocess.call([
    *pip, "--isolated", "--retries", "2", "--disable-pip-version-check", "--no-cache-dir", "--no-input", "--no-color",
    "--proxy", "http://127.0.0.1:%d" % listener.getsockname()[1], "--cert", EGRESS + "/ca.pem",
    "install", "--index-url", index, "--only-binary", ":all:", "--no-compile", "--no-warn-script-location",
    "--target", "/deps", *(["--require-hashes"] if mode == "locked" else []), "-r", "/app/requirements.txt",
], stdout=subprocess.DEVNULL, env={"PATH": os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"), "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8"}))
