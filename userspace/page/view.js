// SPDX-License-Identifier: GPL-2.0-only
// view.js - what is looked at: the window, the choice, and the link that leads there.

const SPACES = DATA.captures.map(makeSpace);

// The window is from low up to, and without, high.
const view = {
	number: 0,			// of the capture
	low: 0n,
	high: SPACES[0].end,
	mapped: false,			// or reserved
	chosen: null,			// a node, or { witness } or { word }
	walk: null,			// { walk, step }
	animation: null,
	onPaper: false,			// it is being printed
};

const listeners = [];

function space() {
	return SPACES[view.number];
}

function changed(what) {
	for (const listener of listeners)
		listener(what);
}

// --- The window ---------------------------------------------------------------------

// At least one page; at most everything.
function setWindow(low, high) {
	const s = space();

	if (high - low < s.page) {
		low = smaller(low, s.end - 1n) / s.page * s.page;
		high = low + s.page;
	}
	view.low = larger(low, 0n);
	view.high = smaller(high, s.end);
	changed("window");
}

function windowUnits() {
	return unitsBetween(space(), view.low, view.high);
}

// Where a share of the height from the top is; it may be outside of the window.
function addressAt(share) {
	const units = windowUnits();

	if (share > 0.5)
		return moveAddress(space(), view.low, (1 - share) * units);
	return moveAddress(space(), view.high, -share * units);
}

// What is at this share of the height stays there.
function zoomBy(factor, share) {
	const units = windowUnits(), anchor = addressAt(share);
	const high = moveAddress(space(), view.high, share * (factor - 1) * units);
	const low = moveAddress(space(), view.low, -(1 - share) * (factor - 1) * units);

	stopAnimation();
	if (high - low < space().page)
		setWindow(smaller(anchor, space().end - 1n), anchor);
	else
		setWindow(low, high);
}

// Upwards by a share of the height, and never beyond an end.
function panBy(share) {
	const s = space(), units = windowUnits();
	let low, high;

	stopAnimation();
	if (share > 0) {
		high = moveAddress(s, view.high, share * units);
		low = moveAddress(s, high, -units);
	} else {
		low = moveAddress(s, view.low, share * units);
		high = moveAddress(s, low, units);
	}
	// A page moves by pages.
	if (view.high - view.low <= s.page) {
		const step = share > 0 ? s.page : -s.page;
		low = smaller(larger(view.low + step, 0n), s.end - s.page);
		high = low + s.page;
	}
	setWindow(low, high);
}

function stopAnimation() {
	if (view.animation)
		cancelAnimationFrame(view.animation);
	view.animation = null;
}

