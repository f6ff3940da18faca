// SPDX-License-Identifier: GPL-2.0-only
// panel.js - what is known of the thing that is chosen.

const panel = document.getElementById("panel");

function heading(text, ...more) {
	return element("h2", { id: "panel-title", tabindex: "-1" }, text, ...more);
}

// A list of terms; rows without a value are left out.
function terms(rows) {
	const list = element("dl", {});

	for (const [term, ...values] of rows.filter(([, value]) => value !== null && value !== undefined && value !== ""))
		list.append(element("dt", {}, term), element("dd", {}, ...values));
	return list;
}

function code(text) {
	return element("code", {}, text);
}

function link(text, go) {
	return element("button", { type: "button", class: "link", onclick: go }, text);
}

// --- Explanations -----------------------------------------------------------------

// Options of this kernel's configuration get their value, and words that are explained a link.
function linkedText(text) {
	const parts = text.split(/(CONFIG_[A-Z0-9_]+)/);

	return parts.map((part) => {
		const option = /^CONFIG_/.test(part) && space().capture.configs.find((c) => c.name === part);

		if (!/^CONFIG_/.test(part))
			return part;
		if (!option)
			return code(part);
		return element("span", { class: "option" }, code(part), ` (here ${option.value === undefined || option.value === null ? "absent" : option.value})`);
	});
}

function archNote(paragraph) {
	return paragraph.archs ? element("em", {}, `On ${paragraph.archs.join(", ")}: `) : null;
}

function paragraphs(list) {
	return list.map((p) => element("p", {}, archNote(p), ...linkedText(p.text)));
}

function section(title, list) {
	const ours = list.filter((p) => !p.archs || p.archs.includes(space().arch));
	const others = list.filter((p) => p.archs && !p.archs.includes(space().arch));
	const parts = [];

	if (ours.length)
		parts.push(element("h3", {}, title), ...paragraphs(ours));
	if (others.length && !ours.length)
		parts.push(element("h3", {}, title));
	if (others.length)
		parts.push(element("details", {}, element("summary", {}, `${title}, on other architectures`), ...paragraphs(others)));
	return parts;
}

function explained(word) {
	if (!word)
		return [];
	return [
		...section("What it is", word.what),
		...section("Who uses it", word.users),
		...section("Where it is", word.place),
		...section("What would change it", word.options),
		word.aliases.length ? element("p", { class: "quiet" }, `Other words: ${word.aliases.join(", ")}`) : null,
	];
}

// --- A region ------------------------------------------------------------------------

const ROUTES = {
	macro: "a macro of the kernel's headers", exported: "an exported variable", cpu: "asked the processor",
	iomem: "the kernel's resource tree", kallsyms: "a symbol of the kernel", kprobe: "a symbol that the module looked up",
	derived: "computed", vmcoreinfo: "the crash-dump note", parameter: "given to the module", measured: "measured",
};

function source(expression, route) {
	if (!expression)
		return null;
	return element("span", {}, code(expression), ` (${ROUTES[route] || route || "no route"})`);
}

function shares(list, word) {
	return element("ul", { class: "shares" }, ...list.map((s) => element("li", {}, code(word(s)), ` ${sizeText(BigInt(s.bytes))}`)));
}

const LETTERS = { r: "read", w: "write", x: "execute", u: "user mode reaches it", U: "user mode executes it" };

function accessWords(access) {
	if (!access)
		return "not known";
	return `${access} (${[...access].filter((c) => LETTERS[c]).map((c) => LETTERS[c]).join(", ") || "nothing"})`;
}

function pageWords(share) {
	return sizeText(BigInt(share.page)) + (share.group ? ` in groups of ${sizeText(BigInt(share.group))}` : "");
}

function mappedRows(node) {
	const usage = node.usage;

	if (!usage || node.name === "noncanonical")
		return [];
	if (!isMappable(node))
		return [["Mapped", "by each process's own tables: this page has those of the kernel"]];
	if (usage.window)
		return [["Mapped", "by the processor itself: it asks no table"]];
	return [
		["Mapped", BigInt(usage.mapped) ? sizeText(BigInt(usage.mapped)) : "nothing"],
		["Allowed", usage.by_access.length ? shares(usage.by_access, (s) => accessWords(s.access)) : null],
		["Page sizes", usage.by_page.length ? shares(usage.by_page, pageWords) : null],
		["Writable and executable", usage.wx && BigInt(usage.wx) ? element("strong", { class: "alert" }, sizeText(BigInt(usage.wx))) : null],
	];
}

