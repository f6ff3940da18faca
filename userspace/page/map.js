// SPDX-License-Identifier: GPL-2.0-only
// map.js - the map: boxes, addresses at their edges, pins of live objects, and a small map of all.

const LINE = 15;			// px that a line of text takes
const map = document.getElementById("map");
const column = document.getElementById("column");
const gutter = document.getElementById("addresses");
const names = document.getElementById("names");
const halves = document.getElementById("halves");
const lane = document.getElementById("lane");
const minimap = document.getElementById("minimap");
const crumbs = document.getElementById("crumbs");

function element(tag, attributes, ...inside) {
	const e = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes || {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (name.startsWith("on"))
			e.addEventListener(name.slice(2), value);
		else
			e.setAttribute(name, value);
	}
	// Never as markup: names come from a capture.
	e.append(...inside.filter((i) => i !== null && i !== undefined));
	return e;
}

function mapHeight() {
	return map.clientHeight;
}

// Where addresses are on the screen, from the top, for one frame.
function makeScale() {
	const s = space(), height = mapHeight(), units = windowUnits();
	const top = unitsAt(s, view.high), exact = units < 1e-5;

	return {
		height,
		y: (address) => height * unitsBetween(s, address, view.high) / units,
		// Quicker, and good enough unless the window is tiny.
		ofUnits: (address, offset) => exact ? height * unitsBetween(s, address, view.high) / units :
			height * (top - offset) / units,
	};
}

// --- Boxes -----------------------------------------------------------------------

// What is drawn of a node and what is inside: a parent's name is left of its children.
function placeNode(node, scale, placed) {
	if (node.end <= view.low || node.start >= view.high)
		return;
	const top = Math.max(0, scale.y(smaller(node.end, view.high)));
	const bottom = Math.min(scale.height, scale.y(larger(node.start, view.low)));
	const open = node.children.length > 0 && opens(node, bottom - top);

	if (node.parent && bottom - top >= 0.6)
		placed.push({ node, top, height: bottom - top, open });
	if (open || !node.parent)
		for (const child of [...node.children].reverse())
			placeNode(child, scale, placed);
}

function opens(node, height) {
	return height >= LINE * Math.max(3, 1.1 * node.children.filter((c) => c.kind === "region").length);
}


// A long name may be broken after an underscore.
function breakable(text) {
	return text.split(/(?<=_)/).flatMap((part, i) => i ? [document.createElement("wbr"), part] : [part]);
}

function describe(node) {
	const purpose = node.region && node.region.purpose ? `, ${node.region.purpose}` : "";

	const [low, high] = rangeOf(node);

	return `${node.name}, ${sizeText(high - low)}${purpose}, from ${hex(space(), low)} to ${hex(space(), high - 1n)}`;
}

// The kernel's own tables say nothing of processes, and where no address exists there is nothing to say.
function isMappable(node) {
	const user = space().capture.user;

	return node.name !== "noncanonical" && (!user || node.start > BigInt(user.end));
}

// How much of it is there: "5.0 GiB of 4 PiB".
function amountText(node, isOpen) {
	const [low, high] = rangeOf(node), whole = sizeText(high - low), region = node.region;

	if (isOpen || !view.mapped || !region || !isMappable(node))
		return whole;
	const of = map.clientWidth > 560 ? ` of ${whole}` : "";
	if (node.usage && !node.usage.window)
		return `${BigInt(node.usage.mapped) ? sizeText(BigInt(node.usage.mapped)) : "none"}${of}`;
	if (region.populated_start)
		return `${sizeText(BigInt(region.populated_end) - BigInt(region.populated_start) + 1n)}${of}`;
	return whole;
}

const boxes = new Map();		// by key: an element lives as long as it is seen

function newBox() {
	const box = element("button", { type: "button", class: "box", tabindex: "-1" },
		element("span", { class: "label" }, element("span", { class: "name" }), " ",
			element("span", { class: "size" }), " ", element("span", { class: "about" })));

	box.addEventListener("click", () => choose(box.node));
	box.addEventListener("dblclick", () => goTo(...rangeOf(box.node)));
	box.addEventListener("focus", () => makeCurrent(box));
	return box;
}

