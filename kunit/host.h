/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An emulated PCI host bridge
 *
 * The real PCI core enumerates functions that a test invents. Their config
 * space is a table in memory; their BARs and ROMs appear in part of an ivshmem
 * BAR whenever the function decodes them. Functions can be told to misbehave,
 * and the host counts what no well-behaved kernel would do.
 *
 * A test describes hardware (ehost_create(), ehost_add()), lets the PCI core
 * find it (ehost_scan()), and ends with ehost_destroy_all() in its suite's exit
 * function, which also runs when an assertion aborts the test.
 *
 * Everything that takes a &struct ehost_fn may be called at any time, including
 * from a write hook, unless it is documented to sleep.
 */
#ifndef SHADOWBAR_KUNIT_HOST_H
#define SHADOWBAR_KUNIT_HOST_H

#include <linux/bits.h>
#include <linux/pci.h>
#include <linux/types.h>

struct ehost;
struct ehost_fn;

/* An invented vendor: no driver or quirk of the kernel matches it. */
#define EHOST_VENDOR		0x5b5b
/* No known class; the core assigns nothing to functions with class 0. */
#define EHOST_CLASS		0xff0000

#define EHOST_NUM_BARS		PCI_STD_NUM_BARS
#define EHOST_ROM		EHOST_NUM_BARS
#define EHOST_NUM_DECODERS	(EHOST_NUM_BARS + 1)

/* struct ehost_window_desc and struct ehost_bar_desc: flags */
#define EHOST_IO		BIT(0)	/* I/O ports, not memory */
#define EHOST_PREF		BIT(1)	/* prefetchable */
#define EHOST_64		BIT(2)	/* 64-bit BAR; takes two slots */
#define EHOST_UNBACKED		BIT(3)	/* a window without memory behind it */

/* Who decides on the addresses in the BARs */
enum ehost_mode {
	EHOST_ASSIGN,	/* the core assigns everything */
	EHOST_FIRMWARE,	/* the core claims what the description says */
};

/**
 * struct ehost_window_desc - a window of the host bridge
 * @size: bytes; a multiple of 1 MiB for memory. 0 ends the list
 * @bus: its first bus address
 * @flags: EHOST_IO, EHOST_PREF, EHOST_UNBACKED: such a window may have any
 *	size, but only the driver under test sees its contents
 * @identity: the bus address is the CPU address, whatever that is
 */
struct ehost_window_desc {
	u64 size;
	u64 bus;
	u32 flags;
	bool identity;
};

#define EHOST_MAX_WINDOWS	9

/**
 * struct ehost_desc - a host bridge
 * @windows: its windows, ended by one of size 0
 * @mode: who decides on addresses
 * @domain: PCI domain, 0 to choose one
 */
struct ehost_desc {
	struct ehost_window_desc windows[EHOST_MAX_WINDOWS];
	enum ehost_mode mode;
	u32 domain;
};

/**
 * struct ehost_bar_desc - one BAR
 * @size: bytes, a power of two; 0 for a BAR that does not exist
 * @addr: bus address that firmware left in it
 * @flags: EHOST_IO, EHOST_PREF, EHOST_64
 */
struct ehost_bar_desc {
	u64 size;
	u64 addr;
	u32 flags;
};

/**
 * struct ehost_rom_desc - the expansion ROM BAR
 * @size: bytes, a power of two; 0 for a function without a ROM BAR
 * @bar: value that firmware left in the register, enable bit included
 * @image: contents of the ROM; must outlive the function. NULL for @fill
 * @image_len: bytes in @image, at most @size; the rest reads as @fill
 * @fill: value of all bytes without an image
 */
struct ehost_rom_desc {
	u32 size;
	u32 bar;
	const void *image;
	u32 image_len;
	u8 fill;
};

/**
 * struct ehost_forward_desc - a window of a bridge as firmware left it
 * @base: first address it forwards
 * @size: bytes; 0 for a closed window
 */
struct ehost_forward_desc {
	u64 base;
	u64 size;
};

/* Capabilities. A resizable BAR has 32 bits, and 1 MiB to 8 MiB. */
#define EHOST_CAP_PM		BIT(0)	/* D-states; BARs survive D3hot */
#define EHOST_CAP_PM_RESET	BIT(1)	/* with CAP_PM: D3hot loses BARs */
#define EHOST_CAP_PCIE		BIT(2)	/* 4096 bytes of config space */
#define EHOST_CAP_SRIOV		BIT(3)	/* with CAP_PCIE: see @vfs */
#define EHOST_CAP_REBAR		BIT(4)	/* with CAP_PCIE: resizable BAR 0 */

