/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * why_table: the reasons for a function's status, one row each.
 *
 * SB_REASON(id, done, next, status): define it before including this file. The
 * enum is SB_WHY_<id>. For a function that was not read, rom_reason says what
 * was done with it and what to do next. The status is SB_STATUS_<status>.
 */

/* It waits in the queue */
SB_REASON(QUEUED,
	  "waiting to be read",
	  "read this again",
	  PENDING)

/* The ROM was read */
SB_REASON(CAPTURED, "", "", CAPTURED)

/* It has no ROM BAR */
SB_REASON(NO_ROM_BAR, "", "", NONE)

/* It is a virtual function, which has no ROM of its own */
SB_REASON(VIRTUAL, "", "", NONE)

/* With capture=manual, and not requested */
SB_REASON(MANUAL,
	  "not read, because the module was loaded with capture=manual",
	  "write 1 to capture",
	  SKIPPED)

/* A driver is bound */
SB_REASON(DRIVER_BOUND,
	  "not touched, because a driver is bound",
	  "if nothing needs the device, unbind it and the ROM is read; else load the module before its driver",
	  DEFERRED)

/* It is in use without a driver, see enum sb_busy */
SB_REASON(IN_USE, "", "", SKIPPED)

/* The deny parameter names it */
SB_REASON(DENIED,
	  "not touched, because the deny parameter names it",
	  "load the module without it, or take the ROM from a file",
	  SKIPPED)

/* The built-in deny list names it */
SB_REASON(KNOWN_BAD,
	  "not touched",
	  "take the ROM from a file",
	  SKIPPED)

/* An earlier capture could not restore its registers */
SB_REASON(NOT_RESTORED,
	  "not touched any more, its registers could not be restored",
	  "remove it and rescan its bus, or power-cycle the machine before it is used",
	  FAILED)

/* Anybody may have plugged it in, and it was not requested */
SB_REASON(UNTRUSTED,
	  "not read, because it is in an external port, where anybody could plug in a device",
	  "write 1 to capture if you trust it",
	  SKIPPED)

/*
 * The driver of another function of its slot may be using the same flash chip,
 * and it was not requested
 */
SB_REASON(SIBLING,
	  "not read, because the driver of another function of this card may be using the same flash chip",
	  "unbind that driver, or write 1 to capture",
	  SKIPPED)

/* Its ROM has a fixed address and no BAR (Enhanced Allocation) */
SB_REASON(FIXED,
	  "its ROM has a fixed address (Enhanced Allocation)",
	  "write 1 to the kernel's own rom file and copy that",
	  SKIPPED)

/* It is not in D0 */
SB_REASON(POWERED_DOWN,
	  "not touched, because it is not in D0",
	  "write 1 and then 0 to its enable file, which wakes it, then 1 to capture",
	  SKIPPED)

/* The ROM BAR ignores what is written to it */
SB_REASON(STUCK,
	  "one of its registers ignores what is written to it",
	  "take the ROM from a file",
	  FAILED)

/* Its memory decoding is off and must not be switched */
SB_REASON(PINNED_OFF,
	  "not read, because its decoding is off and must stay as it is",
	  "bind its driver and unbind it",
	  SKIPPED)

/* A bridge above it does not forward any memory */
SB_REASON(BRIDGE_CLOSED,
	  "not read, because a bridge above it forwards no memory",
	  "bind the bridge's driver, then write 1 to capture",
	  SKIPPED)

/*
 * Its decoding is off, and with it on, it would decode the legacy VGA range, as
 * the boot VGA device does
 */
SB_REASON(VGA,
	  "not read, because it would answer to the boot VGA device's addresses, too",
	  "bind its driver and unbind it",
	  SKIPPED)

/*
 * Its decoding is off, and a BAR with an address that cannot be trusted cannot
 * be parked while it is on
 */
SB_REASON(CANNOT_PARK,
	  "not read, because a BAR with a bad address cannot be moved out of the way",
	  "remove it and rescan its bus",
	  SKIPPED)

/* No BAR to borrow from and no hole that fits */
SB_REASON(NO_ADDRESS,
	  "not read, because no BAR can lend an address and no window has a hole",
	  "boot with pci=realloc, or free some space on its bus",
	  SKIPPED)

/* It stopped responding */
SB_REASON(VANISHED,
	  "it stopped answering",
	  "check its seat and its power",
	  FAILED)

/* Something else wrote to its registers during the capture */
SB_REASON(DISTURBED,
	  "something else wrote to its registers during the capture",
	  "stop whatever reads the kernel's rom file or writes to its config space, then write 1 to capture",
	  FAILED)

/* Reading it took too long, and nobody waited for it */
SB_REASON(TOO_SLOW,
	  "reading it was stopped, because it took too long",
	  "write 1 to capture and wait for it",
	  FAILED)

/* With it, all shadows together would exceed the limit */
SB_REASON(FULL,
	  "read but not kept, because all shadows together take up to 1/32 of memory",
	  "write 1 to capture to keep it anyway",
	  SKIPPED)

/* A config access failed */
SB_REASON(CONFIG_ERROR,
	  "an access to its config space failed",
	  "look for errors of its link in the kernel log",
	  FAILED)

/* Out of memory */
SB_REASON(NO_MEMORY,
	  "the kernel had no memory for it",
	  "write 1 to capture to try again",
	  FAILED)

/* What was read is not a ROM */
SB_REASON(BROKEN, "", "", FAILED)

#undef SB_REASON