function fillBox(box, place, tabStop) {
	const node = place.node, [name, size, about] = box.firstChild.querySelectorAll("span");
	const deep = node.depth, wide = map.clientWidth > 560;

	box.node = node;
	box.className = `box tone-${node.tone} ${node.kind}${place.open ? " open" : ""}${node.name === "noncanonical" ? " torn" : ""}` +
		`${view.mapped ? " outlined" : ""}`;
	box.dataset.name = node.name;
	box.dataset.kind = node.kind;
	box.style.top = place.top + "px";
	box.style.height = Math.max(1, place.height) + "px";
	box.style.left = `calc(${deep} * var(--rail))`;
	box.classList.toggle("tiny", place.height < LINE - 3);
	box.classList.toggle("small", place.height < LINE + 3);
	box.classList.toggle("tall", place.height > 3.2 * LINE);
	box.tabIndex = tabStop ? 0 : -1;
	box.setAttribute("aria-label", describe(node));
	box.setAttribute("aria-pressed", String(view.chosen === node));
	name.replaceChildren(...(place.open ? breakable(node.name) : [node.name]));
	size.textContent = amountText(node, place.open);
	about.textContent = wide && !place.open && node.region && node.region.purpose ? node.region.purpose : "";
}

function drawBoxes(placed) {
	const seen = new Set();
	const stop = placed.find((p) => p.node === view.chosen) || placed.find((p) => boxes.get(p.node.key) === document.activeElement) ||
		placed[0];

	let next = null;
	// From the last to the first, so that their order is that of the addresses.
	for (const place of [...placed].reverse()) {
		let box = boxes.get(place.node.key);

		if (!box) {
			boxes.set(place.node.key, box = newBox());
			column.insertBefore(box, next);
		}
		fillBox(box, place, place === stop);
		seen.add(place.node.key);
		next = box;
	}
	for (const [key, box] of boxes) {
		if (seen.has(key))
			continue;
		// The keyboard must not lose its place.
		if (box === document.activeElement)
			boxes.get(stop.node.key).focus({ preventScroll: true });
		box.remove();
		boxes.delete(key);
	}
}

// Of all boxes the tabulator key finds one; arrows lead to the others.
function makeCurrent(box) {
	for (const other of boxes.values())
		other.tabIndex = other === box ? 0 : -1;
}

// --- Edges: addresses at the left, macros and pins at the right -------------------------

function edgesOf(placed) {
	const edges = new Map();

	const add = (address, y, rank) => {
		const old = edges.get(address);

		if (!old || old.rank > rank)
			edges.set(address, { address, y, rank });
	};
	for (const place of placed) {
		const rank = place.node.depth * 2 + (place.height < LINE ? 1 : 0) + (place.node.kind === "region" ? 0 : 1);

		if (place.node.start >= view.low)
			add(place.node.start, place.top + place.height, rank);
		if (place.node.end < view.high)
			add(place.node.end, place.top, rank);
	}
	add(view.low, mapHeight(), -2);
	// 2^64 cannot be written: the topmost edge is the last address.
	edges.set(view.high, { address: view.high, y: 0, rank: -1, last: view.high === space().end });
	return [...edges.values()];
}

// Round addresses in a box that takes most of the height.
function ticksOf(placed, scale) {
	const s = space(), ticks = [], leaf = placed.find((p) => !p.node.children.length && p.height > 0.45 * scale.height);

	if (!leaf)
		return ticks;
	const low = larger(leaf.node.start, view.low), high = smaller(leaf.node.end, view.high);
	const wanted = Number(high - low) * 56 / leaf.height;
	let step = 1n << BigInt(Math.max(0, Math.ceil(Math.log2(wanted))));
	// The smallest thing that has an address of its own in a table is a page.
	step = larger(step, high - low <= s.page ? s.page / 8n : s.page);
	for (let at = (low / step + 1n) * step; at < high && ticks.length < 60; at += step)
		ticks.push({ address: at, y: scale.y(at), rank: 9, tick: true });
	return ticks;
}

// Those that come first by rank keep their place; others leave out what has no room.
function withRoom(marks, height, room) {
	const kept = [], limit = mapHeight();

	for (const mark of marks.sort((a, b) => a.rank - b.rank || b.y - a.y)) {
		mark.at = Math.min(Math.max(mark.y, height / 2), limit - height / 2);
		if (kept.every((other) => Math.abs(other.at - mark.at) >= room))
			kept.push(mark);
	}
	return kept;
}

// The border of each half: the strongest lines of all.
function splitLines(scale) {
	const c = space().capture, edges = [];

	if (c.kernel_half)
		edges.push(BigInt(c.kernel_half.start));
	if (c.user)
		edges.push(BigInt(c.user.end) + 1n);
	return edges.filter((address) => address > view.low && address < view.high).map((address) => {
		const line = element("div", { class: "split" });

		line.style.top = scale.y(address) + "px";
		return line;
	});
}