function populatedRow(region) {
	if (!region.populated_start)
		return null;
	const bytes = BigInt(region.populated_end) - BigInt(region.populated_start) + 1n;
	return element("span", {}, `${sizeText(bytes)} of ${sizeText(BigInt(region.size))}: `, code(region.populated_start),
		" to ", code(region.populated_end), ", by ", source(region.populated_source, region.populated_route));
}

// Where it is in the other capture.
function otherPlace(node) {
	if (SPACES.length < 2 || node.kind !== "region")
		return null;
	const other = SPACES[1 - view.number], there = nodeNamed(other, node.name);
	if (!there)
		return "not in the other capture";
	if (there.start === node.start && there.end === node.end)
		return "at the same addresses";
	const distance = there.start > node.start ? there.start - node.start : node.start - there.start;
	const moved = distance ? `${sizeText(distance)} ${there.start > node.start ? "higher" : "lower"}` : "same start";
	return element("span", {}, code(hex(other, there.start)), `: ${moved}, ${there.end - there.start === node.end - node.start ? "same size" : sizeText(there.end - there.start)}`);
}

function inside(node) {
	const list = [];

	for (const child of node.children.filter((c) => c.kind === "region").reverse())
		list.push(link(child.name, () => chooseThing(child, false)), " ");
	return list.length ? element("span", {}, ...list) : null;
}

function objectsIn(node) {
	const found = space().witnesses.filter((w) => w.address >= node.start && w.address < node.end);

	if (!found.length)
		return null;
	return element("span", {}, ...found.flatMap((w) => [link(w.name, () => choose(witnessChoice(w.name))), " "]));
}

function overlays(node) {
	const found = space().capture.regions.filter((r) => r.overlay && !r.absent && BigInt(r.start) >= node.start && BigInt(r.end) < node.end);

	return found.length ? element("span", {}, ...found.flatMap((r) => [link(r.name, () => choose({ overlay: r, word: WORDS.get(r.name) })), " "])) : null;
}

function rangeRows(region) {
	return [
		["First address", code(region.start)],
		["", source(region.start_source, region.start_route)],
		["Last address", code(region.end)],
		["", source(region.end_source, region.end_route)],
		["Size", sizeText(BigInt(region.size))],
	];
}

function actions(node) {
	return element("p", { class: "actions" },
		element("button", { type: "button", onclick: () => goTo(...rangeOf(node)) }, "Zoom to it"),
		node.parent && node.parent.parent ?
			element("button", { type: "button", onclick: () => choose(node.parent) }, `Around it: ${node.parent.name}`) : null);
}

function showRegion(node) {
	const region = node.region, other = otherPlace(node);

	return [
		heading(region.name), region.purpose ? element("p", { class: "purpose" }, region.purpose) : null,
		actions(node),
		terms([...rangeRows(region),
			["In use", populatedRow(region)],
			["Physical", region.phys ? code(region.phys) : null],
			["Kind", region.type === "region" ? null : region.type],
			...mappedRows(node),
			["Inside", inside(node)],
			["Ranges for allocators", overlays(node)],
			["Live objects", objectsIn(node)],
			["In the other capture", other],
			["Note", region.note]]),
		...explained(WORDS.get(region.type === "memory" ? "zone_device" : region.name)),
	];
}

function showPiece(node) {
	const hole = node.kind === "hole";
	const word = WORDS.get(hole ? "hole" : node.parent.name);

	return [
		heading(node.name), actions(node),
		terms([
			["First address", code(hex(space(), node.start))],
			["Last address", code(hex(space(), node.end - 1n))],
			["Size", sizeText(node.end - node.start)],
			["Live objects", objectsIn(node)]]),
		hole ? element("p", {}, "Nothing is published here. An access faults, unless the kernel has more than the module knows.") : null,
		...explained(word),
	];
}

// --- Other things ---------------------------------------------------------------------

function walkButton(name) {
	const walk = walkOf(name);

	if (!walk || walk.error)
		return element("p", { class: "quiet" }, "There is no walk to it in this page: a capture alone has no page tables. A saved or live machine has.");
	return element("p", { class: "actions" },
		element("button", { type: "button", class: "primary", onclick: () => startWalk(name) }, "Walk to it, level by level"));
}

function showWitness(witness) {
	const node = nodeAt(space(), witness.address);

	return [
		heading(witness.name, element("small", {}, " a live object")),
		element("p", { class: "actions" }, element("button", { type: "button", onclick: () => goToAddress(witness.address) }, "Zoom to it")),
		walkButton(witness.name),
		terms([["Address", code(witness.addr)],
			["Is in", element("span", {}, ...chainOf(node).slice(1).flatMap((n) => [link(n.name, () => choose(n)), " "]))],
			["Source", witness.source ? code(witness.source) : null],
			["Text at that address", witness.content ? code(witness.content) : null]]),
		...explained(WORDS.get(witness.name)),
	];
}

