# SPDX-License-Identifier: GPL-2.0-only
#
# texts.awk - compile the explanations in texts/ into the reader.
#
#   LC_ALL=C awk -f texts.awk ../module/kvas_format.h texts.h texts/*.txt
#
# The headers hold the names (KVAS_REGIONS, KVAS_SECTIONS, KVAS_WORDS).  Each
# name has one text, NAME.txt, and each text has a name:
#
#   Purpose: a few words, for tables and maps
#   Color: red, green, ...
#
#   What:
#   One paragraph, wrapped as you like.
#
#   Users:
#   ...
#
# A heading stands alone on its line.  Elsewhere may be left out.  All text is
# printable ASCII, because the reader counts bytes when it wraps lines.
#
# The output is the initialiser of region_texts[] in texts.c, in the order of
# the headers.  Any mistake is reported with its place and makes awk fail.

BEGIN {
	split("Purpose Color", fields)
	split("What Users Place Options", sections)
	split("green yellow blue magenta cyan grey", colors)
	for (i in fields)
		is_field[fields[i]] = 1
	for (i in sections)
		is_section[sections[i]] = 1
	is_section["Elsewhere"] = 1
	for (i in colors)
		is_color[colors[i]] = 1
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

# Start a field or a section of the current text.
function begin(heading)
{
	if ((name, heading) in text)
		fail_here("a second '" heading ":'")
	text[name, heading] = ""
	ended = 0
}

# Add a line to a field or section; lines are joined by spaces.
function add(heading, line)
{
	gsub(/[\\"]/, "\\\\&", line)
	gsub(/^ +| +$/, "", line)
	text[name, heading] = text[name, heading] (text[name, heading] == "" ? "" : " ") line
}

FILENAME ~ /\.h$/ {
	if (/^#define KVAS_(REGIONS|SECTIONS|WORDS)\(X\)/)
		listing = 1
	if (listing && match($0, /X\([A-Z0-9_]+,[ \t]*"[a-z0-9_]+"\)/)) {
		split(substr($0, RSTART, RLENGTH), parts, "\"")
		names[++n_names] = parts[2]
		is_name[parts[2]] = 1
	}
	if (!/\\$/)
		listing = 0
	next
}

FNR == 1 {
	name = FILENAME
	sub(/^.*\//, "", name)
	sub(/\.txt$/, "", name)
	if (!(name in is_name))
		fail(FILENAME, "'" name "' is no region, section or word of kvas_format.h and texts.h")
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

/^[A-Z][a-z]*:$/ {
	section = substr($0, 1, length($0) - 1)
	if (!(section in is_section))
		fail_here("unknown heading '" $0 "'")
	begin(section)
	next
}

section == "" {
	heading = $1
	sub(/:$/, "", heading)
	if (!(heading in is_field) || $1 == heading) {
		fail_here("expected 'Purpose: ...', 'Color: ...' or a heading")
		next
	}
	begin(heading)
	add(heading, substr($0, length($1) + 1))
	next
}

{
	if (ended && text[name, section] != "")
		fail_here("'" section ":' has a second paragraph")
	ended = 0
	add(section, $0)
}

# A member of struct region_text, whose name is the heading's in small letters.
function print_member(heading)
{
	printf "\t.%s = \"%s\",\n", tolower(heading), text[name, heading]
}

function check(place, heading)
{
	if (text[name, heading] == "")
		fail(place, "'" heading ":' is missing or empty")
}

END {
	if (!n_names)
		fail("kvas_format.h", "found no names of regions")
	print "/* Made by texts.awk from texts/: edit the files there. */"
	for (n = 1; n <= n_names; n++) {
		name = names[n]
		place = "texts/" name ".txt"
		if (!((name, "Purpose") in text)) {
			fail(place, "there is no such file, or it has no 'Purpose:'")
			continue
		}
		print "{\n\t.name = \"" name "\","
		check(place, "Purpose")
		print_member("Purpose")
		color = text[name, "Color"]
		if (!(color in is_color))
			fail(place, "unknown or no 'Color:'; known are green, yellow, blue, magenta, cyan, grey")
		print "\t.color = " toupper(color) ","
		for (i = 1; i in sections; i++) {
			check(place, sections[i])
			print_member(sections[i])
		}
		if ((name, "Elsewhere") in text) {
			check(place, "Elsewhere")
			print_member("Elsewhere")
		}
		print "},"
	}
	exit failed
}
