# SPDX-License-Identifier: GPL-2.0-only
#
# texts.awk - compile the explanations in texts/ into the reader.
#
#   LC_ALL=C awk -f texts.awk ../module/kvas_format.h texts.h texts/*.txt
#
# The headers hold the names (KVAS_REGIONS, KVAS_SECTIONS, KVAS_FACTS,
# KVAS_WITNESSES and the reader's own KVAS_WORDS).  Each name has one text,
# NAME.txt, and each text has a name.  README.md here describes a text.
#
# The output is the initialiser of explanations[] in texts.c, in the order of the
# headers.  Any mistake is reported with its place and makes awk fail.

BEGIN {
	n_sections = split("What Users Place Options Witness", sections)
	for (i in sections)
		is_section[sections[i]] = 1
	make_set(is_color, "green yellow blue magenta cyan grey")
	make_set(is_arch, "x86_64 i386 arm arm64 riscv64 riscv32 ppc64 s390x loongarch64 mips64 mips")
	n_paragraphs = n_kinds = 0
}

function make_set(set, words,    list, i)
{
	split(words, list)
	for (i in list)
		set[list[i]] = 1
}

function fail(where, message)
{
	print where ": " message >"/dev/stderr"
	failed = 1
}

function fail_here(message)
{
	fail(FILENAME ":" FNR, message)
}

function trimmed(text)
{
	gsub(/^ +| +$/, "", text)
	return text
}

