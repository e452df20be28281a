/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internals that the files of the emulated PCI host share
 *
 * host.c builds hardware and lets the core find it, host_config.c implements
 * config space, host_mmio.c the memory behind the windows.
 */
#ifndef SHADOWBAR_KUNIT_HOST_PRIV_H
#define SHADOWBAR_KUNIT_HOST_PRIV_H

#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "host.h"

#define EHOST_JOURNAL		1024
#define EHOST_BAR_PAINT		SZ_4K
#define EHOST_MAX_DEVFN		256

/* Positions of the capabilities */
#define EHOST_PM_POS		0x40
#define EHOST_PCIE_POS		0x60
#define EHOST_SRIOV_POS		0x100
#define EHOST_REBAR_POS		0x180

/**
 * struct ehost_decoder - a BAR or the ROM BAR, as it decodes now
 * @rb: in &struct ehost.decoders while @decodes
 * @start: first bus address
 * @last: last bus address
 * @subtree_last: for the interval tree
 * @fn: the function it belongs to
 * @index: BAR number, or EHOST_ROM
 * @decodes: it decodes, from @start on
 * @routed: and every bridge above forwards that range
 * @usual: it decoded when the oracles were reset
 * @usual_start: its address at that time
 */
struct ehost_decoder {
	struct rb_node rb;
	u64 start;
	u64 last;
	u64 subtree_last;
	struct ehost_fn *fn;
	u8 index;
	bool decodes;
	bool routed;
	bool usual;
	u64 usual_start;
};

struct ehost_bus {
	struct ehost_fn *bridge;	/* NULL for the root bus */
	struct ehost_fn *slot[EHOST_MAX_DEVFN];
	struct list_head bridges;	/* ehost_fn.sibling */
};

/**
 * struct ehost_failure - an access that ends with an error
 * @armed: an access will fail
 * @once: only one will
 * @in: accesses that still work
 */
struct ehost_failure {
	bool armed;
	bool once;
	unsigned int in;
};

/**
 * struct ehost_fn - a function
 * @node: in &struct ehost.fns
 * @sibling: a bridge's place in &struct ehost_bus.bridges
 * @host: the host it belongs to
 * @on: the bus it is on
 * @below: the bus below it, if it is a bridge
 * @devfn: device and function number
 * @id: number within the host, for its BAR patterns
 * @desc: the test's description
 * @dwords: registers in @reg, @rw and @w1c
 * @reg: config space
 * @rw: writable bits
 * @w1c: bits that a written 1 clears
 * @decoders: BARs and the ROM BAR
 * @vf_of: the physical function, for a virtual one
 * @vf_index: its index there
 * @unplugged: no longer present
 * @vanished: present, but reads all ones
 * @sick: broken by EHOST_ROM_NO_OVERLAP; its memory reads all ones
 * @shown_sick: @sick when its memory was last painted
 * @vanish_armed: vanishes after @vanish_in more accesses
 * @vanish_in: see @vanish_armed
 * @mmio_armed: vanishes after @mmio_in more reads by the driver under test
 * @mmio_in: see @mmio_armed
 * @mmio_changes: each dword changes after the driver under test has read it
 * @fail_read: config reads that fail
 * @fail_write: config writes that fail
 * @keep_armed: the register @keep_where does not go back to @keep_val
 * @keep_where: see @keep_armed, in dwords
 * @keep_val: see @keep_armed
 * @rom_enables: how often the ROM began to decode
 */
struct ehost_fn {
	struct list_head node;
	struct list_head sibling;
	struct ehost *host;
	struct ehost_bus *on;
	struct ehost_bus *below;
	unsigned int devfn;
	unsigned int id;
	struct ehost_fn_desc desc;
	unsigned int dwords;
	u32 *reg;
	u32 *rw;
	u32 *w1c;
	struct ehost_decoder decoders[EHOST_NUM_DECODERS];
	struct ehost_fn *vf_of;
	unsigned int vf_index;
	bool unplugged;
	bool vanished;
	bool sick;
	bool shown_sick;
	bool vanish_armed;
	unsigned int vanish_in;
	bool mmio_armed;
	unsigned int mmio_in;
	bool mmio_changes;
	struct ehost_failure fail_read;
	struct ehost_failure fail_write;
	bool keep_armed;
	unsigned int keep_where;
	u32 keep_val;
	u32 rom_enables;
};

