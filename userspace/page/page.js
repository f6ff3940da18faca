// SPDX-License-Identifier: GPL-2.0-only
// page.js - input, and what is drawn anew when something changes.

const status = document.getElementById("status");

let statusTimer = null;

// Read aloud at once, and seen for a moment.
function say(text) {
	status.textContent = text;
	status.classList.add("shown");
	clearTimeout(statusTimer);
	statusTimer = setTimeout(() => status.classList.remove("shown"), 2600);
}

// --- Drawing: at most once a frame ------------------------------------------------

const due = new Set();

function drawSoon(what) {
	if (!due.size)
		requestAnimationFrame(drawNow);
	due.add(what);
}

function drawNow() {
	const what = new Set(due);

	due.clear();
	// The title takes of the map's height.
	if (what.has("capture"))
		drawHead();
	drawMap();
	if (["chosen", "walk", "capture", "view"].some((w) => what.has(w))) {
		drawPanel();
		drawControls();
	}
	if (what.has("capture"))
		drawTables();
	keepLink();
}

let linkTimer = null;
let ownLink = location.hash;

// Not at each step of a zoom: browsers allow only so many changes.
function keepLink() {
	clearTimeout(linkTimer);
	linkTimer = setTimeout(() => {
		const wanted = linkOfView();

		ownLink = wanted === "#" ? "" : wanted;
		if (location.hash !== ownLink)
			history.replaceState(null, "", ownLink || location.pathname + location.search);
	}, 60);
}

listeners.push((what) => {
	if (what === "chosen" || what === "walk")
		announceChoice();
	if (what === "capture")
		moveSoftly();
	drawSoon(what);
});

function announceChoice() {
	const chosen = view.chosen;

	if (view.walk)
		say(`Step ${view.walk.step + 1} of the walk to ${view.walk.walk.query}`);
	else if (chosen && chosen.kind)
		say(describe(chosen));
}

// Boxes slide to where they are in the other capture.  At the start there is none.
function moveSoftly() {
	if (wantsNoMotion() || !document.documentElement.dataset.ready)
		return;
	column.classList.add("moving");
	setTimeout(() => column.classList.remove("moving"), 700);
}

function captureName(capture) {
	return capture.capture && capture.capture.when ? `${capture.kernel.release}, ${capture.capture.when}` : capture.kernel.release;
}

function drawHead() {
	const c = space().capture;

	document.getElementById("title").textContent = c.title;
	document.getElementById("subtitle").textContent = [c.subtitle, c.capture && c.capture.when].filter(Boolean).join("; ");
}

function press(id, pressed) {
	document.getElementById(id).setAttribute("aria-pressed", String(pressed));
}

function drawControls() {
	press("reserved", !view.mapped);
	press("mapped", view.mapped);
	press("first", view.number === 0);
	press("second", view.number === 1);
	document.getElementById("mapped").textContent = space().capture.mappings ? "Mapped" : "In use";
}

// --- Buttons ---------------------------------------------------------------------------

function on(id, call) {
	document.getElementById(id).addEventListener("click", call);
}

on("zoom-in", () => zoomBy(0.6, 0.5));
on("zoom-out", () => zoomBy(1 / 0.6, 0.5));
on("out", goOut);
on("whole", goWhole);
on("reserved", () => setMapped(false));
on("mapped", () => setMapped(true));
on("first", () => setCapture(0));
on("second", () => setCapture(1));

// --- The theme: as the system has it, until someone chooses ---------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");
let theme = DATA.theme;

function drawTheme() {
	const now = theme || (dark.matches ? "dark" : "light");

	document.documentElement.dataset.theme = now;
	document.getElementById("theme").textContent = now === "dark" ? "Light" : "Dark";
	drawSoon("theme");
}

on("theme", () => {
	theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
	drawTheme();
});
dark.addEventListener("change", drawTheme);

// --- Keys ---------------------------------------------------------------------------------

function currentBox() {
	return document.activeElement && document.activeElement.node ? document.activeElement : null;
}

function focusNode(node) {
	const box = node && boxes.get(node.key);

	if (box) {
		box.focus({ preventScroll: true });
		choose(node);
	}
	return Boolean(box);
}

// The next box up or down that is as deep, or else any.
function step(direction) {
	const sorted = [...boxes.values()].sort((a, b) => a.offsetTop - b.offsetTop || a.node.depth - b.node.depth);
	const leaves = sorted.filter((box) => !box.classList.contains("open"));
	const here = currentBox();
	const list = here && here.classList.contains("open") ? sorted.filter((box) => box.node.depth === here.node.depth) : leaves;
	const next = list[list.indexOf(here) + direction];

	if (!here && list.length)
		focusNode(list[0].node);
	else if (next)
		focusNode(next.node);
	else
		panBy(direction < 0 ? 0.25 : -0.25);
}

function goInto() {
	const here = currentBox(), node = here ? here.node : view.chosen;

	if (node && node.children)
		goTo(...rangeOf(node));
}

function goInside() {
	const here = currentBox(), child = here && here.node.children.length ? here.node.children[here.node.children.length - 1] : null;

	if (child && !focusNode(child))
		goTo(...rangeOf(here.node));
}

function goAround() {
	const here = currentBox();

	if (here && here.node.parent.parent && !focusNode(here.node.parent))
		choose(here.node.parent);
}