/* Misbehaviour */
#define EHOST_ROM_STUCK		BIT(0)	/* the ROM BAR ignores writes */
#define EHOST_ROM_REFUSES	BIT(1)	/* sizes, but takes no address */
#define EHOST_ROM_SHARED	BIT(2)	/* shares the decoder of @shared_bar */
#define EHOST_ROM_CHANGES	BIT(3)	/* new contents on each enable */
#define EHOST_ROM_NO_OVERLAP	BIT(4)	/* breaks if the ROM BAR is on a BAR */
#define EHOST_BAR_STAYS		BIT(5)	/* writes to a BAR do not move it */

/**
 * struct ehost_fn_desc - a function, or with @bridge a PCI-to-PCI bridge
 * @vendor: vendor ID, 0 for EHOST_VENDOR
 * @device: device ID
 * @class: base class, sub-class and programming interface, 0 for EHOST_CLASS
 * @revision: revision ID
 * @subvendor: subsystem vendor ID
 * @subdevice: subsystem ID
 * @bridge: a bridge, with BARs 0 and 1 only
 * @bar: BARs; the slot after a 64-bit one is left empty
 * @rom: expansion ROM BAR
 * @command: value that firmware left in COMMAND
 * @mem: a bridge's memory window as firmware left it
 * @pref: its prefetchable window
 * @caps: EHOST_CAP_...
 * @vfs: number of virtual functions that can be enabled
 * @vf_bar: their BARs, memory only; the size is that of one function, and at
 *	least a page; the address is that of the first function
 * @quirks: EHOST_ROM_..., EHOST_BAR_STAYS
 * @shared_bar: BAR that does not decode while an EHOST_ROM_SHARED ROM does
 */
struct ehost_fn_desc {
	u16 vendor;
	u16 device;
	u32 class;
	u8 revision;
	u16 subvendor;
	u16 subdevice;
	bool bridge;
	struct ehost_bar_desc bar[EHOST_NUM_BARS];
	struct ehost_rom_desc rom;
	u16 command;
	struct ehost_forward_desc mem;
	struct ehost_forward_desc pref;
	u32 caps;
	u16 vfs;
	struct ehost_bar_desc vf_bar[EHOST_NUM_BARS];
	u32 quirks;
	u8 shared_bar;
};

/**
 * struct ehost_counters - the oracles
 * @config_reads: config reads that reached a function
 * @config_writes: config writes that reached a function
 * @bar_writes_live: writes to a memory BAR while COMMAND.MEM was on
 * @rom_writes: writes to a ROM BAR
 * @rom_moves_live: changes of a ROM BAR's address while it decoded
 * @overlaps: ranges that began to decode where another one already did, or
 *	where a bridge beside it forwards
 * @overlap_at: bus address of the last of these
 * @outside: ranges that began to decode outside the windows above them. BARs
 *	that hold what a sizing write leaves do not count above the MSI range,
 *	however many there are: a hypervisor treats exactly these as not
 *	mapped. A ROM is never parked while it decodes, so it always counts
 * @outside_at: bus address of the last of these
 * @master_moves: writes to a memory BAR while COMMAND.MASTER was on
 * @sick: functions broken by EHOST_ROM_NO_OVERLAP
 * @mmio_reads: reads by the driver under test since
 *	ehost_vanish_after_mmio(), until ehost_return()
 */
struct ehost_counters {
	u32 config_reads;
	u32 config_writes;
	u32 bar_writes_live;
	u32 rom_writes;
	u32 rom_moves_live;
	u32 overlaps;
	u64 overlap_at;
	u32 outside;
	u64 outside_at;
	u32 master_moves;
	u32 sick;
	u32 mmio_reads;
};

/**
 * struct ehost_write - one entry of the journal of config writes
 * @fn: function
 * @where: offset in config space
 * @size: 1, 2 or 4
 * @val: value written
 * @before: the dword at @where before the write
 * @after: the dword at @where after the write
 */
struct ehost_write {
	struct ehost_fn *fn;
	u16 where;
	u8 size;
	u32 val;
	u32 before;
	u32 after;
};