function in_c(text)
{
	gsub(/[\\"]/, "\\\\&", text)
	return text
}

# kvas explain takes capital letters, spaces and dashes, too.
function folded(word)
{
	word = tolower(word)
	gsub(/[ -]/, "_", word)
	return word
}

# --- The headers: the names, each of a kind.

FILENAME ~ /\.h$/ {
	if (match($0, /^#define KVAS_(REGIONS|SECTIONS|FACTS|WITNESSES|WORDS)\(X\)/))
		kind = substr($2, 6, length($2) - 8)
	if (kind != "" && match($0, /X\([A-Z0-9_]+,[ \t]*"[a-z0-9_]+"\)/)) {
		split(substr($0, RSTART, RLENGTH), parts, "\"")
		# A witness of a region's name is explained there, under Witness.
		if (parts[2] in kind_of) {
			has_witness[parts[2]] = 1
		} else {
			names[++n_names] = parts[2]
			kind_of[parts[2]] = kind
			taken[parts[2]] = "the name"
		}
	}
	if (!/\\$/)
		kind = ""
	next
}

# --- The texts.

FNR == 1 {
	name = FILENAME
	sub(/^.*\//, "", name)
	sub(/\.txt$/, "", name)
	if (!(name in kind_of))
		fail(FILENAME, "'" name "' is no name of kvas_format.h and texts.h")
	section = ""
}

/[^ -~]/ {
	fail_here("a character that is not printable ASCII")
	next
}

/^ *$/ {
	ended = 1
	next
}

# "Place:", or "Place on x86_64, i386:"
/^[A-Z][a-z]*( on [a-z0-9_, ]+)?:$/ {
	section = $1
	sub(/:$/, "", section)
	archs = ""
	if (!(section in is_section))
		fail_here("unknown heading '" $0 "'")
	for (i = 3; i <= NF; i++) {
		arch = $i
		sub(/[,:]$/, "", arch)
		if (!(arch in is_arch))
			fail_here("unknown architecture '" arch "'")
		archs = archs (archs == "" ? "" : " ") arch
	}
	if ((name, $0) in seen)
		fail_here("a second '" $0 "'")
	seen[name, $0] = seen[name, section] = 1
	paragraph = ++n_paragraphs
	paragraph_of[paragraph] = name
	section_of[paragraph] = section
	archs_of[paragraph] = archs
	place_of[paragraph] = FILENAME ":" FNR
	ended = 0
	next
}

section == "" && $1 == "Aliases:" {
	for (i = 2; i <= NF; i++) {
		if (folded($i) in taken)
			fail_here("'" $i "' is already taken: it is " taken[folded($i)])
		taken[folded($i)] = "an alias of " name
		aliases[name] = aliases[name] " \"" in_c($i) "\","
	}
	next
}

# "Purpose: ...", or "Purpose of fs_dax: ...", of one kind of device memory
section == "" && /^(Purpose|Color|Purpose of [a-z0-9_]+): / {
	heading = value = $0
	sub(/: .*/, "", heading)
	sub(/^[^:]*: /, "", value)
	if (heading ~ / of /) {
		sub(/.* /, "", heading)
		kinds[++n_kinds] = heading
		purpose_of[heading] = trimmed(value)
		next
	}
	if ((name, heading) in field)
		fail_here("a second '" heading ":'")
	field[name, heading] = trimmed(value)
	next
}

section == "" {
	fail_here("expected 'Purpose: ...', 'Color: ...', 'Aliases: ...' or a heading")
	next
}

{
	if (ended && text[paragraph] != "")
		fail_here("'" section ":' has a second paragraph")
	ended = 0
	text[paragraph] = text[paragraph] (text[paragraph] == "" ? "" : " ") trimmed($0)
}

# --- The initialiser.

function print_paragraphs(name,    i, p)
{
	print "\t.paragraphs = (const struct paragraph[]){"
	for (i = 1; i <= n_sections; i++) {
		for (p = 1; p <= n_paragraphs; p++) {
			if (paragraph_of[p] != name || section_of[p] != sections[i])
				continue
			if (text[p] == "")
				fail(place_of[p], "'" sections[i] ":' is empty")
			printf "\t\t{ SECTION_%s, %s,\n\t\t  \"%s\" },\n", toupper(sections[i]),
			       archs_of[p] == "" ? "NULL" : "\"" archs_of[p] "\"", in_c(text[p])
		}
	}
	print "\t\t{ 0 }\n\t},"
}

function check(name, place,    i)
{
	for (i = 1; i <= n_sections; i++) {
		if ((name, sections[i]) in seen)
			continue
		if (sections[i] == "What" ||
		    sections[i] == "Witness" && name in has_witness ||
		    sections[i] != "Witness" && kind_of[name] ~ /REGION|SECTION/)
			fail(place, "'" sections[i] ":' is missing")
	}
	if (kind_of[name] ~ /REGION|SECTION/ && !((name, "Color") in field))
		fail(place, "'Color:' is missing")
	if ((name, "Color") in field && !(field[name, "Color"] in is_color))
		fail(place, "unknown color '" field[name, "Color"] "'; known are green, yellow, blue, magenta, cyan, grey")
}

END {
	if (!n_names)
		fail("kvas_format.h", "found no names")
	print "/* Made by texts.awk from texts/: edit the files there. */"
	print "static const struct explanation explanations[] = {"
	for (n = 1; n <= n_names; n++) {
		name = names[n]
		place = "texts/" name ".txt"
		if (!((name, "Purpose") in field)) {
			fail(place, "there is no such file, or it has no 'Purpose:'")
			continue
		}
		check(name, place)
		print "{\n\t.name = \"" name "\","
		sub(/S$/, "", kind_of[name])
		sub(/WITNESSE/, "WITNESS", kind_of[name])
		print "\t.kind = EXPLAINS_" kind_of[name] ","
		print "\t.purpose = \"" in_c(field[name, "Purpose"]) "\","
		if ((name, "Color") in field)
			print "\t.color = " toupper(field[name, "Color"]) ","
		print "\t.aliases = (const char *const[]){" aliases[name] " NULL },"
		print_paragraphs(name)
		print "},"
	}
	print "};\n\nstatic const struct device_memory device_memory[] = {"
	for (i = 1; i <= n_kinds; i++)
		print "\t{ \"" kinds[i] "\", \"" in_c(purpose_of[kinds[i]]) "\" },"
	print "};"
	exit failed
}
