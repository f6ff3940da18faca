// SPDX-License-Identifier: GPL-2.0-only
// tables.js - everything as tables: for readers of the screen, for paper, to copy from.

const tables = document.getElementById("tables");

// Roles are written down, as a narrow screen shows rows as blocks.
function table(caption, columns, rows) {
	const head = element("tr", { role: "row" }, ...columns.map((c) => element("th", { scope: "col", role: "columnheader" }, c)));
	const body = rows.map((cells) => element("tr", { role: "row" }, ...cells.map((cell, i) => {
		const attributes = { "data-column": columns[i] };

		if (i === 0)
			return element("th", { ...attributes, scope: "row", role: "rowheader" }, cell);
		return element("td", { ...attributes, role: "cell", class: cell === "" || cell === null ? "empty" : null }, cell === null ? "" : cell);
	})));

	return element("table", { role: "table" }, element("caption", {}, caption),
		element("thead", { role: "rowgroup" }, head), element("tbody", { role: "rowgroup" }, ...body));
}

function usedText(region) {
	return region && region.populated_start ? sizeText(BigInt(region.populated_end) - BigInt(region.populated_start) + 1n) : "";
}

function mappedText(usage) {
	return !usage ? "" : usage.window ? "no tables" : sizeText(BigInt(usage.mapped));
}

function knownText(region) {
	if (!region)
		return "";
	return region.start_source === region.end_source ? region.start_source || "" : `${region.start_source || "?"} to ${region.end_source || "?"}`;
}

function regionRow(node) {
	const name = element("button", { type: "button", class: "link", onclick: () => {
		chooseThing(node, true);
		map.scrollIntoView({ block: "nearest" });
	} }, node.name);
	const shown = element("div", {}, name);

	const [low, high] = rangeOf(node);
	shown.style.marginLeft = `${node.depth}em`;
	return [shown, node.region ? node.region.purpose || "" : "", code(hex(space(), low)), code(hex(space(), high - 1n)), sizeText(high - low), usedText(node.region), mappedText(node.usage),
		node.usage ? node.usage.by_access.map((a) => a.access || "?").join(" ") : "", knownText(node.region)];
}

// From the top down, each before what is inside.
function regionRows(node) {
	const listed = node.region && nodeNamed(space(), node.name).region === node.region && nodeNamed(space(), node.name) !== node;
	const rows = node.parent && !listed ? [regionRow(node)] : [];

	for (const child of [...node.children].reverse())
		rows.push(...regionRows(child));
	return rows;
}

function valueText(record) {
	return record.absent ? `absent: ${record.absent}` : String(record.value);
}

// Columns that are empty in all rows are left out.
function dense(columns, rows) {
	const kept = columns.map((c, i) => i).filter((i) => rows.some((row) => row[i] !== "" && row[i] !== null));

	return [kept.map((i) => columns[i]), rows.map((row) => kept.map((i) => row[i]))];
}

function overlayRow(region) {
	return [region.name, region.purpose || "", code(region.start), code(region.end), sizeText(BigInt(region.size)), knownText(region)];
}

function drawTables() {
	const c = space().capture, absent = c.regions.filter((r) => r.absent), ranges = c.regions.filter((r) => r.overlay && !r.absent);
	const parts = [table("Regions and holes, the highest address first",
		...dense(["Name", "What for", "First address", "Last address", "Size", "In use", "Mapped", "Allowed", "Known by"],
			regionRows(space().root)))];

	if (ranges.length)
		parts.push(table("Ranges in which allocators of code look for room", ["Name", "What for", "First address", "Last address", "Size", "Known by"],
			ranges.map(overlayRow)));
	if (c.witnesses.length)
		parts.push(table("Live objects", ["Name", "Address", "In", "What it is"],
			c.witnesses.map((w) => [w.name, w.addr ? code(w.addr) : `absent: ${w.absent}`, w.region || "", w.source || ""])));
	parts.push(table("Facts", ["Name", "Value", "Source"], c.facts.map((f) => [f.name, valueText(f), f.source || ""])));
	if (c.configs.length)
		parts.push(table("Options of the configuration", ["Name", "Value"], c.configs.map((o) => [o.name, valueText(o)])));
	if (absent.length)
		parts.push(table("What this kernel does not have", ["Name", "Why"], absent.map((r) => [r.name, r.absent])));
	tables.replaceChildren(...parts);
}