const KEY_ACTIONS = {
	"+": () => zoomBy(0.7, focusShare()), "=": () => zoomBy(0.7, focusShare()),
	"-": () => zoomBy(1 / 0.7, focusShare()), "_": () => zoomBy(1 / 0.7, focusShare()),
	"ArrowUp": () => step(-1), "ArrowDown": () => step(1), "ArrowRight": goInside, "ArrowLeft": goAround,
	"PageUp": () => panBy(0.5), "PageDown": () => panBy(-0.5), "Home": goWhole,
	"Enter": goInto, "Backspace": goOut, "Escape": goOut,
};

// Keys zoom about the box that has the focus.
function focusShare() {
	const box = currentBox();

	return box ? Math.min(1, Math.max(0, (box.offsetTop + box.offsetHeight / 2) / mapHeight())) : 0.5;
}

map.addEventListener("keydown", (event) => {
	const action = KEY_ACTIONS[event.key];

	if (!action || event.ctrlKey || event.metaKey || event.altKey)
		return;
	event.preventDefault();
	action();
});

document.addEventListener("keydown", (event) => {
	if (event.key !== "/" || event.target instanceof HTMLInputElement)
		return;
	event.preventDefault();
	searchBox.focus();
	searchBox.select();
});

// --- Wheel, mouse and fingers ------------------------------------------------------------------

function shareOf(clientY) {
	const box = column.getBoundingClientRect();

	return Math.min(1, Math.max(0, (clientY - box.top) / box.height));
}

map.addEventListener("wheel", (event) => {
	const lines = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 400 : 1;

	event.preventDefault();
	if (event.shiftKey)
		panBy(-(event.deltaY || event.deltaX) * lines / mapHeight());
	else
		zoomBy(Math.exp(Math.max(-300, Math.min(300, event.deltaY * lines)) / 500), shareOf(event.clientY));
}, { passive: false });

const fingers = new Map();
let dragged = 0;

function pinch() {
	const [a, b] = [...fingers.values()];

	return { distance: Math.max(20, Math.abs(a - b)), middle: (a + b) / 2 };
}

column.addEventListener("pointerdown", (event) => {
	fingers.set(event.pointerId, event.clientY);
	dragged = 0;
});

window.addEventListener("pointermove", (event) => {
	if (!fingers.has(event.pointerId))
		return;
	const before = fingers.size === 2 ? pinch() : null, moved = event.clientY - fingers.get(event.pointerId);

	fingers.set(event.pointerId, event.clientY);
	dragged += Math.abs(moved);
	if (before) {
		const now = pinch();

		zoomBy(before.distance / now.distance, shareOf(now.middle));
		panBy((now.middle - before.middle) / mapHeight());
	} else if (fingers.size === 1 && dragged > 4 && moved) {
		panBy(moved / mapHeight());
	}
});

for (const end of ["pointerup", "pointercancel"])
	window.addEventListener(end, (event) => fingers.delete(event.pointerId));

// A drag that ends on a box does not choose it.
column.addEventListener("click", (event) => {
	if (dragged > 8) {
		event.stopPropagation();
		event.preventDefault();
	}
	dragged = 0;
}, true);

function moveGlass(event) {
	const s = space(), box = minimap.getBoundingClientRect(), units = windowUnits();
	const share = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
	const middle = (1 - share) * s.units;
	const low = moveAddress(s, 0n, Math.max(0, Math.min(s.units - units, middle - units / 2)));

	stopAnimation();
	setWindow(low, moveAddress(s, low, units));
}

minimap.addEventListener("pointerdown", (event) => {
	minimap.setPointerCapture(event.pointerId);
	moveGlass(event);
});
minimap.addEventListener("pointermove", (event) => {
	if (minimap.hasPointerCapture(event.pointerId))
		moveGlass(event);
});

// --- The start -----------------------------------------------------------------------------------

function start() {
	const captures = document.getElementById("captures");

	captures.hidden = SPACES.length < 2;
	if (SPACES.length === 2) {
		document.getElementById("first").title = captureName(SPACES[0].capture);
		document.getElementById("second").title = captureName(SPACES[1].capture);
	}
	document.documentElement.style.setProperty("--digits", space().bits === 64 ? 19 : 9);
	document.getElementById("walks-section").hidden = !SPACES.some((s) => s.capture.walks && s.capture.walks.length);
	document.getElementById("walks").replaceChildren(...(space().capture.walks || []).filter((w) => !w.error)
		.map((walk) => element("button", { type: "button", onclick: () => startWalk(walk.query) }, walk.query)));
	drawTheme();
	followLink(location.hash || DATA.link || "");
	drawNow();
	performance.mark("kvas-ready");
	performance.measure("kvas", "kvas-start", "kvas-ready");
	document.documentElement.dataset.ready = "yes";
}

window.addEventListener("hashchange", () => {
	if (location.hash !== ownLink)
		followLink(location.hash);
});
new ResizeObserver(() => drawSoon("size")).observe(map);

// Paper has its own height, and no frame to wait for.
window.addEventListener("beforeprint", () => {
	map.style.height = "660px";
	view.onPaper = true;
	drawMap();
});
window.addEventListener("afterprint", () => {
	map.style.height = "";
	view.onPaper = false;
	drawSoon("size");
});
start();