/**
 * typedef ehost_hook_t - a test's callback at a config write
 * @fn: function that was written to
 * @w: the write, which has already taken effect
 * @arg: the test's argument
 *
 * Runs with interrupts off and a lock of the PCI core held: no config access,
 * no sleeping.
 */
typedef void (*ehost_hook_t)(struct ehost_fn *fn, const struct ehost_write *w,
			     void *arg);

/**
 * typedef ehost_mmio_hook_t - a test's callback before the driver reads memory
 * @arg: the test's argument
 *
 * Runs in the context of the driver's read, with its locks held; it may sleep
 * if the driver may.
 */
typedef void (*ehost_mmio_hook_t)(void *arg);

/* Is there memory for the windows? If not, tests skip. Sleeps. */
bool ehost_available(void);

/* Does the core handle virtual functions here? If not, their tests skip. */
bool ehost_has_vfs(void);

/* Build hardware, and let the core find it. All of these sleep. */
struct ehost *ehost_create(const struct ehost_desc *desc);
struct ehost_fn *ehost_add(struct ehost *host, struct ehost_fn *bridge,
			   unsigned int devfn,
			   const struct ehost_fn_desc *desc);
int ehost_scan_begin(struct ehost *host);
void ehost_scan_end(struct ehost *host);
int ehost_scan(struct ehost *host);
void ehost_rescan(struct ehost *host);
void ehost_remove(struct ehost_fn *fn);
int ehost_enable_vfs(struct ehost_fn *fn, int nr);
void ehost_disable_vfs(struct ehost_fn *fn);
void ehost_unplug(struct ehost_fn *fn);
unsigned int ehost_destroy(struct ehost *host);
void ehost_destroy_all(void);

/* The core's view */
struct pci_bus *ehost_bus(struct ehost *host);
struct pci_dev *ehost_dev(struct ehost_fn *fn);
struct ehost_fn *ehost_vf(struct ehost_fn *pf, unsigned int index);
const struct resource *ehost_window(struct ehost *host, unsigned int index);
u64 ehost_window_bus(struct ehost *host, unsigned int index);
unsigned int ehost_claims(struct ehost *host);

/* Config space behind the core's back: no journal, no counters, no hooks */
u32 ehost_peek(struct ehost_fn *fn, unsigned int where);
void ehost_poke(struct ehost_fn *fn, unsigned int where, u32 val);
void ehost_set_bits(struct ehost_fn *fn, unsigned int where, u32 rw, u32 w1c);

/* All registers of all functions; ehost_save() sleeps */
struct ehost_state;
struct ehost_state *ehost_save(struct ehost *host);
unsigned int ehost_changed(struct ehost_state *state, struct ehost_fn **fn,
			   unsigned int *where);
void ehost_state_free(struct ehost_state *state);

/* Misbehaviour that begins at some point */
void ehost_vanish_after(struct ehost_fn *fn, unsigned int accesses);
void ehost_vanish_after_mmio(struct ehost_fn *fn, unsigned int reads);
void ehost_change_after_mmio(struct ehost_fn *fn);
void ehost_return(struct ehost_fn *fn);
void ehost_lose_power(struct ehost_fn *fn);
void ehost_fail_reads_after(struct ehost_fn *fn, unsigned int reads);
void ehost_fail_one_read(struct ehost_fn *fn, unsigned int reads);
void ehost_fail_one_write(struct ehost_fn *fn, unsigned int writes);
void ehost_refuse_restore(struct ehost_fn *fn, unsigned int where);
void ehost_set_quirks(struct ehost_fn *fn, u32 quirks);
void ehost_set_rom(struct ehost_fn *fn, const void *image, u32 len, u8 fill);

/* Oracles */
void ehost_counters(struct ehost *host, struct ehost_counters *counters);
unsigned int ehost_journal(struct ehost *host, struct ehost_write *entries,
			   unsigned int max);
void ehost_reset_oracles(struct ehost *host);
void ehost_hook(struct ehost *host, unsigned int write, ehost_hook_t hook,
		void *arg);

/* MMIO */
u32 ehost_bar_pattern(struct ehost_fn *fn, unsigned int bar);
bool ehost_decodes(struct ehost_fn *fn, unsigned int decoder, u64 *addr);
u32 ehost_read_bus(struct ehost *host, u64 addr);
u64 ehost_mapping_time(void);
void ehost_hook_mmio(unsigned int read, ehost_mmio_hook_t hook, void *arg);

#endif /* SHADOWBAR_KUNIT_HOST_H */
