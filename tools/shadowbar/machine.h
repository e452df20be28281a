/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine: the PCI functions of one machine, as a list of facts.
 *
 * Logic: allocates no memory and prints nothing, so that the KUnit suites can
 * build a machine from the same facts. Addresses are bus addresses.
 */
#ifndef SHADOWBAR_MACHINE_H
#define SHADOWBAR_MACHINE_H

#include <shadowbar/bar.h>

#define SB_MACHINE_BARS		6
#define SB_MACHINE_ROM		SB_MACHINE_BARS
#define SB_MACHINE_DECODERS	(SB_MACHINE_BARS + 1)
#define SB_MACHINE_WINDOWS	8
#define SB_MACHINE_DRIVER	32
#define SB_MACHINE_NO_PARENT	(-1)

/* More than any real machine has. A list that has more is cut. */
#define SB_MACHINE_FUNCTIONS	4096
#define SB_MACHINE_ROOTS	64

/* Address of the copy that the kernel shows as the boot VGA device's ROM */
#define SB_MACHINE_SHADOW	0xc0000

/**
 * struct sb_machine_bar - a BAR, or the ROM BAR
 * @reg: the address in the register
 * @claim: the address that the kernel gave it, with @said
 * @size: bytes, a power of two; 0 if unknown
 * @present: it exists
 * @io: it is for I/O ports
 * @pref: it is prefetchable
 * @is_64: it is 64 bits wide
 * @known: @reg is known; lspci hides a register if it differs from the kernel's
 *	   address
 * @said: the list says that the kernel gave it @claim
 * @claimed: @claim is plausible; sb_machine_settle() sets this
 * @shadowed: instead of this ROM, the kernel shows a copy in memory
 * @enabled: the enable bit of a ROM BAR is set
 */
struct sb_machine_bar {
	u64 reg;
	u64 claim;
	u64 size;
	bool present;
	bool io;
	bool pref;
	bool is_64;
	bool known;
	bool said;
	bool claimed;
	bool shadowed;
	bool enabled;
};

/**
 * struct sb_machine_fn - a function
 * @domain: PCI domain
 * @class: base class, sub-class and programming interface
 * @vendor: vendor ID
 * @device: device ID
 * @command: the bits of COMMAND for I/O, memory and bus mastering
 * @parent: index of the bridge above, SB_MACHINE_NO_PARENT on a root bus
 * @root: index of the root bus it is below
 * @bus: bus number
 * @devfn: slot and function
 * @secondary: number of the bus below a bridge
 * @subordinate: the last bus number below a bridge
 * @power: power state, 0 for D0
 * @msix: bit n: BAR n holds an MSI-X table or pending bits
 * @bridge: it is a PCI-to-PCI bridge
 * @other_header: its header has other registers (CardBus)
 * @vga_below: a bridge that forwards the legacy VGA range
 * @virtual_function: it is an SR-IOV virtual function
 * @boot_vga: it is the boot VGA device
 * @in_use: something other than a driver uses one of its BARs, such as a boot
 *	    console
 * @enabled: it was enabled without a driver
 * @has_vfs: virtual functions of it are enabled
 * @open: which of a bridge's @window are open
 * @window_claimed: which of @window the kernel has a resource for
 * @window: a bridge's memory window and its prefetchable window
 * @bar: its BARs, and the ROM BAR as SB_MACHINE_ROM
 * @driver: the driver that was bound, or an empty string
 */
struct sb_machine_fn {
	u32 domain;
	u32 class;
	u16 vendor;
	u16 device;
	u16 command;
	int parent;
	u16 root;
	u8 bus;
	u8 devfn;
	u8 secondary;
	u8 subordinate;
	u8 power;
	u8 msix;
	bool bridge;
	bool other_header;
	bool vga_below;
	bool virtual_function;
	bool boot_vga;
	bool in_use;
	bool enabled;
	bool has_vfs;
	bool open[2];
	bool window_claimed[2];
	struct sb_range window[2];
	struct sb_machine_bar bar[SB_MACHINE_DECODERS];
	char driver[SB_MACHINE_DRIVER];
};

