# SPDX-License-Identifier: GPL-2.0-only
"""Chromium without a screen, that tests look at pages with; and the rules of accessibility."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from lab import cache

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--force-prefers-reduced-motion")

# A version, and the sum of its axe.min.js.
AXE = "4.10.2"
AXE_SUM = "b511cd9dec01c76f4b2ad1723b66b6db37d4c2eb4ed199076e1829d9ee7b75e3"


def axe():
    """The text of axe-core, which npm fetches once."""
    def make(directory):
        subprocess.run(["npm", "pack", "--silent", f"axe-core@{AXE}"], cwd=directory, check=True,
                       stdout=subprocess.DEVNULL)
        packed = next(directory.glob("axe-core-*.tgz"))
        with tarfile.open(packed) as archive:
            text = archive.extractfile("package/axe.min.js").read()
        packed.unlink()
        assert hashlib.sha256(text).hexdigest() == AXE_SUM
        (directory / "axe.min.js").write_bytes(text)

    return (cache.entry("axe", "axe", cache.digest(AXE, AXE_SUM), make) / "axe.min.js").read_text()


class Page:
    """A page that is open, and what a person does with it."""

    def __init__(self):
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_script_timeout(120)

    def close(self):
        self.driver.quit()

    def tell(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    # --- What it looks like ------------------------------------------------------------------

    def resize(self, width, height):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=False)
        self.settle()

    def prefer(self, scheme="light", media=""):
        self.tell("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.settle()

    def picture(self):
        return base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"])

    # --- What is done --------------------------------------------------------------------------

    def open(self, path, link=""):
        self.driver.get("about:blank")
        self.driver.get(Path(path).as_uri() + link)
        self.wait(lambda: self.run("return document.documentElement.dataset.ready") == "yes")
        self.settle()

    def follow(self, link):
        """As a link on a slide: only the fragment changes."""
        self.run("location.hash = arguments[0]", link)
        self.settle()

    def settle(self):
        """Until all is drawn and the link is written."""
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 80)))")

    def wait(self, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.02)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, selector):
        self.find(selector).click()
        self.settle()

    def press(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)
            self.settle()

    def text(self, selector):
        return self.find(selector).text

    def wheel(self, selector, share, by, times=1):
        """Turns the wheel over a place of an element: a share of its height from the top."""
        x, y = self.point(selector, share)
        for _ in range(times):
            self.tell("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=by)
        self.settle()

    def point(self, selector, share):
        box = self.find(selector).rect
        scroll = self.run("return scrollY")
        return box["x"] + box["width"] / 2, box["y"] - scroll + box["height"] * share

    def drag(self, selector, share, to):
        x, y = self.point(selector, share)
        _, end = self.point(selector, to)
        self.tell("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", clickCount=1)
        for step in range(1, 6):
            self.tell("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y + (end - y) * step / 5, button="left", buttons=1)
        self.tell("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=end, button="left", clickCount=1)
        self.settle()

    def touch(self, kind, *points):
        self.tell("Input.dispatchTouchEvent", type=kind,
                  touchPoints=[{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)])

    # --- What it says ------------------------------------------------------------------------------

    def link(self):
        """The fragment as a dictionary."""
        return dict(self.run("return [...new URLSearchParams(location.hash.slice(1))]"))

    def window(self, bits=64):
        """First and last address that the map shows, by its own labels."""
        shown = self.run("return [...document.querySelectorAll('.address')].map(a => [parseFloat(a.style.top), a.textContent,"
                         " a.title])")
        shown.sort()
        last, first = shown[0], shown[-1]
        end = int(last[1].replace(" ", ""), 16)
        return int(first[1].replace(" ", ""), 16), end if last[2] else end - 1

    def boxes(self):
        """Name, kind, top, bottom, left, right, and whether others are inside: all that is drawn."""
        return self.run("""
            const column = document.getElementById("column").getBoundingClientRect();
            return [...document.querySelectorAll(".box")].map(b => {
                const r = b.getBoundingClientRect();
                return { name: b.dataset.name, kind: b.dataset.kind, label: b.getAttribute("aria-label"),
                         open: b.classList.contains("open"), top: r.top - column.top, bottom: r.bottom - column.top,
                         left: r.left - column.left, right: r.right - column.left };
            });""")

    def complaints(self):
        """What the console says since the last time."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "DEBUG"]

    def violations(self, *rules):
        """What the rules of axe-core find, with the elements; all rules, or these alone."""
        self.tell("Runtime.evaluate", expression=axe())
        found = self.driver.execute_async_script(
            "const done = arguments[1], rules = arguments[0];"
            "axe.run(document, { resultTypes: ['violations'], ...(rules.length ? { runOnly: rules } : {}) }).then(r => done("
            "r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] || n.all[0] || n.none[0] || {}).message)])))", rules)
        return found