function lineText(mark) {
	return mark.last ? grouped(space(), mark.address - 1n) : grouped(space(), mark.address);
}

function drawEdges(placed, scale) {
	const marks = withRoom([...edgesOf(placed), ...ticksOf(placed, scale)], LINE, LINE);
	const lines = [];

	gutter.replaceChildren(...marks.map((mark) => {
		const label = element("span", { class: mark.tick ? "address tick" : "address" }, lineText(mark));

		label.style.top = mark.at + "px";
		if (mark.last)
			label.title = "the last address";
		return label;
	}));
	for (const mark of marks.filter((m) => m.tick)) {
		const line = element("div", { class: "gridline" });

		line.style.top = mark.y + "px";
		lines.push(line);
	}
	document.getElementById("grid").replaceChildren(...lines, ...splitLines(scale));
	return marks;
}

function pinMarks(scale) {
	return space().witnesses.filter((w) => w.address >= view.low && w.address < view.high)
		.map((witness) => ({ witness, y: scale.y(witness.address), rank: 0, more: 0 }));
}

// Pins that would cover one another are one, which says how many.
function gatherPins(pins) {
	const kept = [];

	for (const pin of pins.sort((a, b) => a.y - b.y)) {
		const last = kept[kept.length - 1];

		if (last && pin.y - last.y < LINE + 3)
			last.more++;
		else
			kept.push(pin);
	}
	return kept;
}

function pinElement(pin) {
	const name = pin.witness.name + (pin.more ? ` +${pin.more}` : "");
	const button = element("button", { type: "button", class: "pin", tabindex: "-1",
		title: `${name}: a live object at ${hex(space(), pin.witness.address)}`,
		onclick: () => choose(witnessChoice(pin.witness.name)) }, name);

	button.style.top = pin.at + "px";
	button.classList.toggle("chosen", Boolean(view.chosen && view.chosen.witness && view.chosen.witness.name === pin.witness.name));
	return button;
}

function drawNames(marks, scale) {
	const pins = gatherPins(pinMarks(scale)), found = [];
	const dots = pins.map((pin) => {
		const dot = element("div", { class: "dot" });

		dot.style.top = pin.y + "px";
		return dot;
	});

	for (const mark of marks) {
		const macro = mark.last ? null : space().names.get(mark.address);

		if (macro)
			found.push({ ...mark, macro: macro[0], rank: 1 + mark.rank });
	}
	names.replaceChildren(...withRoom([...pins, ...found], LINE, LINE).map((mark) => {
		if (mark.witness)
			return pinElement(mark);
		const label = element("span", { class: "macro" }, mark.macro);
		label.style.top = mark.at + "px";
		return label;
	}));
	document.getElementById("dots").replaceChildren(...dots, ...chosenFrame(scale));
}

function chosenFrame(scale) {
	const node = view.chosen;

	if (!node || !node.kind || node.end <= view.low || node.start >= view.high)
		return [];
	const frame = element("div", { id: "frame" }), top = Math.max(0, scale.y(smaller(node.end, view.high)));
	frame.style.top = top + "px";
	frame.style.height = Math.max(6, scale.y(larger(node.start, view.low)) - top) + "px";
	frame.style.left = `calc(${node.depth} * var(--rail))`;
	return [frame];
}

function drawHalves(scale) {
	const parts = [["kernel_half", "kernel half"], ["user", "user half"]].map(([key, name]) => {
		const half = space().capture[key];

		if (!half)
			return null;
		const low = larger(BigInt(half.start), view.low), high = smaller(BigInt(half.end) + 1n, view.high);
		if (low >= high)
			return null;
		const size = sizeText(BigInt(half.end) + 1n - BigInt(half.start)), height = scale.y(low) - scale.y(high);
		const texts = [`${half.name || name}, ${size}`, half.name || name, name.split(" ")[0], ""];
		const part = element("div", { class: `half ${key}` }, element("span", {}, texts.find((text) => text.length * 7.4 + 4 < height) || ""));
		part.style.top = scale.y(high) + "px";
		part.style.height = height + "px";
		return part;
	});
	halves.replaceChildren(...parts.filter(Boolean));
}

// --- The lane: what of it is in use, and what is mapped how ----------------------------

function accessClass(look) {
	const access = look.access;

	if (access === "mixed" || access === "unsettled" || access === "?")
		return "mixed";
	if (access.includes("w") && /[xU]/.test(access))
		return "alert";
	return /[xU]/.test(access) ? "code" : access.includes("w") ? "write" : "read";
}

