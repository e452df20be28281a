// SPDX-License-Identifier: GPL-2.0-only
/* settings: the parsed module parameters. */
#define pr_fmt(fmt) "shadowbar: " fmt

#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rom/measure.h"
#include "settings.h"

static int parse_choice(const char *parameter, const char *value,
			const char * const words[2], bool *second)
{
	int choice = match_string(words, 2, value);

	if (choice < 0) {
		pr_err("%s: '%s' is neither '%s' nor '%s'\n", parameter, value,
		       words[0], words[1]);
		return choice;
	}

	*second = choice;
	return 0;
}

static int parse_switch(const char *parameter, const char *value, bool *on)
{
	static const char * const words[] = { "off", "on" };

	return parse_choice(parameter, value, words, on);
}

/**
 * sb_settings_parse() - parse the module parameters
 * @settings: filled; to be freed with sb_settings_free()
 * @words: the parameters as given
 *
 * Logs the parameter that is invalid.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int sb_settings_parse(struct sb_settings *settings,
		      const struct sb_words *words)
{
	static const char * const when[] = { "auto", "manual" };
	static const char * const what[] = { "check", "allocate" };
	static const char * const whose[] = { "off", "vfio" };
	static const char * const whom[] = { "off", "ima" };
	unsigned int nr_deny = sb_deny_count(words->deny);
	size_t bad_length;
	const char *bad;
	int ret;

	*settings = (struct sb_settings){};

	if (parse_choice("capture", words->capture, when, &settings->manual) ||
	    parse_switch("borrow", words->borrow, &settings->borrow) ||
	    parse_switch("pad", words->pad, &settings->pad) ||
	    parse_choice("isolate", words->isolate, whose,
			 &settings->isolate) ||
	    parse_switch("serve", words->serve, &settings->serve) ||
	    parse_choice("measure", words->measure, whom,
			 &settings->measure) ||
	    parse_choice("igd_stolen", words->igd_stolen, what,
			 &settings->igd_allocate))
		return -EINVAL;

	if (settings->measure && !sb_measure_can()) {
		pr_err("measure: 'ima' needs a kernel with CONFIG_IMA, of 5.16 or later; this one has no IMA that modules can tell\n");
		return -EINVAL;
	}
	if (words->align && *words->align)
		pr_info("align: no longer does anything; use isolate=vfio, the default\n");

	settings->deny = kcalloc(nr_deny, sizeof(*settings->deny), GFP_KERNEL);
	if (!settings->deny)
		return -ENOMEM;

	ret = sb_deny_parse(words->deny, settings->deny, nr_deny, &bad,
			    &bad_length);
	if (ret < 0) {
		pr_err("deny: '%.*s' is neither vendor:device, class:cc[ss] nor domain:bus:dev.fn\n",
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
