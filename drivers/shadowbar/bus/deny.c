// SPDX-License-Identifier: GPL-2.0-only
/*
 * deny: functions that are never touched.
 */
#include <shadowbar/bytes.h>
#include <shadowbar/deny.h>

/* The reason for each, which becomes part of rom_reason. */
static const struct {
	u16 vendor;
	u16 device;
	const char *reason;
} builtin[] = {
	{ 0x14e4, 0x168e, "reading the ROM of a BCM57810 hangs the machine" },
};

/*
 * Exactly what lspci prints: @min to @max digits, no sign, prefix or space, all
 * of which sscanf() would accept.
 */
static bool take_hex(const char **text, unsigned int min, unsigned int max,
		     u32 *value)
{
	unsigned int digits = 0;

	*value = 0;
	while (digits < max && sb_hex_digit(**text) >= 0) {
		*value = *value << 4 | sb_hex_digit(**text);
		(*text)++;
		digits++;
	}

	return digits >= min;
}

static bool take_char(const char **text, char c)
{
	if (**text != c)
		return false;

	(*text)++;
	return true;
}

/* "vendor:device", four digits each */
static bool take_ids(const char **text, struct sb_deny *entry)
{
	u32 vendor, device;

	if (!take_hex(text, 4, 4, &vendor) || !take_char(text, ':') ||
	    !take_hex(text, 4, 4, &device))
		return false;

	*entry = (struct sb_deny){ .vendor = vendor, .device = device };
	return true;
}

/* "class:cc" or "class:ccss" */
static bool take_class(const char **text, struct sb_deny *entry)
{
	static const char word[] = "class:";
	const size_t length = sizeof(word) - 1;
	const char *rest;
	u32 base, sub;

	if (strncmp(*text, word, length))
		return false;
	*text += length;
	if (!take_hex(text, 2, 2, &base))
		return false;

	*entry = (struct sb_deny){
		.by_class = true,
		.class = base << 8,
		.class_mask = 0xff00,
	};
	rest = *text;
	if (take_hex(&rest, 2, 2, &sub)) {
		*text = rest;
		entry->class |= sub;
		entry->class_mask = 0xffff;
	}
	return true;
}

/* "domain:bus:dev.fn" */
static bool take_address(const char **text, struct sb_deny *entry)
{
	u32 domain, bus, dev, fn;

	if (!take_hex(text, 4, 8, &domain) || !take_char(text, ':') ||
	    !take_hex(text, 2, 2, &bus) || !take_char(text, ':') ||
	    !take_hex(text, 2, 2, &dev) || !take_char(text, '.') ||
	    !take_hex(text, 1, 1, &fn) || dev > 0x1f || fn > 7)
		return false;

	*entry = (struct sb_deny){
		.by_address = true,
		.domain = domain,
		.bus = bus,
		.devfn = dev << 3 | fn,
	};
	return true;
}

static size_t word_length(const char *text)
{
	return strcspn(text, ",\n");
}

/* One entry, which must be the whole word. */
static bool take_entry(const char *text, struct sb_deny *entry)
{
	const char *end = text + word_length(text);
	const char *p = text;

	if (take_ids(&p, entry) && p == end)
		return true;

	p = text;
	if (take_class(&p, entry) && p == end)
		return true;

	p = text;
	return take_address(&p, entry) && p == end;
}

/**
 * sb_deny_count() - the maximum number of entries in a deny parameter
 * @text: the parameter
 *
 * Return: the number of words between commas; 0 for an empty text.
 */
unsigned int sb_deny_count(const char *text)
{
	unsigned int nr = 1;

	if (!word_length(text) && !text[0])
		return 0;
	for (; *text; text++)
		nr += *text == ',';

	return nr;
}

/**
 * sb_deny_parse() - parse the deny parameter
 * @text: comma-separated vendor:device, class:cc, class:ccss or
 *	  domain:bus:dev.fn, hexadecimal as lspci prints them; may be empty, may
 *	  end in a newline
 * @list: filled with the entries
 * @max: capacity of @list; sb_deny_count() is always enough
 * @bad: set to the word that is invalid
 * @bad_length: set to its length
 *
 * Return: the number of entries, or -EINVAL.
 */
int sb_deny_parse(const char *text, struct sb_deny *list, unsigned int max,
		  const char **bad, size_t *bad_length)
{
	unsigned int nr = 0;

	if (!*text || !strcmp(text, "\n"))
		return 0;

	for (;;) {
		size_t length = word_length(text);

		if (nr == max || !take_entry(text, &list[nr])) {
			*bad = text;
			*bad_length = length;
			return -EINVAL;
		}
		nr++;

		text += length;
		if (*text == ',') {
			text++;
			continue;
		}
		/* A newline may only be last. */
		if (*text && text[1]) {
			*bad = text + 1;
			*bad_length = strcspn(text + 1, "\n");
			return -EINVAL;
		}
		return nr;
	}
}

/**
 * sb_deny_matches() - does the deny parameter name this function?
 * @list: the parameter's entries
 * @nr: number of entries in @list
 * @identity: the function
 *
 * Return: true if it does.
 */
bool sb_deny_matches(const struct sb_deny *list, unsigned int nr,
		     const struct sb_identity *identity)
{
	for (; nr--; list++) {
		if (list->by_address) {
			if (list->domain == identity->domain &&
			    list->bus == identity->bus &&
			    list->devfn == identity->devfn)
				return true;
		} else if (list->by_class) {
			if (list->class == (identity->class & list->class_mask))
				return true;
		} else if (list->vendor == identity->vendor &&
			   list->device == identity->device) {
			return true;
		}
	}

	return false;
}

/**
 * sb_deny_builtin() - is reading the ROM of this device known to do harm?
 * @vendor: vendor ID
 * @device: device ID
 *
 * Return: a clause that says why, or NULL.
 */
const char *sb_deny_builtin(u16 vendor, u16 device)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(builtin); i++)
		if (builtin[i].vendor == vendor && builtin[i].device == device)
			return builtin[i].reason;

	return NULL;
}
