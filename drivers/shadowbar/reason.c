// SPDX-License-Identifier: GPL-2.0-only
/*
 * reason: explain the outcome of a capture.
 *
 * The line says what was found, what was done, and what to do next, in this
 * order, so that it can be read on its own.
 */
#include <shadowbar/line.h>
#include <shadowbar/reason.h>

static const char *found_text(enum sb_rom_bar state)
{
	switch (state) {
	case SB_ROM_BAR_PROGRAMMED:
		return "the ROM BAR held a good address";
	case SB_ROM_BAR_ZERO:
		return "the ROM BAR had no address";
	case SB_ROM_BAR_ALL_ONES:
		return "the ROM BAR held all ones";
	case SB_ROM_BAR_OUTSIDE:
		return "the ROM BAR pointed outside every window";
	case SB_ROM_BAR_OVERLAP:
		return "the ROM BAR overlapped another BAR";
	case SB_ROM_BAR_ABSENT:
		break;
	}

	return "no ROM BAR was found";
}

static void add_found(struct sb_line *line, const struct sb_outcome *outcome)
{
	sb_line_add(line, "%s%s", found_text(outcome->rom_bar),
		    outcome->decode ? "" : " and decoding was off");
}

static void add_where(struct sb_line *line, const struct sb_outcome *outcome)
{
	switch ((enum sb_source)outcome->source) {
	case SB_SOURCE_IN_PLACE:
		sb_line_add(line, " in place at %#llx",
			    (unsigned long long)outcome->addr);
		break;
	case SB_SOURCE_BORROWED:
		sb_line_add(line, " at BAR %u's address %#llx", outcome->lender,
			    (unsigned long long)outcome->addr);
		break;
	case SB_SOURCE_HOLE:
		sb_line_add(line, " in a hole at %#llx",
			    (unsigned long long)outcome->addr);
		break;
	default:
		break;
	}
}

/* Was there nothing that looks like a ROM? */
static bool is_no_rom(enum sb_image_error error)
{
	return error == SB_IMAGE_ALL_ONES || error == SB_IMAGE_ALL_ZEROES ||
	       error == SB_IMAGE_NO_SIGNATURE;
}

/* PCIe 5.0, 7.5.1.2.4: the function's own validation of its ROM. */
static const char *validation_text(unsigned int validation)
{
	switch (validation) {
	case 4:
		return "its content is not valid";
	case 5:
		return "its content is valid, but not trusted";
	default:
		return NULL;
	}
}

static void add_validation(struct sb_line *line,
			   const struct sb_outcome *outcome)
{
	const char *text = validation_text(outcome->validation);

	if (text)
		sb_line_add(line, "; the function's own validation of it failed: %s",
			    text);
}

static void add_read(struct sb_line *line, const struct sb_outcome *outcome)
{
	add_found(line, outcome);

	if (!outcome->images) {
		sb_line_add(line, "; read it");
		add_where(line, outcome);
		sb_line_add(line, ", and it %s",
			    sb_image_error_text(outcome->image_error));
		sb_line_add(line, "; %s", is_no_rom(outcome->image_error) ?
			    "no ROM chip is fitted, or the device needs its driver first" :
			    "it is damaged, take the ROM from a file");
		add_validation(line, outcome);
		return;
	}

	sb_line_add(line, "; read %u bytes, %u image%s,", outcome->length,
		    outcome->images, outcome->images == 1 ? "" : "s");
	add_where(line, outcome);
	if (outcome->image_error != SB_IMAGE_OK)
		sb_line_add(line, "; image %u %s, those before it were kept",
			    outcome->images + 1,
			    sb_image_error_text(outcome->image_error));
	if (outcome->bad_sums)
		sb_line_add(line,
			    "; %u x86 image%s not sum to zero", outcome->bad_sums,
			    outcome->bad_sums == 1 ? " does" : "s do");
	if (outcome->odd_pcir)
		sb_line_add(line,
			    "; newer kernels may refuse image %u: its PCIR has a wrong place or length",
			    outcome->odd_pcir);
	add_validation(line, outcome);
}

/* What was done with a function that was not read, and what to do next. */
static void add_left_alone(struct sb_line *line,
			   const struct sb_outcome *outcome)
{
	add_found(line, outcome);
	if (outcome->why == SB_WHY_IN_USE) {
		sb_line_add(line, "; not touched, because %s; %s",
			    sb_busy_what(outcome->busy),
			    sb_busy_next(outcome->busy));
		return;
	}
	sb_line_add(line, "; %s", sb_why_done(outcome->why));
	if (outcome->why == SB_WHY_VANISHED && !outcome->restored)
		sb_line_add(line, " before its registers were restored");
	if (outcome->why == SB_WHY_KNOWN_BAD)
		sb_line_add(line, ", because %s", outcome->known_bad);
	sb_line_add(line, "; %s", sb_why_next(outcome->why));
}

/* What other sources had, or why they had nothing. */
static void add_sources(struct sb_line *line, const struct sb_outcome *outcome)
{
	if (sb_outcome_has_another(outcome)) {
		sb_line_add(line, "; took %u bytes, %u image%s, %s",
			    outcome->best_length, outcome->best_images,
			    outcome->best_images == 1 ? "" : "s",
			    sb_source_words(outcome->best));
		return;
	}
	if (outcome->best != SB_SOURCE_NONE || outcome->why == SB_WHY_QUEUED)
		return;

	switch ((enum sb_place)outcome->place) {
	case SB_PLACE_INTEL:
		sb_line_add(line,
			    "; integrated graphics has its ROM in the machine's firmware");
		sb_line_add(line, ", which left no copy");
		sb_line_add(line,
			    "; a guest's driver needs the OpRegion (igd_opregion), not a ROM");
		sb_line_add(line,
			    "; to get a ROM, start the machine in legacy (CSM) mode");
		break;
	case SB_PLACE_EMPTY_SHADOW:
		sb_line_add(line,
			    "; the copy that the kernel announces does not exist either");
		break;
	case SB_PLACE_USUAL:
		break;
	}
}

/**
 * sb_outcome_reason() - describe an outcome in one line for a person
 * @outcome: the outcome
 * @buf: filled with the line, without a newline, truncated if it does not fit
 * @size: bytes in @buf, at least one
 *
 * Return: the number of characters in the line.
 */
int sb_outcome_reason(const struct sb_outcome *outcome, char *buf, size_t size)
{
	struct sb_line line = { .buf = buf, .size = size };

	switch (outcome->why) {
	case SB_WHY_CAPTURED:
	case SB_WHY_BROKEN:
		add_read(&line, outcome);
		break;
	case SB_WHY_NO_ROM_BAR:
		sb_line_add(&line, "it has no ROM BAR");
		break;
	case SB_WHY_VIRTUAL:
		sb_line_add(&line, "a virtual function has no ROM of its own");
		sb_line_add(&line, "; use that of its physical function");
		break;
	default:
		add_left_alone(&line, outcome);
	}
	add_sources(&line, outcome);

	return line.length;
}

/**
 * sb_status_name() - the word for a status, as in sysfs
 * @status: the status
 *
 * Return: a constant string.
 */
const char *sb_status_name(enum sb_status status)
{
	static const char * const name[] = {
		[SB_STATUS_PENDING] = "pending",
		[SB_STATUS_NONE] = "none",
		[SB_STATUS_CAPTURED] = "captured",
		[SB_STATUS_DEFERRED] = "deferred",
		[SB_STATUS_SKIPPED] = "skipped",
		[SB_STATUS_FAILED] = "failed",
	};

	return name[status];
}
