// SPDX-License-Identifier: GPL-2.0-only
// space.js - the data of the page, and the address space of a capture as a tree.
//
// Addresses are BigInt, and ranges end before their end, so that 2^64 has no special case.
"use strict";

performance.mark("kvas-start");

const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = new Map(DATA.words.map((word) => [word.name, word]));
const MEANINGS = new Map(DATA.tones.map((tone) => [tone.tone, tone.meaning]));

// --- Numbers --------------------------------------------------------------------

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

// Without a decimal it is exact, as in the tables of kvas: 4 KiB, 3056 MiB, 4.8 GiB.
function sizeText(bytes) {
	let unit = 0;

	if (bytes === 1n)
		return "1 byte";
	while (unit < 6 && bytes >> BigInt(10 * unit) >= 10000n)
		unit++;
	while (unit < 6 && bytes && bytes % (1n << BigInt(10 * (unit + 1))) === 0n)
		unit++;
	if (bytes % (1n << BigInt(10 * unit)) === 0n)
		return `${bytes >> BigInt(10 * unit)} ${UNITS[unit]}`;
	unit = 0;
	while (unit < 6 && bytes >> BigInt(10 * unit) >= 1024n)
		unit++;
	return `${(Number(bytes) / 2 ** (10 * unit)).toFixed(1)} ${UNITS[unit]}`;
}

function hex(space, address) {
	return "0x" + address.toString(16).padStart(space.bits / 4, "0");
}

// "ffff 8880 0000 0000": digits in groups are easier to compare.
function grouped(space, address) {
	return address.toString(16).padStart(space.bits / 4, "0").match(/.{4}/g).join(" ");
}

