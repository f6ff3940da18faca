/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - the words that pictures say, in a file for each language:
 * texts/LANGUAGE.words.  A key here has a text there; words.awk checks that.
 */
#ifndef KVAS_PICTURE_WORDS_H
#define KVAS_PICTURE_WORDS_H

#include <stdbool.h>

/* X(IDENTIFIER, "key"): WORD_IDENTIFIER, and "key = text" in the file. */
#define KVAS_PICTURE_WORDS(X)						\
	X(ON_MACHINE,		"on_machine")				\
	X(CAPTURED_ON,		"captured_on")				\
	X(DRAWN_ON,		"drawn_on")				\
	X(HIGHEST_ON_TOP,	"highest_on_top")			\
	X(FIRST_ADDRESS,	"first_address")			\
	X(LAST_ADDRESS,		"last_address")				\
	X(SPLIT,		"split")				\
	X(SPLIT_SEPARATE,	"split_separate")			\
	X(SCALE_LOG,		"scale_log")				\
	X(SCALE_OWN,		"scale_own")				\
	X(SCALE_LINEAR,		"scale_linear")				\
	X(LINEAR_LESSON,	"linear_lesson")			\
	X(HIDDEN_GAP,		"hidden_gap")				\
	X(HIDDEN_GAPS,		"hidden_gaps")				\
	X(COVERED,		"covered")				\
	X(NOT_DRAWN,		"not_drawn")				\
	X(UNUSED_HOLE,		"unused_hole")				\
	X(IN_USE,		"in_use")				\
	X(RESERVED,		"reserved")				\
	X(REST_OF,		"rest_of")				\
	X(CONTINUED,		"continued")				\
	X(FOLDED,		"folded")				\
	X(FOLDED_ONE,		"folded_one")				\
	X(LOWMEM,		"lowmem")				\
	X(SHORT_IN_USE,		"short_in_use")				\
	X(UNUSED_ABOVE,		"unused_above")				\
	X(WITH,			"with")					\
	X(ROOM_FOR_STACK,	"room_for_stack")			\
	X(ROOM_FOR_HEAP,	"room_for_heap")			\
	X(USER_HALF,		"user_half")				\
	X(KERNEL_HALF,		"kernel_half")				\
	X(KERNEL_OWN,		"kernel_own")				\
	X(HALF_SIZE,		"half_size")				\
	X(NO_ADDRESS,		"no_address")				\
	X(POPULATED,		"populated")				\
	X(HOLDS,		"holds")				\
	X(SHOWN_PART,		"shown_part")				\
	X(GROWS_DOWN,		"grows_down")				\
	X(GROWS_UP,		"grows_up")				\
	X(REGION_TITLE,		"region_title")				\
	X(REGION_ABOUT,		"region_about")				\
	X(EDGE_TITLE,		"edge_title")				\
	X(LEGEND_CODE,		"legend_code")				\
	X(LEGEND_DATA,		"legend_data")				\
	X(LEGEND_ONE_PIECE,	"legend_one_piece")			\
	X(LEGEND_PAGES,		"legend_pages")				\
	X(LEGEND_FIXED,		"legend_fixed")				\
	X(LEGEND_UNUSED,	"legend_unused")			\
	X(LEGEND_NOTHING,	"legend_nothing")			\
	X(LEGEND_RESERVED,	"legend_reserved")			\
	X(LEGEND_POPULATED,	"legend_populated")			\
	X(LEGEND_PIN,		"legend_pin")				\
	X(LEGEND_INSIDE,	"legend_inside")			\
	X(LEGEND_MAPPED,	"legend_mapped")			\
	X(LEGEND_ALERT,		"legend_alert")				\
	X(CODE_RANGE,		"code_range")				\
	X(LEGEND_CHOSEN,	"legend_chosen")