/**
 * struct sb_machine_root - a root bus
 * @domain: its PCI domain
 * @bus: its number
 * @orphan: no host bridge is known for it; the list lacks the bridge above it
 * @guessed: @window was derived from what is on the bus
 * @nr_windows: number of windows
 * @window: what the host bridge forwards
 * @offset: CPU address minus bus address
 */
struct sb_machine_root {
	u32 domain;
	u8 bus;
	bool orphan;
	bool guessed;
	u8 nr_windows;
	struct sb_range window[SB_MACHINE_WINDOWS];
	u64 offset;
};

/**
 * struct sb_machine - a machine
 * @fn: its functions, sorted by domain, bus, slot and function
 * @root: its root buses
 * @nr: number of functions
 * @nr_roots: number of root buses
 * @page_size: size of a page in bytes, a power of two
 */
struct sb_machine {
	struct sb_machine_fn *fn;
	struct sb_machine_root *root;
	unsigned int nr;
	unsigned int nr_roots;
	u32 page_size;
};

/**
 * enum sb_doubt - a contradiction in a list of facts
 * @SB_DOUBT_TWICE: two functions have the same address
 * @SB_DOUBT_SIZE: a size is not a power of two
 * @SB_DOUBT_UNALIGNED: an address is not a multiple of its BAR's size
 * @SB_DOUBT_WIDE: a 32-bit BAR or a ROM has an address above 4 GiB
 * @SB_DOUBT_HALF: a 64-bit BAR has no register for its upper half
 * @SB_DOUBT_WINDOW: a bridge's window is not aligned to 1 MiB
 * @SB_DOUBT_OUTSIDE: the kernel's address is in no window of the bus
 * @SB_DOUBT_OVERLAP: the kernel's address overlaps another one
 * @SB_DOUBT_BUSES: bus numbers of a bridge contradict each other or those of
 *		    another bridge
 * @SB_DOUBT_ORPHAN: no bridge leads to the bus
 */
enum sb_doubt {
	SB_DOUBT_TWICE,
	SB_DOUBT_SIZE,
	SB_DOUBT_UNALIGNED,
	SB_DOUBT_WIDE,
	SB_DOUBT_HALF,
	SB_DOUBT_WINDOW,
	SB_DOUBT_OUTSIDE,
	SB_DOUBT_OVERLAP,
	SB_DOUBT_BUSES,
	SB_DOUBT_ORPHAN,
};

/**
 * typedef sb_doubt_t - called for a contradiction
 * @context: the caller's context
 * @doubt: the contradiction
 * @fn: the function
 * @nr: the BAR, or the window of a bridge; -1 for neither
 */
typedef void (*sb_doubt_t)(void *context, enum sb_doubt doubt,
			   const struct sb_machine_fn *fn, int nr);

bool sb_machine_has_size(const struct sb_machine_bar *bar);
bool sb_machine_range(u64 start, u64 size, struct sb_range *range);
unsigned int sb_machine_nr_bars(const struct sb_machine_fn *fn);
int sb_machine_window_of(const struct sb_machine *machine,
			 const struct sb_machine_fn *fn,
			 const struct sb_range *range, bool pref);
unsigned int sb_machine_windows(const struct sb_machine *machine,
				const struct sb_machine_fn *fn,
				struct sb_range window[SB_MACHINE_WINDOWS],
				bool pref[SB_MACHINE_WINDOWS]);
bool sb_machine_same_bus(const struct sb_machine_fn *a,
			 const struct sb_machine_fn *b);
bool sb_machine_vga_conflict(const struct sb_machine *machine,
			     const struct sb_machine_fn *fn);
void sb_machine_settle(struct sb_machine *machine, sb_doubt_t doubt,
		       void *context);
const char *sb_doubt_text(enum sb_doubt doubt);

#endif /* SHADOWBAR_MACHINE_H */
