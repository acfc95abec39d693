"""A headless Chromium, steered through its debugging protocol."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import ExitStack

from websockets.sync.client import connect

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome", "chrome")
        if (path := shutil.which(name))
    ),
    None,
)
PATIENCE_S = 60.0


class Browser:
    """One page of a browser process of its own."""

    def __init__(self, profile, size=(1280, 800)):
        self._process = subprocess.Popen(
            [
                CHROMIUM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
                "--mute-audio",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                f"--window-size={size[0]},{size[1]}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = profile / "DevToolsActivePort"
        _wait_until(lambda: port_file.exists() and len(port_file.read_text().split()) == 2)
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(p for p in json.load(answer) if p["type"] == "page")
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None)
        )
        self._number = 0
        self.messages = []  # of the console, and uncaught errors
        self.ask("Runtime.enable")
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )

    def ask(self, method, **params):
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if answer.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.messages.append(answer["params"])
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def go(self, address):
        self.ask("Page.navigate", url=address)

    def value(self, expression):
        return self.ask("Runtime.evaluate", expression=expression)["result"].get("value")

    def wait_for(self, expression):
        _wait_until(lambda: self.value(expression))

    def drag(self, start, end):
        for kind, (x, y), buttons in (
            ("mousePressed", start, 1),
            ("mouseMoved", end, 1),
            ("mouseReleased", end, 0),
        ):
            self.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                buttons=buttons,
                clickCount=1,
            )

    def screenshot(self):
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def close(self):
        self._open.close()
        self._process.terminate()
        self._process.wait(10)


def _wait_until(is_so):
    end_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end_s, "the browser did not come so far"
        time.sleep(0.05)
