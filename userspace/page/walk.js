// SPDX-License-Identifier: GPL-2.0-only
// walk.js - the way through the page tables to one address, step by step.

// The bits of an address in groups: not used, an index for each level, the offset.
function bitGroups(walk) {
	const address = BigInt(walk.addr), groups = [];
	let last = 0;

	const bitsOf = (first, bits) => (address >> BigInt(first) & ((1n << BigInt(bits)) - 1n)).toString(2).padStart(bits, "0");
	for (const [i, entry] of walk.entries.entries()) {
		if (entry.first_bit === null)
			return [];
		if (i === 0 && entry.first_bit + entry.bits < space().bits)
			groups.push({ name: "sign", text: bitsOf(entry.first_bit + entry.bits, space().bits - entry.first_bit - entry.bits) });
		groups.push({ name: `level ${entry.level}`, text: bitsOf(entry.first_bit, entry.bits), step: i, index: entry.index });
		last = entry.first_bit;
	}
	if (last)
		groups.push({ name: walk.phys ? "offset" : "rest", text: bitsOf(0, last), step: walk.entries.length });
	return groups;
}

function showBits(walk, step) {
	return element("div", { class: "bits" }, ...bitGroups(walk).map((group) => {
		const number = group.step === undefined ? "" : ` step-${group.step % 6}`;

		return element("div", { class: `group${number}${group.step === step ? " current" : ""}` },
			element("span", { class: "digits" }, group.text),
			element("span", { class: "group-name" }, group.index === undefined ? group.name : `${group.name}: ${group.index}`));
	}));
}

// A table as a grid: 512 entries are 16 rows of 32.
function showGrid(entry) {
	const entries = 2 ** (entry.bits || 9), across = entries >= 512 ? 32 : 16, rows = Math.ceil(entries / across);
	const shown = Math.min(rows, 64), grid = element("div", { class: "grid-of-entries", role: "img",
		"aria-label": `a table of ${entries} entries; entry ${entry.index} is framed` });
	const mark = element("div", { class: "entry-mark" });
	const row = Math.floor(entry.index / across), at = rows > shown ? Math.floor(row * shown / rows) : row;

	grid.style.setProperty("--across", across);
	grid.style.setProperty("--rows", shown);
	mark.style.left = `${100 * (entry.index % across) / across}%`;
	mark.style.top = `${100 * at / shown}%`;
	grid.append(mark);
	return grid;
}

function describeEntry(entry) {
	if (entry.kind === "none")
		return "It maps nothing: the walk ends here.";
	return entry.kind === "table" ? "It leads to the next table." : "It maps a page.";
}

function showEntry(walk, step) {
	const entry = walk.entries[step];

	if (entry.first_bit === null)
		return [element("p", {}, `Step ${step + 1}: entry ${entry.index} of level ${entry.level}. ${describeEntry(entry)}`),
			terms([["Entry", code(entry.value)], ["Meaning", entry.means]])];
	return [
		element("p", {}, `Step ${step + 1}: the table of level ${entry.level}. `,
			`Bits ${entry.first_bit + entry.bits - 1} to ${entry.first_bit} of the address are ${entry.index}, so entry ${entry.index} is read. `,
			describeEntry(entry)),
		showGrid(entry),
		terms([["Stands for", sizeText(1n << BigInt(entry.first_bit))], ["Entry", code(entry.value)], ["Read at", entry.addr ? code(entry.addr) : null], ["Meaning", entry.means]]),
	];
}

function showEnd(walk) {
	if (!walk.phys)
		return [element("p", {}, "The walk ends: ", walk.absent || "nothing is mapped", ".")];
	return [
		element("p", {}, "All tables are passed: the page and the offset in it give the physical address."),
		terms([["Physical address", code(walk.phys)], ["Page", walk.page ? sizeText(BigInt(walk.page)) : null],
			["Allowed", walk.access ? accessWords(walk.access) : null], ["Attributes", walk.attributes]]),
	];
}

function startWalk(query) {
	if (openWalk(query, 0))
		followWalk();
	panel.scrollIntoView({ block: "nearest" });
}

function stepTo(step) {
	openWalk(view.walk.walk.query, step);
	followWalk();
}

function showWalk() {
	const { walk, step } = view.walk, last = walk.entries.length;
	const move = (text, to) => element("button", { type: "button", id: to < step ? "walk-back" : "walk-on",
		class: to > step ? "primary" : null, disabled: to < 0 || to > last ? "" : null, onclick: () => stepTo(to) }, text);

	return [
		heading(`Walk to ${walk.query}`),
		element("p", {}, code(walk.addr), walk.in ? ` in ${walk.in}` : ""),
		showBits(walk, step),
		element("p", { class: "actions" }, move("Step back", step - 1), move("Next step", step + 1),
			element("span", { id: "walk-step" }, ` ${step + 1} of ${last + 1}`)),
		...(step < last ? showEntry(walk, step) : showEnd(walk)),
	];
}
