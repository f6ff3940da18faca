# SPDX-License-Identifier: GPL-2.0-only
# page.html with its style and script as strings of C, one for each piece (draw/page.c).
#
#   awk -f page.awk -v style=FILE -v script=FILE -v digests="HEX - HEX -" page.html
#
# Lines of the page that hold one of @STYLE@, @SCRIPT@ and @POLICY@ get what it stands
# for; @TITLE@ and @DATA@ end a piece.

# SHA-256 in base64, as a policy wants it.
function base64(hex,	letters, digits, bits, i, text) {
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	digits = "0123456789abcdef"
	# Three digits are two letters.  64 digits are 42 letters and a rest of four bits.
	for (i = 1; i + 2 <= 64; i += 3) {
		bits = (index(digits, substr(hex, i, 1)) - 1) * 256 + \
			(index(digits, substr(hex, i + 1, 1)) - 1) * 16 + \
			index(digits, substr(hex, i + 2, 1)) - 1
		text = text substr(letters, int(bits / 64) + 1, 1) substr(letters, bits % 64 + 1, 1)
	}
	return text substr(letters, (index(digits, substr(hex, 64, 1)) - 1) * 4 + 1, 1) "="
}

function escaped(text) {
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\\&", text)
	return text
}

function put(text) {
	printf "\t\"%s\"\n", escaped(text)
}

function put_line(text) {
	printf "\t\"%s\\n\"\n", escaped(text)
}

function put_file(name,	line) {
	while ((getline line < name) > 0)
		put_line(line)
	close(name)
}

BEGIN {
	split(digests, digest, / +-? */)
}

/@POLICY@/ {
	sub(/@POLICY@/, "default-src 'none'; style-src 'sha256-" base64(digest[1]) \
		"'; script-src 'sha256-" base64(digest[2]) "'; base-uri 'none'; form-action 'none'")
}

/@STYLE@|@SCRIPT@/ {
	is_style = /@STYLE@/
	split($0, parts, /@STYLE@|@SCRIPT@/)
	put(parts[1])
	put_file(is_style ? style : script)
	put_line(parts[2])
	next
}

/@TITLE@|@DATA@/ {
	split($0, parts, /@TITLE@|@DATA@/)
	put(parts[1])
	print "\t,"
	put_line(parts[2])
	next
}

{
	put_line($0)
}