function factRows(name) {
	const fact = space().capture.facts.find((f) => f.name === name);

	if (!fact)
		return [];
	return [["Here", fact.absent ? `absent: ${fact.absent}` : String(fact.value)], ["Source", source(fact.source, fact.route)]];
}

function absentRow(name) {
	const region = space().capture.regions.find((r) => r.name === name && r.absent);

	return region ? `not on this kernel: ${region.absent}` : null;
}

function showWord(word) {
	return [
		heading(word.name), element("p", { class: "purpose" }, word.purpose),
		terms([...factRows(word.name), ["Here", absentRow(word.name)]]),
		...explained(word),
	];
}

function showOverlay(region) {
	return [
		heading(region.name), element("p", { class: "purpose" }, region.purpose),
		terms([...rangeRows(region), ["Note", region.note]]),
		...explained(WORDS.get(region.name)),
	];
}

// --- Nothing is chosen: what the page is, and what to do --------------------------------

function legend() {
	return element("ul", { class: "legend" }, ...DATA.tones.map((tone) =>
		element("li", {}, element("span", { class: `swatch tone-${tone.tone}` }), tone.meaning)),
	element("li", {}, element("span", { class: "swatch tone-nothing" }), "no address exists"));
}

function accessLegend() {
	const rows = [["read", "mapped to read"], ["write", "and to write"], ["code", "and to execute"],
		["alert", "to write and to execute"], ["mixed", "several, or not known"]];

	return element("ul", { class: "legend" }, element("li", {}, element("span", { class: "swatch used" }), "RAM is behind it"),
		...(space().capture.mappings ? rows.map(([kind, text]) =>
			element("li", {}, element("span", { class: `swatch access-${kind}` }), text)) : []));
}

function changesList() {
	if (!DATA.changes)
		return [];
	const moved = DATA.changes.filter((c) => c.change === "moved"), other = DATA.changes.filter((c) => c.change !== "moved");
	const item = (c) => element("li", {}, element("strong", {}, c.name), ` ${c.change}: `, code(c.values[0] || "none"), " to ",
		code(c.values[1] || "none"), c.because.length ? ` (${c.because.join(", ")})` : "");

	return [
		element("h3", {}, "Between the two captures"),
		other.length ? element("details", { open: other.length < 9 ? "" : null }, element("summary", {}, `${other.length} changed`),
			element("ul", {}, ...other.map(item))) : element("p", {}, "Nothing changed but what moves at each boot."),
		moved.length ? element("details", {}, element("summary", {}, `${moved.length} moved, as they do at each boot`),
			element("ul", {}, ...moved.map(item))) : null,
	];
}

const KEYS = [["+ and -", "zoom"], ["Up, Down", "the next box"], ["Left, Right", "what is around, what is inside"],
	["Enter", "go into a box"], ["Backspace", "go out"], ["Home", "everything"], ["Page Up, Page Down", "move"], ["/", "search"]];

function showStart() {
	const c = space().capture;

	return [
		heading("What lies where"),
		element("p", {}, "The map shows every virtual address, the highest on top. Zoom with the wheel, two fingers or the keys; choose a box to read what it is."),
		terms([["Kernel", c.kernel.release], ["Machine", `${c.kernel.machine}, ${c.kernel.bits} bits`],
			["Saved", c.capture ? c.capture.when : null]]),
		element("h3", {}, "Colours"), legend(),
		view.mapped ? element("h3", {}, "The strip at the right") : null, view.mapped ? accessLegend() : null,
		...changesList(),
		element("div", { class: "keys" }, element("h3", {}, "Keys"), terms(KEYS)),
		element("p", { class: "quiet" }, "Heights grow with the logarithm of a size, and make room for what is inside; within a box they are even."),
	];
}

function panelParts() {
	const chosen = view.chosen;

	if (view.walk)
		return showWalk();
	if (!chosen)
		return showStart();
	if (chosen.overlay)
		return showOverlay(chosen.overlay);
	if (chosen.witness)
		return showWitness(chosen.witness);
	if (chosen.word)
		return showWord(chosen.word);
	return chosen.kind === "region" && chosen.region ? showRegion(chosen) : showPiece(chosen);
}

function drawPanel() {
	const back = view.chosen || view.walk ? element("p", { class: "back" }, link("Back to the legend", () => choose(null))) : null;

	panel.replaceChildren(...[back, ...panelParts()].filter(Boolean));
	panel.scrollTop = 0;
}
