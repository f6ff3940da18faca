// SPDX-License-Identifier: GPL-2.0-only
/* themes.c - see themes.h */
#include <string.h>

#include "base/util.h"
#include "texts/texts.h"
#include "themes.h"

enum { N_STATES = STATE_MAPPED + 1 };

/* --- Colours ------------------------------------------------------------------------ */

/* Of each state: the fill, and its hatch.  The more there is, the stronger. */
struct tints {
	struct {
		uint32_t color, hatch;
	} of[N_STATES];
	uint32_t edge;
};

static const struct tints light[N_TONES] = {
	/* bluish green, yellow, sky blue, blue, reddish purple */
	[TONE_CODE] = { { { 0xe1f6ec, 0xa6d0bd }, { 0xc8eedc, 0x85cdae }, { 0x7bd8b2, 0xcef3e2 } }, 0x076c4e },
	[TONE_DATA] = { { { 0xfaf5e2, 0xd3cba6 }, { 0xf1eac8, 0xcec485 }, { 0xdcd180, 0xfbf4d2 } }, 0x656100 },
	[TONE_ONE_PIECE] = { { { 0xe5f6ff, 0xa3d0e5 }, { 0xcaeeff, 0x77ccef }, { 0x79d8fe, 0xdff4ff } }, 0x006782 },
	[TONE_PAGES] = { { { 0xe8eafd, 0xbbbfe4 }, { 0xdbdefe, 0xacb5f2 }, { 0xacb7fe, 0xdbdefe } }, 0x3b5aac },
	[TONE_FIXED] = { { { 0xffecf5, 0xe3bcd0 }, { 0xffdced, 0xecabce }, { 0xffaeda, 0xffe4f1 } }, 0x973e73 },
	[TONE_UNUSED] = { { { 0xf1f1f1, 0xd8d8d8 }, { 0xe5e5e5, 0xbebebe }, { 0xc6c6c6, 0xebebeb } }, 0x5e5e5e },
	[TONE_NOTHING] = { { { 0xf6f6f6, 0xcccccc }, { 0xebebeb, 0xc4c4c4 }, { 0xd1d1d1, 0xf6f6f6 } }, 0x5e5e5e },
	/* vermilion and orange */
	[TONE_ALERT] = { { { 0xffeadf, 0xe6bba3 }, { 0xfedcc9, 0xf0ac86 }, { 0xffa873, 0xffe0cf } }, 0x984711 },
	[TONE_CHOSEN] = { { { 0xfff2e3, 0xfff2e3 }, { 0xfde4c7, 0xe2bb85 }, { 0xf4c460, 0xf4c460 } }, 0x7f5600 },
};

static const struct tints dark[N_TONES] = {
	[TONE_CODE] = { { { 0x1f2d27, 0x294e3f }, { 0x1d382d, 0x185b43 }, { 0x1b5d46, 0x164031 } }, 0x3cb489 },
	[TONE_DATA] = { { { 0x2c2a1d, 0x4c4728 }, { 0x36331c, 0x56511e }, { 0x5a5421, 0x3e3a19 } }, 0xaca345 },
	[TONE_ONE_PIECE] = { { { 0x1c2c33, 0x1d4c5e }, { 0x143643, 0x00576f }, { 0x015c75, 0x024153 } }, 0x11aeda },
	[TONE_PAGES] = { { { 0x282936, 0x404564 }, { 0x2d3148, 0x414d7e }, { 0x3f4b7c, 0x2b3354 } }, 0x879cf5 },
	[TONE_FIXED] = { { { 0x34262d, 0x5e3d4e }, { 0x432b38, 0x733f5c }, { 0x76415f, 0x512e41 } }, 0xe182b7 },
	[TONE_UNUSED] = { { { 0x2a2a2a, 0x3c3c3c }, { 0x323232, 0x505050 }, { 0x525252, 0x393939 } }, 0xa0a0a0 },
	[TONE_NOTHING] = { { { 0x2a2a2a, 0x474747 }, { 0x323232, 0x505050 }, { 0x575757, 0x3e3e3e } }, 0xa0a0a0 },
	[TONE_ALERT] = { { { 0x35271f, 0x603f2b }, { 0x462d1e, 0x764324 }, { 0x7c431f, 0x512e1a } }, 0xe68951 },
	[TONE_CHOSEN] = { { { 0x31291e, 0x31291e }, { 0x3e301c, 0x674b1f }, { 0x6c5024, 0x6c5024 } }, 0xca9748 },
};

/* For printers without colours: all tones are alike, and hatches tell them apart. */
static const struct tints print = {
	{ { 0xffffff, 0xc4c4c4 }, { 0xf4f4f4, 0xa2a2a2 }, { 0xd4d4d4, 0xffffff } }, 0x000000,
};

/* Where it has no hatch, grey alone has to do. */
static const struct tints print_chosen = {
	{ { 0xf0f0f0, 0xf0f0f0 }, { 0xe4e4e4, 0xa2a2a2 }, { 0xb4b4b4, 0xb4b4b4 } }, 0x000000,
};

