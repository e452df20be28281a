// SPDX-License-Identifier: GPL-2.0-only
/* settings: what the module parameters say. */
#define pr_fmt(fmt) "shadowbar: " fmt

#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "settings.h"

static int parse_choice(const char *parameter, const char *value,
			const char * const words[2])
{
	int choice = match_string(words, 2, value);

	if (choice < 0)
		pr_err("%s: '%s' is neither '%s' nor '%s'\n", parameter, value,
		       words[0], words[1]);
	return choice;
}

/**
 * sb_settings_parse() - read the module parameters
 * @settings: filled; to be given to sb_settings_free()
 * @capture: "auto" or "manual"
 * @borrow: "on" or "off"
 * @deny: see sb_deny_parse()
 *
 * Names the word that does not parse in the kernel log.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int sb_settings_parse(struct sb_settings *settings, const char *capture,
		      const char *borrow, const char *deny)
{
	static const char * const capture_words[] = { "auto", "manual" };
	static const char * const borrow_words[] = { "off", "on" };
	size_t bad_length;
	const char *bad;
	int ret;

	*settings = (struct sb_settings){};

	ret = parse_choice("capture", capture, capture_words);
	if (ret < 0)
		return ret;
	settings->manual = ret;

	ret = parse_choice("borrow", borrow, borrow_words);
	if (ret < 0)
		return ret;
	settings->borrow = ret;

	settings->deny = kcalloc(sb_deny_count(deny), sizeof(*settings->deny),
				 GFP_KERNEL);
	if (!settings->deny)
		return -ENOMEM;

	ret = sb_deny_parse(deny, settings->deny, sb_deny_count(deny), &bad,
			    &bad_length);
	if (ret < 0) {
		pr_err("deny: '%.*s' is neither vendor:device nor domain:bus:dev.fn\n",
		       (int)bad_length, bad);
		sb_settings_free(settings);
		return ret;
	}
	settings->nr_deny = ret;

	return 0;
}

/**
 * sb_settings_free() - free what sb_settings_parse() allocated
 * @settings: the settings
 */
void sb_settings_free(struct sb_settings *settings)
{
	kfree(settings->deny);
	settings->deny = NULL;
	settings->nr_deny = 0;
}
