// SPDX-License-Identifier: GPL-2.0-only
/*
 * words: describes what was found of Intel graphics.
 */
#include <shadowbar/igd.h>
#include <shadowbar/line.h>

static void add_opregion(struct sb_line *line,
			 const struct sb_igd_report *report)
{
	const struct sb_igd_opregion *opregion = &report->opregion;
	const struct sb_igd_vbt *vbt = &report->vbt;

	if (report->found != SB_IGD_OK) {
		sb_line_add(line, "the OpRegion %s",
			    sb_igd_error_text(report->found));
		if (report->found != SB_IGD_ABSENT)
			sb_line_add(line, " (%#x)", report->asls);
		return;
	}

	sb_line_add(line, "OpRegion %u.%u at %#x", opregion->version >> 8,
		    opregion->version & 0xff, report->asls);
	if (report->outside != SB_IGD_OK)
		sb_line_add(line, ", the VBT outside of it %s",
			    sb_igd_error_text(report->outside));
	if (!vbt->length)
		sb_line_add(line, ", the VBT in it %s",
			    sb_igd_error_text(vbt->error));
	else
		sb_line_add(line, ", VBT of %u bytes %s it", vbt->length,
			    vbt->offset < SB_IGD_OPREGION_SIZE ? "in" : "outside");
	if (vbt->length && vbt->error != SB_IGD_OK)
		sb_line_add(line, " that %s", sb_igd_error_text(vbt->error));
	if (report->bound)
		sb_line_add(line,
			    ", read after a driver could change them: load the module before it");
}

/* Why there is no address, and what to do about it. */
static void add_unset(struct sb_line *line, const struct sb_igd_report *report)
{
	static const char * const text[] = {
		[SB_IGD_REFUSAL_NONE] = "",
		[SB_IGD_REFUSAL_NOT_ASKED] =
			"; if this is a guest that needs it, load the module with igd_stolen=allocate",
		[SB_IGD_REFUSAL_DENIED] =
			"; not allocated, because the deny parameter names the function",
		[SB_IGD_REFUSAL_BOUND] =
			"; not allocated, because a driver is bound: load the module before it",
		[SB_IGD_REFUSAL_LOCKED] =
			"; not allocated, because BDSM is locked",
		[SB_IGD_REFUSAL_NO_MEMORY] =
			"; not allocated, no 1 MiB in one piece is free below 4 GiB: load the module earlier",
		[SB_IGD_REFUSAL_STUCK] =
			"; not allocated, because BDSM does not take an address",
		[SB_IGD_REFUSAL_NO_GUEST] =
			"; not allocated, because this is not a virtual machine: update the firmware",
		[SB_IGD_REFUSAL_NO_REGISTER] =
			"; not allocated, because this generation has no BDSM in config space",
	};

	sb_line_add(line, "firmware has set aside no stolen memory: BDSM is zero%s",
		    text[report->refusal]);
}

static void add_state(struct sb_line *line, const struct sb_igd_report *report)
{
	sb_line_add(line, "stolen memory of %llu MiB at %#llx ",
		    (unsigned long long)report->size >> 20,
		    (unsigned long long)report->start);

	switch ((enum sb_igd_state)report->state) {
	case SB_IGD_STATE_RESERVED:
		sb_line_add(line, "is kept free by the memory map");
		break;
	case SB_IGD_STATE_GUARDED:
		sb_line_add(line,
			    "is not in the memory map, so the module keeps it free");
		break;
	case SB_IGD_STATE_CONFLICT:
		sb_line_add(line, "overlaps %s, so do not assign the device",
			    report->who);
		break;
	case SB_IGD_STATE_ALLOCATED:
		sb_line_add(line,
			    "was allocated by the module, and stays so until reboot");
		if (report->size < report->said)
			sb_line_add(line,
				    "; GGC says %llu MiB: lower x-igd-gms",
				    (unsigned long long)report->said >> 20);
		break;
	case SB_IGD_STATE_NONE:
	case SB_IGD_STATE_UNSET:
		break;
	}
}

static void add_stolen(struct sb_line *line, const struct sb_igd_report *report)
{
	if (report->state == SB_IGD_STATE_ALLOCATED) {
		add_state(line, report);
		return;
	}

	switch ((enum sb_igd_range)report->range) {
	case SB_IGD_RANGE_OK:
		add_state(line, report);
		break;
	case SB_IGD_RANGE_UNSET:
		add_unset(line, report);
		break;
	case SB_IGD_RANGE_NO_REGISTER:
		if (report->gen == SB_IGD_UNKNOWN)
			sb_line_add(line,
				    "stolen memory is not looked at: the module does not know this device");
		else
			sb_line_add(line,
				    "stolen memory is not described by this generation");
		break;
	case SB_IGD_RANGE_UNREADABLE:
		sb_line_add(line,
			    "the registers of stolen memory cannot be read");
		break;
	case SB_IGD_RANGE_EMPTY:
		sb_line_add(line, "GGC says that there is no stolen memory");
		if (report->state == SB_IGD_STATE_NONE)
			break;
		sb_line_add(line, ", but BDSM has an address: ");
		add_state(line, report);
		break;
	case SB_IGD_RANGE_BAD_SIZE:
		sb_line_add(line,
			    "GGC has a size of stolen memory that this generation does not have");
		break;
	case SB_IGD_RANGE_WRAPS:
		sb_line_add(line,
			    "stolen memory would go beyond the end of memory");
		break;
	case SB_IGD_RANGE_BOUND:
		sb_line_add(line,
			    "stolen memory is behind BAR 0, not read because a driver is bound: load the module before it");
		break;
	case SB_IGD_RANGE_OFF:
		sb_line_add(line,
			    "stolen memory is behind BAR 0, not read because the device does not decode memory");
		break;
	case SB_IGD_RANGE_NO_BAR:
		sb_line_add(line,
			    "stolen memory is behind BAR 0, which has no address");
		break;
	}
}

/**
 * sb_igd_reason() - describe a report in one line for a person
 * @report: the report
 * @buf: filled with the line, without a newline, truncated if it does not fit
 * @size: bytes in @buf, at least one
 *
 * Return: the number of characters in the line.
 */
int sb_igd_reason(const struct sb_igd_report *report, char *buf, size_t size)
{
	struct sb_line line = { .buf = buf, .size = size };

	add_opregion(&line, report);
	sb_line_add(&line, "; ");
	add_stolen(&line, report);

	return line.length;
}

/**
 * sb_igd_state_name() - the word for a state, as in sysfs
 * @state: the state
 *
 * Return: a constant string.
 */
const char *sb_igd_state_name(enum sb_igd_state state)
{
	static const char * const name[] = {
		[SB_IGD_STATE_NONE] = "",
		[SB_IGD_STATE_UNSET] = "unset",
		[SB_IGD_STATE_RESERVED] = "reserved",
		[SB_IGD_STATE_GUARDED] = "guarded",
		[SB_IGD_STATE_CONFLICT] = "conflict",
		[SB_IGD_STATE_ALLOCATED] = "allocated",
	};

	return name[state];
}