static const uint32_t inks[N_THEMES][N_INKS] = {
	[THEME_LIGHT] = {
		[INK_TEXT] = 0x1a1a1a, [INK_QUIET] = 0x464646, [INK_STRONG] = 0x000000,
		[INK_ALERT] = 0x842600, [INK_CHOSEN] = 0x603b00,
	},
	[THEME_DARK] = {
		[INK_TEXT] = 0xe8e8e8, [INK_QUIET] = 0xd0d0d0, [INK_STRONG] = 0xffffff,
		[INK_ALERT] = 0xffc09c, [INK_CHOSEN] = 0xffd27a,
	},
	[THEME_PRINT] = {
		[INK_TEXT] = 0x000000, [INK_QUIET] = 0x303030, [INK_STRONG] = 0x000000,
		[INK_ALERT] = 0x000000, [INK_CHOSEN] = 0x000000,
	},
};

static const uint32_t pages[N_THEMES] = {
	[THEME_LIGHT] = 0xffffff, [THEME_DARK] = 0x16181c, [THEME_PRINT] = 0xffffff,
};

/* --- Hatches ------------------------------------------------------------------------- */

/* Lines that lie as the memory does: in one piece, or page by page. */
static const unsigned int hatch_lines[N_TONES] = {
	[TONE_CODE] = HATCH_RISING,
	[TONE_DATA] = HATCH_DOTS,
	[TONE_ONE_PIECE] = HATCH_LEVEL,
	[TONE_PAGES] = HATCH_LEVEL | HATCH_UPRIGHT,
	[TONE_FIXED] = HATCH_FALLING,
	[TONE_UNUSED] = HATCH_UPRIGHT,
	[TONE_NOTHING] = HATCH_RISING | HATCH_FALLING,
	[TONE_ALERT] = HATCH_RISING,
	[TONE_CHOSEN] = HATCH_LEVEL | HATCH_RISING,
};

static struct hatch hatch_of(enum tone tone, enum state state)
{
	static const double sides[N_STATES] = { 14, 7, 10 }, widths[N_STATES] = { 1, 1.4, 1.4 };
	static const double dots[N_STATES] = { 10.4, 5.2, 7.4 };
	struct hatch h = { hatch_lines[tone], sides[state], widths[state] };

	/* Dots cover less of the fill than lines do. */
	if (tone == TONE_DATA)
		h = (struct hatch){ HATCH_DOTS, dots[state], widths[state] + 0.2 };
	/* A sign of the legend is 22 wide and 13 high: it has to have a line or a dot. */
	if (tone == TONE_UNUSED && state == STATE_RESERVED)
		h.side = 16;
	if (tone == TONE_ONE_PIECE && state != STATE_POPULATED)
		h.side = state == STATE_RESERVED ? 10 : 14;
	/* As a barrier is painted. */
	if (tone == TONE_ALERT)
		h = (struct hatch){ HATCH_RISING, state == STATE_POPULATED ? 14 : 20,
				    state == STATE_MAPPED ? 7 : state == STATE_POPULATED ? 4.5 : 3 };
	/* Plain, unless that could be taken for one of the two other states. */
	if (tone == TONE_CHOSEN && state != STATE_POPULATED)
		h.lines = 0;
	return h;
}

struct fill theme_fill(enum theme theme, enum tone tone, enum state state)
{
	const struct tints *t = theme == THEME_LIGHT ? &light[tone] :
				theme == THEME_DARK ? &dark[tone] :
				tone == TONE_CHOSEN ? &print_chosen : &print;

	return (struct fill){
		.color = t->of[state].color, .hatch_color = t->of[state].hatch, .edge = t->edge,
		.hatch = hatch_of(tone, state),
	};
}

uint32_t theme_ink(enum theme theme, enum ink ink)
{
	return inks[theme][ink];
}

bool theme_has_halo(enum theme theme)
{
	return theme == THEME_PRINT;
}

uint32_t theme_page(enum theme theme)
{
	return pages[theme];
}

/* --- Words ----------------------------------------------------------------------------- */

const char *const theme_names[] = { "light", "dark", "print", NULL };

const char *tone_name(enum tone tone)
{
	static const char *const names[N_TONES] = {
		"none", "code", "data", "one-piece", "pages", "fixed", "unused", "nothing", "alert",
		"chosen",
	};

	return names[tone];
}

const char *state_name(enum state state)
{
	static const char *const names[N_STATES] = { "reserved", "populated", "mapped" };

	return names[state];
}

const char *ink_name(enum ink ink)
{
	static const char *const names[N_INKS] = { "text", "quiet", "strong", "alert", "chosen" };

	return names[ink];
}

/* --- Regions --------------------------------------------------------------------------- */

enum tone region_tone(const struct region *r)
{
	/* As color_meanings[] are. */
	static const enum tone tones[] = {
		TONE_CODE, TONE_DATA, TONE_ONE_PIECE, TONE_PAGES, TONE_FIXED, TONE_UNUSED,
	};
	const char *color = region_color(r);

	if (strcmp(r->name, "noncanonical") == 0)
		return TONE_NOTHING;
	for (size_t i = 0; color && i < ARRAY_SIZE(tones); i++)
		if (strcmp(color, color_meanings[i].color) == 0)
			return tones[i];
	return TONE_UNUSED;
}