// Where several are in one pixel, the one that matters more is seen.
const PRECEDENCE = ["read", "mixed", "write", "code", "alert"];

function laneRow(rows, y, kind) {
	if (rows[y] === undefined || PRECEDENCE.indexOf(rows[y]) < PRECEDENCE.indexOf(kind))
		rows[y] = kind;
}

function laneRows(scale) {
	const rows = [], s = space();
	let low = 0, high = s.runs.length;

	// The first run that ends above the bottom.
	while (low < high) {
		const middle = (low + high) >> 1;

		if (s.runs[middle].end <= view.low)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s.runs.length && s.runs[low].start < view.high; low++) {
		const run = s.runs[low];
		const top = Math.max(0, Math.floor(scale.ofUnits(smaller(run.end, view.high), run.high)));
		const bottom = Math.min(scale.height, Math.ceil(scale.ofUnits(larger(run.start, view.low), run.low)));

		for (let y = Math.min(top, scale.height - 2); y < Math.max(bottom, top + 2); y++)
			laneRow(rows, y, accessClass(run.look));
	}
	return rows;
}

function drawPopulated(context, scale, width) {
	for (const node of space().nodes) {
		const region = node.region;

		if (!region || !region.populated_start)
			continue;
		const low = larger(BigInt(region.populated_start), view.low);
		const high = smaller(BigInt(region.populated_end) + 1n, view.high);
		if (low >= high)
			continue;
		const top = scale.y(high), bottom = Math.max(top + 2, scale.y(low));
		context.save();
		context.beginPath();
		context.rect(0, top, width, bottom - top);
		context.clip();
		for (let x = -(bottom - top) - 8; x < width + 8; x += 7) {
			context.moveTo(x, bottom);
			context.lineTo(x + (bottom - top), top);
		}
		context.rect(0.5, top + 0.5, width - 1, bottom - top - 1);
		context.stroke();
		context.restore();
	}
}

function drawLane(scale) {
	const context = lane.getContext("2d", { willReadFrequently: true }), ratio = window.devicePixelRatio || 1, style = getComputedStyle(lane);

	lane.hidden = !view.mapped;
	const width = lane.clientWidth;
	column.style.setProperty("--lane", `${width}px`);
	if (!view.mapped || !width)
		return;
	lane.width = width * ratio;
	lane.height = scale.height * ratio;
	context.scale(ratio, ratio);
	context.strokeStyle = view.onPaper ? "#000" : style.getPropertyValue("--hatch-strong");
	drawPopulated(context, scale, width);
	laneRows(scale).forEach((kind, y) => {
		context.fillStyle = style.getPropertyValue(`--${view.onPaper ? "paper" : "access"}-${kind}`);
		context.fillRect(0, y, width, 1);
	});
}

// --- The small map and the way here -------------------------------------------------------

function drawMinimap() {
	const s = space(), height = minimap.clientHeight;
	const share = (address) => height * (1 - unitsAt(s, address) / s.units);
	const parts = s.root.children.map((node) => {
		const part = element("div", { class: `part tone-${node.tone}` });

		part.style.top = share(node.end) + "px";
		part.style.height = share(node.start) - share(node.end) + "px";
		return part;
	});
	const glass = element("div", { id: "glass" });
	const top = share(view.high), bottom = share(view.low);

	glass.style.top = Math.min(top, height - 4) + "px";
	glass.style.height = Math.max(4, bottom - top) + "px";
	minimap.replaceChildren(...parts, glass);
}

function crumb(text, go, last) {
	return element("li", {}, element("button", { type: "button", onclick: go, "aria-current": last ? "location" : null }, text));
}

function drawCrumbs() {
	const chain = chainOf(nodeOfWindow()), node = chain[chain.length - 1];
	const exact = node.start === view.low && node.end === view.high;
	const items = chain.map((n, i) => crumb(n.parent ? n.name : `whole ${space().bits}-bit space`, () => {
		if (n.parent)
			choose(n);
		goTo(...rangeOf(n));
	}, exact && i === chain.length - 1));

	if (!exact)
		items.push(crumb(`from ${hex(space(), view.low)}`, () => goTo(view.low, view.high), true));
	crumbs.replaceChildren(...items);
	document.getElementById("shown").textContent = `${sizeText(view.high - view.low)} shown`;
}

function drawMap() {
	const scale = makeScale(), placed = [];

	placeNode(space().root, scale, placed);
	drawBoxes(placed);
	drawNames(drawEdges(placed, scale), scale);
	drawHalves(scale);
	drawLane(scale);
	drawMinimap();
	drawCrumbs();
}