/* Of the pictures that are no column. */
#define KVAS_KIND_WORDS(X) \
	X(LEGEND, "legend") \
	X(ENTRY_NOT_READ, "entry_not_read") \
	X(ENTRY_EMPTY, "entry_empty") \
	X(ENTRY_TABLE, "entry_table") \
	X(ENTRY_PAGE, "entry_page") \
	X(ENTRY_MAPPED, "entry_mapped") \
	X(ENTRY_UNMAPPED, "entry_unmapped") \
	X(ENTRY_CHOSEN, "entry_chosen") \
	X(ENTRIES_USED, "entries_used") \
	X(ENTRIES_PARTLY, "entries_partly") \
	X(ENTRY_NUMBER, "entry_number") \
	X(ENTRY_STANDS_FOR, "entry_stands_for") \
	X(LEVEL, "level") \
	X(PLACE_NOT_KNOWN, "place_not_known") \
	X(THE_BYTE, "the_byte") \
	X(PAGE_OF, "page_of") \
	X(PHYSICAL_ADDRESS, "physical_address") \
	X(NOT_KNOWN, "not_known") \
	X(NOT_MAPPED, "not_mapped") \
	X(NO_TABLE_ASKED, "no_table_asked") \
	X(WALK_TITLE, "walk_title") \
	X(ENTRY_MAPS_NOTHING, "entry_maps_nothing") \
	X(ENTRY_MAPS_PAGE, "entry_maps_page") \
	X(ENTRY_LEADS_TO, "entry_leads_to") \
	X(TABLES_OF_PROCESS, "tables_of_process") \
	X(TABLES_OF_READER, "tables_of_reader") \
	X(TABLES_OF_KERNEL, "tables_of_kernel") \
	X(ACCESS, "access") \
	X(PAIR_TITLE, "pair_title") \
	X(BEFORE, "before") \
	X(AFTER, "after") \
	X(PREDICTED, "predicted") \
	X(MOVED_BY, "moved_by") \
	X(MOVED, "moved") \
	X(APPEARED, "appeared") \
	X(VANISHED, "vanished") \
	X(GREW, "grew") \
	X(SHRANK, "shrank") \
	X(REBUILT, "rebuilt") \
	X(RELOCATED, "relocated") \
	X(CHANGED, "changed") \
	X(NOT_THERE, "not_there") \
	X(WHAT_WAS_SET, "what_was_set") \
	X(ALSO_CHANGED, "also_changed") \
	X(KEY_MOVED, "key_moved") \
	X(KEY_CHANGED, "key_changed") \
	X(KEY_SAME, "key_same") \
	X(PAIR_SCALE, "pair_scale") \
	X(FROM_TO, "from_to") \
	X(PROCESSES_TITLE, "processes_title") \
	X(MOMENTS_TITLE, "moments_title") \
	X(PROCESSES_NOTE, "processes_note") \
	X(HOLE_OF, "hole_of") \
	X(ONLY_HERE, "only_here") \
	X(SAME_PLACE, "same_place") \
	X(KEY_MOVED_PART, "key_moved_part") \
	X(KEY_FILES, "key_files") \
	X(STACKS_TITLE, "stacks_title") \
	X(STACKS_NOTE, "stacks_note") \
	X(USER_STACK, "user_stack") \
	X(KERNEL_STACK, "kernel_stack") \
	X(SAVED_REGISTERS, "saved_registers") \
	X(STACK_GUARD, "stack_guard") \
	X(STACK_GAP, "stack_gap") \
	X(STACK_USED, "stack_used") \
	X(STACK_USED_AT_MOST, "stack_used_at_most") \
	X(AT_MOST_NOTE, "at_most_note") \
	X(SYSTEM_CALL, "system_call") \
	X(SPACE_OF_KERNEL, "space_of_kernel") \
	X(SPACE_OF_PROCESS, "space_of_process") \
	X(PROCESS_ALONE, "process_alone") \
	X(MORE_THREADS, "more_threads") \
	X(KEY_USED, "key_used") \
	X(KEY_GUARD, "key_guard") \
	X(KEY_GAP, "key_gap") \
	X(RIGHT_UNSETTLED, "right_unsettled") \
	X(RIGHT_NONE, "right_none") \
	X(RIGHT_READ, "right_read") \
	X(RIGHT_WRITE, "right_write") \
	X(RIGHT_EXECUTE, "right_execute") \
	X(RIGHT_ALL, "right_all") \
	X(BY_WINDOW, "by_window") \
	X(NOTHING_MAPPED, "nothing_mapped") \
	X(MAPPED_OF, "mapped_of") \
	X(OUTSIDE, "outside") \
	X(LENS, "lens") \
	X(NO_WX, "no_wx") \
	X(SOME_WX, "some_wx") \
	X(MEASURED_TITLE, "measured_title") \
	X(MEASURED_NOTE, "measured_note") \
	X(BEHIND, "behind") \
	X(ALL_BEHIND, "all_behind") \
	X(SECOND_MAPPING, "second_mapping") \
	X(PAGE_AT_A_TIME, "page_at_a_time") \
	X(HIGHMEM, "highmem") \
	X(RAM, "ram") \
	X(NO_RAM, "no_ram") \
	X(KEY_NO_RAM, "key_no_ram") \
	X(RESERVED_FOR_RAM, "reserved_for_ram") \
	X(VIRTUAL, "virtual") \
	X(PHYSICAL, "physical") \
	X(PHYSICAL_TITLE, "physical_title") \
	X(PHYSICAL_NOTE, "physical_note") \
	X(ALIAS_NOTE, "alias_note") \
	X(ALIASES_NOTE, "aliases_note") \
	X(ALIASES_UNREAD, "aliases_unread") \
	X(FROM_IOMEM, "from_iomem") \
	X(FROM_LAYOUT, "from_layout") \
	X(ROOTS_TITLE, "roots_title") \
	X(ROOTS_PTI, "roots_pti") \
	X(ROOT_SHARED, "root_shared") \
	X(ROOT_PROCESS, "root_process") \
	X(ROOT_KERNEL, "root_kernel") \
	X(ROOT_HASH, "root_hash") \
	X(WINDOW_COMBINED, "window_combined") \
	X(WINDOW_CACHED, "window_cached") \
	X(WINDOW_UNCACHED, "window_uncached") \
	X(WINDOW_ALL, "window_all") \
	X(SPACE_KERNEL, "space_kernel") \
	X(SPACE_PROCESS, "space_process")

enum picture_word {
#define X(id, key) WORD_##id,
	KVAS_PICTURE_WORDS(X)
	KVAS_KIND_WORDS(X)
#undef X
	N_PICTURE_WORDS
};

/* Chooses a language such as "en"; false if there is none of that name. */
bool words_choose(const char *language);

/* The names of all languages, parted by ", "; to be freed. */
char *words_languages(void);

/* A text of the language that was chosen. */
const char *word(enum picture_word w);

/*
 * A text in which {1}, {2} ... are replaced: word_with(WORD_X, "a", "b").  As many as
 * the text has; awk checks that each language has the same.  To be freed.
 */
#define word_with(w, ...) word_filled(w, (const char *const[]){ __VA_ARGS__, NULL })
char *word_filled(enum picture_word w, const char *const *parts);

#endif /* KVAS_PICTURE_WORDS_H */