function wantsNoMotion() {
	return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// One end on its way from an address to another: rest is 1 at the first and 0 at the last.
function between(s, from, to, rest) {
	const units = unitsBetween(s, from, to);

	if (rest > 0.5)
		return moveAddress(s, from, (1 - rest) * units);
	return moveAddress(s, to, -rest * units);
}

// Zooms evenly to another window.
function goTo(low, high) {
	const s = space(), from = { low: view.low, high: view.high }, begin = performance.now();
	const first = windowUnits(), last = unitsBetween(s, low, high), milliseconds = 420;

	stopAnimation();
	if (wantsNoMotion() || (from.low === low && from.high === high)) {
		setWindow(low, high);
		return;
	}
	const frame = (now) => {
		const time = Math.min(1, Math.max(0, (now - begin) / milliseconds));
		const eased = time < 0.5 ? 2 * time * time : 1 - 2 * (1 - time) * (1 - time);
		const units = first * Math.pow(last / first, eased);
		const even = Math.abs(first - last) < 1e-9 * first;
		const rest = even ? 1 - eased : (units - last) / (first - last);

		view.animation = time < 1 ? requestAnimationFrame(frame) : null;
		if (time < 1)
			setWindow(between(s, from.low, low, rest), between(s, from.high, high, rest));
		else
			setWindow(low, high);
	};
	view.animation = requestAnimationFrame(frame);
}

// The innermost node that has all of the window.
function nodeOfWindow() {
	let node = nodeAt(space(), view.low);

	while (node.parent && node.end < view.high)
		node = node.parent;
	return node;
}

// The next larger thing around the window.
function goOut() {
	let node = nodeOfWindow();

	if (node.parent && node.start === view.low && node.end === view.high)
		node = node.parent;
	goTo(...rangeOf(node));
}

function goWhole() {
	goTo(0n, space().end);
}

// A place with a little room around it, so that its neighbours are seen.
function goToAddress(address) {
	const s = space(), start = address / s.page * s.page, around = 32n * s.page;

	goTo(larger(start - around, 0n), smaller(start + around, s.end));
}

// --- The choice ----------------------------------------------------------------------

function choose(thing) {
	view.chosen = thing;
	view.walk = null;
	changed("chosen");
}

function setMapped(mapped) {
	view.mapped = mapped;
	changed("view");
}

// The same place in another capture: by its region, or else by its address.
function setCapture(number) {
	const before = space(), node = nodeOfWindow();

	stopAnimation();
	view.number = number;
	view.walk = null;
	if (view.chosen && view.chosen.kind === "region")
		view.chosen = nodeNamed(space(), view.chosen.name) || null;
	else if (view.chosen && view.chosen.witness)
		view.chosen = witnessChoice(view.chosen.witness.name);
	else if (view.chosen && !view.chosen.word)
		view.chosen = null;
	if (node.kind === "root" || node.end - node.start === before.end)
		setWindow(0n, space().end);
	else
		followTo(node);
	changed("capture");
}

function followTo(node) {
	const there = nodeNamed(space(), node.kind === "region" ? node.name : node.parent.name);
	const base = node.kind === "region" ? node : node.parent;

	if (!there) {
		setWindow(0n, space().end);
		return;
	}
	const low = there.start + view.low - base.start, high = there.start + view.high - base.start;
	if (view.low === base.start && view.high === base.end)
		setWindow(there.start, there.end);
	else if (high <= there.end)
		setWindow(low, high);
	else
		setWindow(there.start, there.end);
}

function witnessChoice(name) {
	const witness = space().witnesses.find((w) => w.name === name);

	return witness ? { witness } : null;
}

function walkOf(name) {
	return (space().capture.walks || []).find((walk) => walk.query === name) || null;
}

// --- The link: #at=vmalloc&view=mapped --------------------------------------------------

function linkWord() {
	const chosen = view.chosen;

	if (!chosen)
		return null;
	if (chosen.witness)
		return "witness:" + chosen.witness.name;
	if (chosen.word)
		return chosen.word.name;
	return nodeNamed(space(), chosen.name) === chosen ? chosen.name : hex(space(), chosen.start);
}

function linkOfView() {
	const link = new URLSearchParams(), at = linkWord(), node = view.chosen;
	const whole = view.low === 0n && view.high === space().end;
	const exact = node && node.kind === "region" && rangeOf(node).every((edge, i) => edge === [view.low, view.high][i]);

	if (at)
		link.set("at", at);
	if (!exact && (at || !whole)) {
		link.set("from", hex(space(), view.low));
		link.set("to", hex(space(), view.high - 1n));
	}
	if (view.mapped)
		link.set("view", "mapped");
	if (view.number)
		link.set("capture", String(view.number + 1));
	if (view.walk) {
		link.set("walk", view.walk.walk.query);
		link.set("step", String(view.walk.step));
	}
	return "#" + link.toString().replace(/%3A/g, ":");
}

// What a word of a link or a search stands for; null if nothing here has that name.
function thingNamed(word) {
	const address = parseAddress(space(), word);

	if (address !== null)
		return { address };
	if (word.startsWith("witness:"))
		return witnessChoice(word.slice(8));
	const node = nodeNamed(space(), word);
	if (node)
		return node;
	return witnessChoice(word) || (WORDS.has(word) ? { word: WORDS.get(word) } : null);
}

function chooseThing(thing, move) {
	if (thing.address !== undefined) {
		choose(nodeAt(space(), thing.address));
		if (move)
			goToAddress(thing.address);
		return;
	}
	choose(thing);
	if (!move || thing.word)
		return;
	if (thing.witness)
		goToAddress(thing.witness.address);
	else
		goTo(...rangeOf(thing));
}

// Follows a link; what it does not say is as at the start.
function followLink(text) {
	const link = new URLSearchParams(text.replace(/^#/, ""));
	const number = Number(link.get("capture") || 1) - 1, at = link.get("at");
	const from = parseAddress(SPACES[number] || space(), link.get("from") || "");
	const to = parseAddress(SPACES[number] || space(), link.get("to") || "");

	stopAnimation();
	view.number = SPACES[number] ? number : 0;
	view.mapped = link.get("view") === "mapped";
	view.chosen = view.walk = null;
	view.low = 0n;
	view.high = space().end;
	changed("capture");
	if (at) {
		const thing = thingNamed(at);

		if (thing)
			chooseThing(thing, false);
		else
			say(`Nothing here is called "${at}".`);
		if (thing && from === null && thing.kind === "region")
			setWindow(...rangeOf(thing));
		else if (thing && from === null && !thing.word)
			centre(thing.address !== undefined ? thing.address : thing.witness ? thing.witness.address : thing.start);
	}
	if (link.get("walk") && openWalk(link.get("walk"), Number(link.get("step")) || 0)) {
		const range = rangeOfStep(view.walk.walk, view.walk.step);

		if (range)
			setWindow(...range);
	}
	if (from !== null && to !== null && from <= to)
		setWindow(from, to + 1n);
}

function centre(address) {
	const s = space(), start = address / s.page * s.page;

	setWindow(larger(start - 32n * s.page, 0n), smaller(start + 32n * s.page, s.end));
}

// The addresses that the entry of a step stands for; at the end the page.
function rangeOfStep(walk, step) {
	const address = BigInt(walk.addr), entry = walk.entries[step];

	if (entry && entry.first_bit === null)
		return null;
	if (!entry)
		return walk.start ? [BigInt(walk.start), BigInt(walk.end) + 1n] : null;
	const low = address >> BigInt(entry.first_bit) << BigInt(entry.first_bit);
	return [low, low + (1n << BigInt(entry.first_bit))];
}

// At each step the map shows what is left of the address space.
function openWalk(query, step) {
	const walk = walkOf(query);

	if (!walk || walk.error) {
		say(`There is no walk to "${query}" in this page.`);
		return false;
	}
	view.walk = { walk, step: Math.max(0, Math.min(step, walk.entries.length)) };
	changed("walk");
	return true;
}

function followWalk() {
	const range = rangeOfStep(view.walk.walk, view.walk.step);

	if (range)
		goTo(...range);
}