// An address as people type or paste it, or null.
function parseAddress(space, text) {
	const digits = text.trim().replace(/^0x/i, "").replace(/[ _`]/g, "");
	const full = digits.length === space.bits / 4;

	if (!/^[0-9a-f]{1,16}$/i.test(digits) || (!full && !/^\s*0x/i.test(text)))
		return null;
	const address = BigInt("0x" + digits);
	return address < space.end ? address : null;
}

function smaller(a, b) {
	return a < b ? a : b;
}

function larger(a, b) {
	return a > b ? a : b;
}

// --- The tree --------------------------------------------------------------------

// A node is a region, a hole, or what is left of a region beside those inside.
function newNode(parent, name, start, kind) {
	return { parent, name, start, end: start, kind, children: [], depth: parent ? parent.depth + 1 : -1 };
}

function appendPiece(node, span, start, end) {
	const last = node.children[node.children.length - 1];

	if (last && last.kind === "rest" && last.end === start) {
		last.end = end;
		return;
	}
	const hole = span.regions.length === 0;
	const piece = newNode(node, span.name, start, hole ? "hole" : "rest");
	piece.end = end;
	node.children.push(piece);
}

// Spans have no gap and no overlap, whatever the regions of a capture do.
function buildTree(capture, end) {
	const root = newNode(null, "whole address space", 0n, "root");
	let open = [root];

	root.end = end;
	for (const span of [...capture.spans].reverse()) {
		const start = BigInt(span.start), stop = BigInt(span.end) + 1n;
		let same = 0;

		while (same < span.regions.length && open[same + 1] && open[same + 1].name === span.regions[same])
			same++;
		open = open.slice(0, same + 1);
		for (const name of span.regions.slice(same)) {
			const inside = newNode(open[open.length - 1], name, start, "region");

			open[open.length - 1].children.push(inside);
			open.push(inside);
		}
		for (const node of open.slice(1))
			node.end = stop;
		appendPiece(open[open.length - 1], span, start, stop);
	}
	return root;
}

// A region with nothing but itself inside is a leaf.
function pruneTree(node) {
	if (node.kind === "region" && node.children.length === 1 && node.children[0].kind === "rest")
		node.children = [];
	node.children.forEach(pruneTree);
}

function eachNode(node, call) {
	call(node);
	for (const child of node.children)
		eachNode(child, call);
}

// --- Heights -----------------------------------------------------------------------

// Regions inside, however deep.
function countInside(node) {
	return node.children.reduce((sum, child) => sum + (child.kind === "region") + countInside(child), 0);
}

// Heights grow with the logarithm of the size, and there is some room for what is inside.
// What has no addresses is not to scale.
function weightOf(node) {
	const pages = Math.max(0, Math.log2(Number(node.end - node.start)) - 12);

	if (node.name === "noncanonical")
		return 30;
	if (node.kind !== "region")
		return 14 + 0.35 * pages;
	return 22 + pages + 18 * Math.min(9, countInside(node));
}

// Each leaf gets its units of the whole; within a leaf heights are linear.
function spread(node, units, leaves) {
	if (!node.children.length) {
		leaves.push({ node, start: node.start, end: node.end, size: Number(node.end - node.start), units });
		return;
	}
	const weights = node.children.map(weightOf);
	const sum = weights.reduce((a, b) => a + b, 0);
	node.children.forEach((child, i) => spread(child, units * weights[i] / sum, leaves));
}

function addOffsets(space) {
	let offset = 0;

	for (const leaf of space.leaves) {
		leaf.offset = offset;
		offset += leaf.units;
	}
	space.units = offset;
}

// --- A space: what the page knows of a capture ----------------------------------------

function regionOf(capture, node) {
	const inside = (r) => r.name === node.name && !r.absent && BigInt(r.start) <= node.start &&
		BigInt(r.end) >= node.start;

	return node.kind === "region" ? capture.regions.find(inside) : null;
}

function usageOf(capture, region) {
	if (!region || !capture.mappings)
		return null;
	return capture.mappings.regions.find((u) => u.name === region.name && u.start === region.start);
}

function numberOfFact(capture, name, otherwise) {
	const fact = capture.facts.find((f) => f.name === name && f.value !== undefined);

	return fact ? BigInt(fact.value) : otherwise;
}

function readRuns(space, mappings) {
	return (mappings ? mappings.runs : []).map(([start, size, look]) => {
		const first = BigInt(start), end = first + BigInt(size);

		return { start: first, end, look: mappings.looks[look], low: unitsAt(space, first), high: unitsAt(space, end) };
	});
}

function makeSpace(capture) {
	const bits = capture.kernel.bits;
	const space = { capture, bits, arch: capture.kernel.arch, end: 1n << BigInt(bits), leaves: [], nodes: [] };

	space.page = numberOfFact(capture, "page_size", 4096n);
	space.root = buildTree(capture, space.end);
	pruneTree(space.root);
	spread(space.root, 1000, space.leaves);
	addOffsets(space);
	const times = new Map();
	eachNode(space.root, (node) => {
		const name = `${node.kind} ${node.name}`;

		// The same in another capture; parts of a process share names.
		times.set(name, (times.get(name) || 0) + 1);
		node.key = `${name} ${times.get(name)}`;
		node.region = regionOf(capture, node);
		node.usage = usageOf(capture, node.region);
		node.tone = node.region ? node.region.tone : "unused";
		space.nodes.push(node);
	});
	space.names = new Map();
	for (const edge of capture.edges)
		space.names.set(BigInt(edge.addr), edge.names);
	space.witnesses = capture.witnesses.filter((w) => w.addr).map((w) => ({ ...w, address: BigInt(w.addr) }));
	space.runs = readRuns(space, capture.mappings);
	return space;
}

// All of a region: where regions overlap, its node may have a part of it only.
function rangeOf(node) {
	return node.region ? [BigInt(node.region.start), BigInt(node.region.end) + 1n] : [node.start, node.end];
}

function leafAt(space, address) {
	let low = 0, high = space.leaves.length - 1;

	while (low < high) {
		const middle = (low + high + 1) >> 1;

		if (space.leaves[middle].start <= address)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

function nodeAt(space, address) {
	return space.leaves[leafAt(space, address)].node;
}

function nodeNamed(space, name) {
	return space.nodes.find((node) => node.kind === "region" && node.name === name);
}

// From the outermost region to the node itself.
function chainOf(node) {
	return node.parent ? [...chainOf(node.parent), node] : [node];
}

// Units below an address.  Near one another, addresses need unitsBetween().
function unitsAt(space, address) {
	if (address >= space.end)
		return space.units;
	const leaf = space.leaves[leafAt(space, address)];
	return leaf.offset + leaf.units * Number(address - leaf.start) / leaf.size;
}

function unitsBetween(space, from, to) {
	if (from >= to)
		return from === to ? 0 : -unitsBetween(space, to, from);
	let sum = 0;
	for (let i = leafAt(space, from); i < space.leaves.length && space.leaves[i].start < to; i++) {
		const leaf = space.leaves[i];
		const bytes = smaller(to, leaf.end) - larger(from, leaf.start);

		sum += leaf.units * Number(bytes) / leaf.size;
	}
	return sum;
}

// The address so many units above, or below for a negative number; stops at the ends.
function moveAddress(space, address, units) {
	let i = leafAt(space, units < 0 && address > 0n ? address - 1n : smaller(address, space.end - 1n));

	for (; i >= 0 && i < space.leaves.length; i += units < 0 ? -1 : 1) {
		const leaf = space.leaves[i];
		const room = units < 0 ? address - leaf.start : leaf.end - address;
		const there = leaf.units * Number(room) / leaf.size;

		if (Math.abs(units) <= there) {
			const bytes = BigInt(Math.round(Math.abs(units) / leaf.units * leaf.size));

			return units < 0 ? larger(address - bytes, leaf.start) : smaller(address + bytes, leaf.end);
		}
		units -= units < 0 ? -there : there;
		address = units < 0 ? leaf.start : leaf.end;
	}
	return units < 0 ? 0n : space.end;
}
