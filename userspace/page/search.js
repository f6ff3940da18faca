// SPDX-License-Identifier: GPL-2.0-only
// search.js - an address, a symbol or a word leads to its place and its explanation.

const searchBox = document.getElementById("search");
const found = document.getElementById("found");

// Everything that has a name: what it is, the name, and where it leads.
function searchIndex() {
	const s = space(), c = s.capture, list = [];
	const add = (name, kind, thing) => list.push({ name, kind, thing, lower: name.toLowerCase() });

	for (const node of s.nodes.filter((n) => n.kind === "region"))
		add(node.name, "region", node);
	for (const region of c.regions.filter((r) => r.overlay && !r.absent))
		add(region.name, "range for an allocator", { overlay: region });
	for (const w of s.witnesses) {
		add(w.name, "live object", { witness: w });
		if (w.source)
			add(w.source, "live object", { witness: w });
	}
	for (const [address, macros] of s.names)
		for (const macro of macros)
			add(macro, "edge", { address });
	for (const walk of (c.walks || []).filter((w) => !w.error && !s.witnesses.some((o) => o.name === w.query)))
		add(walk.query, "walk", { walk });
	for (const word of DATA.words) {
		const node = nodeNamed(s, word.name);

		for (const alias of word.aliases)
			add(alias, node ? `is ${word.name}` : "word", node || { word });
		if (!node)
			add(word.name, word.kind, { word });
	}
	for (const option of c.configs)
		add(option.name, "option", { option });
	return list;
}

function score(item, wanted) {
	if (item.lower === wanted)
		return 0;
	return item.lower.startsWith(wanted) ? 1 : item.lower.includes(wanted) ? 2 : 3;
}

function matches(text) {
	const wanted = text.trim().toLowerCase().replace(/[ -]/g, "_"), address = parseAddress(space(), text);
	const hits = [], seen = new Set();

	if (address !== null)
		hits.push({ name: hex(space(), address), kind: `in ${nodeAt(space(), address).name}`, thing: { address } });
	if (!wanted)
		return hits;
	for (const item of searchIndex().filter((i) => score(i, wanted) < 3).sort((a, b) => score(a, wanted) - score(b, wanted) || a.name.length - b.name.length)) {
		if (seen.has(item.name + item.kind))
			continue;
		seen.add(item.name + item.kind);
		hits.push(item);
	}
	return hits;
}

function showOption(option) {
	choose({ word: { name: option.name, purpose: `an option of the kernel's configuration; here: ${option.value || option.absent}`,
		aliases: [], users: [], place: [], options: [],
		what: DATA.words.filter((w) => [...w.what, ...w.options, ...w.place].some((p) => p.text.split(/[^A-Z0-9_]/).includes(option.name)))
			.map((w) => ({ archs: null, text: `It matters for ${w.name}: ${w.purpose}.` })) } });
}

function follow(item) {
	found.replaceChildren();
	searchBox.value = item.name;
	if (item.thing.option)
		showOption(item.thing.option);
	else if (item.thing.walk)
		startWalk(item.thing.walk.query);
	else
		chooseThing(item.thing, !item.thing.overlay);
	say(`${item.name}, ${item.kind}`);
}

function showMatches() {
	const hits = searchBox.value.trim() ? matches(searchBox.value).slice(0, 12) : [];

	found.replaceChildren(...hits.map((item) => element("li", {}, element("button", { type: "button", onclick: () => follow(item) },
		element("strong", {}, item.name), ` ${item.kind}`))));
	if (searchBox.value.trim())
		say(hits.length ? `${hits.length} found` : `Nothing here is called "${searchBox.value.trim()}".`);
}

searchBox.addEventListener("input", showMatches);
document.getElementById("search-form").addEventListener("submit", (event) => {
	const hits = matches(searchBox.value);

	event.preventDefault();
	if (hits.length)
		follow(hits[0]);
	else
		say(`Nothing here is called "${searchBox.value.trim()}": try an address, a symbol such as _text, or a word such as heap.`);
});
searchBox.addEventListener("keydown", (event) => {
	if (event.key === "Escape") {
		searchBox.value = "";
		found.replaceChildren();
	} else if (event.key === "ArrowDown" && found.querySelector("button")) {
		event.preventDefault();
		found.querySelector("button").focus();
	}
});
found.addEventListener("keydown", (event) => {
	const item = document.activeElement.parentElement;
	const next = event.key === "ArrowDown" ? item.nextElementSibling : event.key === "ArrowUp" ? item.previousElementSibling : null;

	if (event.key === "Escape") {
		found.replaceChildren();
		searchBox.focus();
	} else if (event.key === "ArrowUp" && !next) {
		searchBox.focus();
	} else if (next) {
		event.preventDefault();
		next.firstChild.focus();
	}
});
