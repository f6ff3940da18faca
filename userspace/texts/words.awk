# SPDX-License-Identifier: GPL-2.0-only
#
# words.awk - compile the words of the pictures into the reader.
#
#   LC_ALL=C awk -f words.awk words.h texts/*.words
#
# The header lists the keys (KVAS_PICTURE_WORDS); each file is a language, en.words
# the first, and has one line "key = text" for each key.  A text may hold {1}, {2}
# ...: the same ones in each language.  The output is the initialiser of
# languages[] in words.c.  Any mistake is reported with its place and makes awk fail.

function fail(where, message)
{
	print where ": " message >"/dev/stderr"
	failed = 1
}

function fail_here(message)
{
	fail(FILENAME ":" FNR, message)
}

function in_c(text)
{
	gsub(/[\\"]/, "\\\\&", text)
	return text
}

# The highest n of {n} in a text, if all below it are there, too; or -1.
function parts_of(text,    n, rest)
{
	rest = text
	for (n = 0; sub("\\{" (n + 1) "\\}", "", rest); n++)
		;
	return rest ~ /[{}]/ ? -1 : n
}

FILENAME ~ /\.h$/ {
	if (/^#define KVAS_(PICTURE|KIND)_WORDS\(X\)/)
		is_list = 1
	if (is_list && match($0, /X\([A-Z0-9_]+,[ \t]*"[a-z0-9_]+"\)/)) {
		split(substr($0, RSTART, RLENGTH), parts, "\"")
		keys[++n_keys] = parts[2]
		is_key[parts[2]] = 1
	}
	if (!/\\$/)
		is_list = 0
	next
}

FNR == 1 {
	language = FILENAME
	sub(/^.*\//, "", language)
	sub(/\.words$/, "", language)
	languages[++n_languages] = language
	file_of[language] = FILENAME
}

# Other languages need letters that English does not.
language == "en" && /[^ -~]/ {
	fail_here("a character that is not printable ASCII")
	next
}

/^ *(#|$)/ {
	next
}

!/^[a-z0-9_]+ = ./ {
	fail_here("expected 'key = text'")
	next
}

{
	key = $1
	value = $0
	sub(/^[a-z0-9_]+ = /, "", value)
	if (!(key in is_key))
		fail_here("'" key "' is no key of words.h")
	if ((language, key) in text)
		fail_here("a second '" key "'")
	n = parts_of(value)
	if (n < 0)
		fail_here("expected {1}, {2} ..., each once, in '" key "'")
	else if ((languages[1], key) in text && n != parts_of(text[languages[1], key]))
		fail_here("'" key "' has other {1}, {2} ... than " file_of[languages[1]])
	text[language, key] = value
}

END {
	if (!n_keys)
		fail("words.h", "found no keys")
	print "/* Made by words.awk from texts/: edit the files there. */"
	print "static const struct language languages[] = {"
	for (l = 1; l <= n_languages; l++) {
		print "{ \"" languages[l] "\", {"
		for (k = 1; k <= n_keys; k++) {
			if (!((languages[l], keys[k]) in text))
				fail(file_of[languages[l]], "'" keys[k] " = ...' is missing")
			print "\t\"" in_c(text[languages[l], keys[k]]) "\","
		}
		print "} },"
	}
	print "};"
	exit failed
}
