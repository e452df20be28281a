// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_log: any bytes as a TPM event log.
 */
#include "eventlog.h"
#include "fuzz.h"

#define WORDS	64

static void check_image(const struct sb_log_event *event)
{
	struct sb_log_image image;
	char words[WORDS];
	bool whole;
	u32 length;

	whole = sb_log_image(event, &image);
	must(image.hops <= SB_LOG_HOPS);
	must(whole || !image.hops);
	must(!image.path || (image.path >= event->data &&
			     image.path + image.size <=
			     event->data + event->size));
	memset(words, 'x', sizeof(words));
	length = sb_log_path_words(&image, words, sizeof(words));
	must(length < sizeof(words) && strlen(words) == length);
}

static void check_event(const struct sb_log *log,
			const struct sb_log_event *event, size_t before)
{
	u32 i;

	must(log->at > before && log->at <= log->size);
	must(event->nr == log->nr);
	must(event->data + event->size == log->bytes + log->at);
	for (i = 0; i < log->nr_banks; i++)
		must(!event->digest[i] ||
		     (event->digest[i] >= log->bytes + before &&
		      event->digest[i] + log->banks[i].size <= event->data));
	/* Try this for any type. */
	check_image(event);
}

static u32 read_log(const uint8_t *data, size_t size, size_t *whole)
{
	uint8_t *copy = exact_copy(data, size ? size : 1);
	struct sb_log_event event;
	struct sb_log log;
	size_t before;
	u32 nr = 0;

	*whole = 0;
	if (sb_log_open(copy, size, &log)) {
		must(log.nr_banks && log.nr_banks <= SB_LOG_BANKS);
		before = log.at;
		*whole = before;
		while (sb_log_next(&log, &event)) {
			check_event(&log, &event, before);
			before = log.at;
			*whole = before;
			nr++;
		}
		must(log.at == log.size);
	} else {
		must(log.error && log.at == log.size);
	}
	free(copy);
	return nr;
}

int fuzz_one(const uint8_t *data, size_t size)
{
	size_t whole, again;
	u32 nr = read_log(data, size, &whole);

	/* If cut after an event, it has as many events, and no error. */
	if (whole) {
		must(read_log(data, whole, &again) == nr);
		must(again == whole);
	}
	return 0;
}