struct ehost_window {
	struct resource res;
	u64 bus;
	bool unbacked;
};

/**
 * struct ehost - a host bridge
 * @node: in the list of all hosts
 * @lock: protects everything below that config accesses change; a raw spinlock,
 *	since the PCI core calls with one held and interrupts off
 * @sysdata: for the architecture
 * @domain: PCI domain number
 * @mode: who decides on addresses
 * @name: name of the windows in /proc/iomem
 * @bridge: the core's host bridge
 * @bus: the core's root bus, once scanned
 * @windows: windows of the host bridge
 * @num_windows: how many
 * @busn: bus numbers
 * @root: root bus
 * @fns: all functions
 * @num_fns: number of functions that were ever added
 * @decoders: ranges that decode now
 * @painted: contents to write into the memory next
 * @counters: oracles
 * @journal: config writes since the last reset
 * @journaled: how many; those past EHOST_JOURNAL are only counted
 * @hook: called at the write that makes @hook_in zero
 * @hook_arg: its argument
 * @hook_in: see @hook
 */
struct ehost {
	struct list_head node;
	raw_spinlock_t lock;	/* see above */
	struct ehost_sysdata sysdata;
	int domain;
	enum ehost_mode mode;
	char name[16];
	struct pci_host_bridge *bridge;
	struct pci_bus *bus;
	struct ehost_window windows[EHOST_MAX_WINDOWS];
	unsigned int num_windows;
	struct resource busn;
	struct ehost_bus root;
	struct list_head fns;
	unsigned int num_fns;
	struct rb_root_cached decoders;
	u8 painted[EHOST_BAR_PAINT];
	struct ehost_counters counters;
	struct ehost_write *journal;
	unsigned int journaled;
	ehost_hook_t hook;
	void *hook_arg;
	unsigned int hook_in;
};

/* host.c */
struct ehost *ehost_at(resource_size_t cpu, struct ehost_window **window);

/* host_unbacked.c */
int ehost_unbacked_window(struct ehost_window *window,
			  const struct ehost_window_desc *desc);
u32 ehost_fetch(const void __iomem *addr);

/* host_config.c */
extern struct pci_ops ehost_ops;
int ehost_config_init(struct ehost_fn *fn);
void ehost_config_free(struct ehost_fn *fn);
bool ehost_vf_enabled(const struct ehost_fn *vf);

static inline bool ehost_is_bridge(const struct ehost_fn *fn)
{
	return fn->below;
}

static inline bool ehost_present(const struct ehost_fn *fn)
{
	return !fn->unplugged && !fn->vanished;
}

/* Header type 1 has two BARs, and its ROM BAR elsewhere. */
static inline unsigned int ehost_bars(const struct ehost_fn *fn)
{
	return ehost_is_bridge(fn) ? 2 : EHOST_NUM_BARS;
}

static inline unsigned int ehost_rom_reg(const struct ehost_fn *fn)
{
	return ehost_is_bridge(fn) ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS;
}

static inline unsigned int ehost_bar_reg(unsigned int bar)
{
	return PCI_BASE_ADDRESS_0 + 4 * bar;
}

/* VF BARs are registers of the physical function. */
static inline unsigned int ehost_vf_bar_reg(unsigned int bar)
{
	return EHOST_SRIOV_POS + PCI_SRIOV_BAR + 4 * bar;
}

/* Memory behind all windows: host_ivshmem.c; host_iomem.c if MMIO is calls */
int ehost_mem_get(void);
void ehost_mem_put(void);
struct resource *ehost_mem_res(void);
void __iomem *ehost_mem_at(resource_size_t cpu);

/* host_mmio.c */
void ehost_mmio_forget(struct ehost_fn *fn);
int ehost_mem_window(struct ehost *host, struct ehost_window *window,
		     const struct ehost_window_desc *desc);
void ehost_update(struct ehost_fn *fn);
void ehost_look(struct ehost *host, u64 bus, u8 *to, size_t size);
void ehost_accept_usual(struct ehost *host);

#endif /* SHADOWBAR_KUNIT_HOST_PRIV_H */
