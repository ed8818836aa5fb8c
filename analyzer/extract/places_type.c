#include "extract/places_type.h"

#include <dwarf.h>
#include <inttypes.h>
#include <string.h>

/*
 * DWARF chains a type from the outside in: pointer to const to struct. C writes the innermost one first, what is behind it
 * ("*", "const") grows to the left of the declarator and arrays and parameter lists to its right.
 */

enum { MAX_CHAIN = 32 };

/* The type behind an entry; false: none, which is void. */
static bool next_type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;

	return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), type);
}

/* "[4][2]" of an array; "[]" where a bound is not said. */
static void put_bounds(Dwarf_Die *array, struct buf *out)
{
	Dwarf_Die child;

	if (dwarf_child(array, &child))
		return;
	do {
		Dwarf_Attribute attribute;
		Dwarf_Word n;
		bool counted = !dwarf_formudata(dwarf_attr(&child, DW_AT_count, &attribute), &n);

		if (dwarf_tag(&child) != DW_TAG_subrange_type)
			continue;
		if (!counted &&
		    !dwarf_formudata(dwarf_attr(&child, DW_AT_upper_bound, &attribute), &n)) {
			n++;
			counted = true;
		}
		if (counted)
			buf_printf(out, "[%" PRIu64 "]", (uint64_t)n);
		else
			buf_puts(out, "[]");
	} while (!dwarf_siblingof(&child, &child));
}

/* "struct name" of the innermost type. */
static bool put_base(Dwarf_Die *die, struct buf *out)
{
	const char *name = dwarf_diename(die), *word = "";

	switch (dwarf_tag(die)) {
	case DW_TAG_structure_type: word = "struct "; break;
	case DW_TAG_union_type: word = "union "; break;
	case DW_TAG_enumeration_type: word = "enum "; break;
	case DW_TAG_base_type:
	case DW_TAG_typedef:
	case DW_TAG_unspecified_type: break;
	default: return false;
	}
	buf_printf(out, "%s%s", word, name ? name : "(unnamed)");
	return true;
}

/* In front of what is there. */
static void put_front(struct buf *b, const char *text)
{
	struct buf new = {0};

	buf_puts(&new, text);
	buf_puts(&new, buf_str(b));
	buf_release(b);
	*b = new;
}

/* The declarator's two sides and the base of a type; false: it cannot be said. */
static bool take_apart(Dwarf_Die type, struct buf *base, struct buf *left, struct buf *right)
{
	static const char *const qualified[] = {"", "const ", "volatile ", "const volatile "};
	/* The last thing to the left is a pointer: what comes to the right binds closer. */
	bool pointer = false;
	bool constant = false, changing = false; /* what comes next is */

	for (unsigned i = 0; i < MAX_CHAIN; i++) {
		int tag = dwarf_tag(&type);

		if (tag == DW_TAG_pointer_type) {
			put_front(left, qualified[constant + 2 * changing]);
			put_front(left, "*");
			pointer = true;
			constant = changing = false;
		} else if (tag == DW_TAG_array_type || tag == DW_TAG_subroutine_type) {
			if (pointer) {
				put_front(left, "(");
				buf_putc(right, ')');
			}
			if (tag == DW_TAG_array_type)
				put_bounds(&type, right);
			else
				buf_puts(right, "()");
			pointer = false;
		} else if (tag == DW_TAG_const_type) {
			constant = true;
		} else if (tag == DW_TAG_volatile_type) {
			changing = true;
		} else if (tag != DW_TAG_restrict_type && tag != DW_TAG_atomic_type) {
			buf_puts(base, qualified[constant + 2 * changing]);
			return put_base(&type, base);
		}
		if (!next_type(&type, &type)) {
			buf_printf(base, "%svoid", qualified[constant + 2 * changing]);
			return true;
		}
	}
	return false;
}

static const char *spell(Dwarf_Die type, struct intern *names)
{
	struct buf base = {0}, left = {0}, right = {0};
	const char *name = NULL;

	if (take_apart(type, &base, &left, &right)) {
		/* "*const " */
		if (left.len && left.data[left.len - 1] == ' ')
			left.data[--left.len] = '\0';
		buf_printf(&base, "%s%s%s", left.len ? " " : "", buf_str(&left), buf_str(&right));
		name = intern_str(names, buf_str(&base));
	}
	buf_release(&base);
	buf_release(&left);
	buf_release(&right);
	return name;
}

struct place_type dwarf_type(Dwarf_Die *variable, struct intern *names)
{
	struct place_type t = {.bytes = BYTES_UNKNOWN};
	Dwarf_Die type, peeled;
	Dwarf_Word bytes;
	int tag;

	if (!next_type(variable, &type))
		return t;
	t.name = spell(type, names);
	if (!dwarf_aggregate_size(&type, &bytes) && bytes <= INT32_MAX)
		t.bytes = (int64_t)bytes;
	if (dwarf_peel_type(&type, &peeled))
		return t;
	tag = dwarf_tag(&peeled);
	t.aggregate = tag == DW_TAG_array_type || tag == DW_TAG_structure_type ||
		      tag == DW_TAG_union_type;
	return t;
}
