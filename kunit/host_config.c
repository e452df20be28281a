// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space of the emulated PCI host
 *
 * Every register is a row of a table: writable bits, bits that a written 1
 * clears, and the rest, which is read-only. Sizing a BAR needs no code: its low
 * bits are not writable.
 */
#include <linux/bitfield.h>
#include <linux/log2.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "host_priv.h"

#define DW(where)	((where) / sizeof(u32))

static void ehost_define(struct ehost_fn *fn, unsigned int where, u32 val,
			 u32 rw, u32 w1c)
{
	fn->reg[DW(where)] = val;
	fn->rw[DW(where)] = rw;
	fn->w1c[DW(where)] = w1c;
}

static void ehost_define_bar(struct ehost_fn *fn, unsigned int where,
			     const struct ehost_bar_desc *desc)
{
	u64 mask = ~(desc->size - 1);
	u32 flags = 0;

	if (!desc->size)
		return;

	if (desc->flags & EHOST_IO) {
		mask &= PCI_BASE_ADDRESS_IO_MASK;
		flags = PCI_BASE_ADDRESS_SPACE_IO;
	} else {
		mask &= PCI_BASE_ADDRESS_MEM_MASK;
		if (desc->flags & EHOST_PREF)
			flags |= PCI_BASE_ADDRESS_MEM_PREFETCH;
		if (desc->flags & EHOST_64)
			flags |= PCI_BASE_ADDRESS_MEM_TYPE_64;
	}

	ehost_define(fn, where,
		     lower_32_bits(desc->addr & mask) | flags,
		     lower_32_bits(mask), 0);
	if (desc->flags & EHOST_64)
		ehost_define(fn, where + 4, upper_32_bits(desc->addr & mask),
			     upper_32_bits(mask), 0);
}

/* The slot after a 64-bit BAR is its upper half. */
static void ehost_define_bars(struct ehost_fn *fn, unsigned int where,
			      const struct ehost_bar_desc *desc,
			      unsigned int nr)
{
	unsigned int bar;

	for (bar = 0; bar < nr; bar++) {
		ehost_define_bar(fn, where + 4 * bar, &desc[bar]);
		if (desc[bar].flags & EHOST_64)
			bar++;
	}
}

static void ehost_define_rom(struct ehost_fn *fn)
{
	const struct ehost_rom_desc *rom = &fn->desc.rom;
	u32 rw;

	if (!rom->size)
		return;
	rw = (~(rom->size - 1) & PCI_ROM_ADDRESS_MASK) | PCI_ROM_ADDRESS_ENABLE;
	if (fn->desc.quirks & EHOST_ROM_STUCK)
		rw = 0;
	ehost_define(fn, ehost_rom_reg(fn), rom->bar, rw, 0);
}

/* A closed window has its limit below its base. */
static void ehost_define_forward(struct ehost_fn *fn)
{
	const struct ehost_forward_desc *mem = &fn->desc.mem;
	const struct ehost_forward_desc *pref = &fn->desc.pref;
	u64 base = SZ_1M, last = 0;

	/* I/O: 16-bit, closed */
	ehost_define(fn, PCI_IO_BASE, 0xf0, 0x0000f0f0, 0xf9000000);

	if (mem->size) {
		base = mem->base;
		last = mem->base + mem->size - 1;
	}
	ehost_define(fn, PCI_MEMORY_BASE,
		     ((base >> 16) & 0xfff0) | (last & 0xfff00000),
		     0xfff0fff0, 0);

	base = SZ_1M;
	last = 0;
	if (pref->size) {
		base = pref->base;
		last = pref->base + pref->size - 1;
	}
	ehost_define(fn, PCI_PREF_MEMORY_BASE,
		     ((base >> 16) & 0xfff0) | (last & 0xfff00000) |
		     PCI_PREF_RANGE_TYPE_64 | PCI_PREF_RANGE_TYPE_64 << 16,
		     0xfff0fff0, 0);
	ehost_define(fn, PCI_PREF_BASE_UPPER32, upper_32_bits(base), ~0u, 0);
	ehost_define(fn, PCI_PREF_LIMIT_UPPER32, upper_32_bits(last), ~0u, 0);

	/* The core assigns bus numbers; in firmware mode, ehost_scan() does. */
	ehost_define(fn, PCI_PRIMARY_BUS, 0, ~0u, 0);
	ehost_define(fn, PCI_INTERRUPT_LINE, 0, 0x0fff00ff, 0);
}

static void ehost_define_pcie(struct ehost_fn *fn)
{
	unsigned int type = PCI_EXP_TYPE_ENDPOINT;
	u32 flags;

	if (ehost_is_bridge(fn))
		type = PCI_EXP_TYPE_PCI_BRIDGE;
	else if (!fn->on->bridge)
		type = PCI_EXP_TYPE_RC_END;

	flags = 2 | FIELD_PREP(PCI_EXP_FLAGS_TYPE, type);
	ehost_define(fn, EHOST_PCIE_POS, PCI_CAP_ID_EXP | flags << 16, 0, 0);
	ehost_define(fn, EHOST_PCIE_POS + PCI_EXP_DEVCTL, 0, 0x0000ffff,
		     0x000f0000);
	ehost_define(fn, EHOST_PCIE_POS + PCI_EXP_LNKCTL, 0, 0x0000ffff, 0);
	ehost_define(fn, EHOST_PCIE_POS + PCI_EXP_DEVCTL2, 0, 0x0000ffff, 0);
}

static void ehost_define_sriov(struct ehost_fn *fn)
{
	const unsigned int pos = EHOST_SRIOV_POS;
	const u16 vfs = fn->desc.vfs;

	ehost_define(fn, pos, PCI_EXT_CAP_ID_SRIOV | 1 << 16, 0, 0);
	ehost_define(fn, pos + PCI_SRIOV_CTRL, 0, 0x0000001f, 0);
	ehost_define(fn, pos + PCI_SRIOV_INITIAL_VF, vfs | vfs << 16, 0, 0);
	ehost_define(fn, pos + PCI_SRIOV_NUM_VF, 0, 0x0000ffff, 0);
	/* First VF at the next routing ID, the others after it. */
	ehost_define(fn, pos + PCI_SRIOV_VF_OFFSET, 1 | 1 << 16, 0, 0);
	ehost_define(fn, pos + 0x18, fn->desc.device << 16, 0, 0);
	ehost_define(fn, pos + PCI_SRIOV_SUP_PGSIZE, 0x553, 0, 0);
	ehost_define(fn, pos + PCI_SRIOV_SYS_PGSIZE, 1, ~0u, 0);
	ehost_define_bars(fn, ehost_vf_bar_reg(0), fn->desc.vf_bar,
			  EHOST_NUM_BARS);
}

/* The first extended capability is at 0x100, even if it is empty. */
static void ehost_define_rebar(struct ehost_fn *fn)
{
	const u32 sizes = SZ_1M | SZ_2M | SZ_4M | SZ_8M;
	const unsigned int pos = EHOST_REBAR_POS;
	u64 size = fn->desc.bar[0].size;

	fn->reg[DW(EHOST_SRIOV_POS)] |= 1 << 16 | pos << 20;
	ehost_define(fn, pos, PCI_EXT_CAP_ID_REBAR | 1 << 16, 0, 0);
	ehost_define(fn, pos + PCI_REBAR_CAP, sizes / SZ_1M << 4, 0, 0);
	ehost_define(fn, pos + PCI_REBAR_CTRL,
		     FIELD_PREP(PCI_REBAR_CTRL_NBAR_MASK, 1) |
		     FIELD_PREP(PCI_REBAR_CTRL_BAR_SIZE, ilog2(size / SZ_1M)),
		     PCI_REBAR_CTRL_BAR_SIZE, 0);
}

/* BAR 0 changes its size (PCIe 6.0, 7.8.6.3). */
static void ehost_resize(struct ehost_fn *fn)
{
	u32 control = fn->reg[DW(EHOST_REBAR_POS + PCI_REBAR_CTRL)];
	struct ehost_bar_desc *bar = &fn->desc.bar[0];

	bar->size = SZ_1M << FIELD_GET(PCI_REBAR_CTRL_BAR_SIZE, control);
	bar->addr = fn->reg[DW(ehost_bar_reg(0))];
	ehost_define_bar(fn, ehost_bar_reg(0), bar);
}

static void ehost_define_caps(struct ehost_fn *fn)
{
	u8 next = 0;

	if (fn->desc.caps & EHOST_CAP_PCIE) {
		ehost_define_pcie(fn);
		if (fn->desc.caps & EHOST_CAP_SRIOV)
			ehost_define_sriov(fn);
		if (fn->desc.caps & EHOST_CAP_REBAR)
			ehost_define_rebar(fn);
		next = EHOST_PCIE_POS;
	}
	if (fn->desc.caps & EHOST_CAP_PM) {
		u32 ctrl = PCI_PM_CTRL_NO_SOFT_RESET;

		if (fn->desc.caps & EHOST_CAP_PM_RESET)
			ctrl = 0;
		ehost_define(fn, EHOST_PM_POS,
			     PCI_CAP_ID_PM | next << 8 | 3 << 16, 0, 0);
		ehost_define(fn, EHOST_PM_POS + PCI_PM_CTRL, ctrl,
			     PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE,
			     PCI_PM_CTRL_PME_STATUS);
		next = EHOST_PM_POS;
	}
	if (next) {
		fn->reg[DW(PCI_STATUS)] |= PCI_STATUS_CAP_LIST << 16;
		ehost_define(fn, PCI_CAPABILITY_LIST, next, 0, 0);
	}
}

/**
 * ehost_config_init - fill the table of a function's config space
 * @fn: function with its description, bus and place set
 *
 * Return: 0 or -ENOMEM
 */
int ehost_config_init(struct ehost_fn *fn)
{
	const struct ehost_fn_desc *desc = &fn->desc;
	u32 vendor = desc->vendor ?: EHOST_VENDOR;
	u32 class = desc->class ?: EHOST_CLASS;
	u32 type = ehost_is_bridge(fn) ? PCI_HEADER_TYPE_BRIDGE
				       : PCI_HEADER_TYPE_NORMAL;

	fn->dwords = desc->caps & EHOST_CAP_PCIE ? PCI_CFG_SPACE_EXP_SIZE / 4
						 : PCI_CFG_SPACE_SIZE / 4;
	fn->reg = kcalloc(fn->dwords, 3 * sizeof(u32), GFP_KERNEL);
	if (!fn->reg)
		return -ENOMEM;
	fn->rw = fn->reg + fn->dwords;
	fn->w1c = fn->rw + fn->dwords;

	/* A virtual function has its PF's IDs and COMMAND.MEM. */
	if (fn->vf_of) {
		ehost_define(fn, PCI_VENDOR_ID, ~0u, 0, 0);
		ehost_define(fn, PCI_COMMAND, 0, PCI_COMMAND_MASTER, 0);
	} else {
		ehost_define(fn, PCI_VENDOR_ID, vendor | desc->device << 16,
			     0, 0);
		ehost_define(fn, PCI_COMMAND, desc->command,
			     PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
			     PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
			     PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE,
			     0xf9000000);
	}
	ehost_define(fn, PCI_CLASS_REVISION, desc->revision | class << 8,
		     0, 0);
	ehost_define(fn, PCI_CACHE_LINE_SIZE, type << 16, 0x0000ffff, 0);

	if (!fn->vf_of)
		ehost_define_bars(fn, ehost_bar_reg(0), desc->bar,
				  ehost_bars(fn));
	ehost_define_rom(fn);
	if (ehost_is_bridge(fn)) {
		ehost_define_forward(fn);
	} else {
		ehost_define(fn, PCI_SUBSYSTEM_VENDOR_ID,
			     desc->subvendor | desc->subdevice << 16, 0, 0);
		ehost_define(fn, PCI_INTERRUPT_LINE, 0, 0x000000ff, 0);
	}
	ehost_define_caps(fn);

	return 0;
}

/**
 * ehost_config_free - free the table
 * @fn: function
 */
void ehost_config_free(struct ehost_fn *fn)
{
	kfree(fn->reg);
}

/**
 * ehost_vf_enabled - does a virtual function exist?
 * @vf: the virtual function
 *
 * Called with the host's lock held.
 *
 * Return: true if its physical function has it enabled
 */
bool ehost_vf_enabled(const struct ehost_fn *vf)
{
	const u32 *reg = vf->vf_of->reg;

	return reg[DW(EHOST_SRIOV_POS + PCI_SRIOV_CTRL)] & PCI_SRIOV_CTRL_VFE &&
	       vf->vf_index < (reg[DW(EHOST_SRIOV_POS + PCI_SRIOV_NUM_VF)] &
			       0xffff);
}

/* Follow the bus numbers in the bridges, as a config access would. */
static struct ehost_fn *ehost_route(struct ehost *host, u8 busnr,
				    unsigned int devfn)
{
	struct ehost_bus *bus = &host->root;
	struct ehost_fn *fn, *bridge;
	u8 here = 0;

	while (here != busnr) {
		struct ehost_bus *next = NULL;

		list_for_each_entry(bridge, &bus->bridges, sibling) {
			u32 reg = bridge->reg[DW(PCI_PRIMARY_BUS)];
			u8 secondary = reg >> 8, subordinate = reg >> 16;

			if (!ehost_present(bridge) || !secondary ||
			    busnr < secondary || busnr > subordinate)
				continue;
			next = bridge->below;
			here = secondary;
			break;
		}
		if (!next)
			return NULL;
		bus = next;
	}

	fn = bus->slot[devfn];
	if (!fn || fn->unplugged)
		return NULL;
	if (fn->vf_of && (!ehost_vf_enabled(fn) || fn->vf_of->vanished))
		return NULL;
	return fn;
}

/* Each access of either kind counts down for an armed function. */
static bool ehost_access(struct ehost_fn *fn)
{
	if (fn->vanish_armed && !fn->vanish_in--) {
		fn->vanish_armed = false;
		fn->vanished = true;
		ehost_update(fn);
	}
	return !fn->vanished;
}

static bool ehost_fails(struct ehost_failure *failure)
{
	if (!failure->armed)
		return false;
	if (failure->in) {
		failure->in--;
		return false;
	}
	failure->armed = !failure->once;
	return true;
}

static struct ehost *ehost_of(const struct pci_bus *bus)
{
	return container_of(bus->sysdata, struct ehost, sysdata.arch);
}

static u32 ehost_size_mask(int size)
{
	return GENMASK(8 * size - 1, 0);
}

static int ehost_read(struct pci_bus *bus, unsigned int devfn, int where,
		      int size, u32 *val)
{
	struct ehost *host = ehost_of(bus);
	int ret = PCIBIOS_SUCCESSFUL;
	struct ehost_fn *fn;
	unsigned long flags;

	*val = ~0u;
	raw_spin_lock_irqsave(&host->lock, flags);
	fn = ehost_route(host, bus->number, devfn);
	if (!fn) {
		ret = PCIBIOS_DEVICE_NOT_FOUND;
		goto unlock;
	}
	host->counters.config_reads++;
	if (!ehost_access(fn))
		goto unlock;
	if (ehost_fails(&fn->fail_read)) {
		ret = PCIBIOS_SET_FAILED;
		goto unlock;
	}
	if (DW(where) < fn->dwords)
		*val = fn->reg[DW(where)] >> (8 * (where % 4));
unlock:
	raw_spin_unlock_irqrestore(&host->lock, flags);
	*val &= ehost_size_mask(size);
	return ret;
}

/* The number of the memory BAR that a register belongs to, or -1 */
static int ehost_memory_bar(const struct ehost_fn *fn, unsigned int where)
{
	unsigned int bar, slots;

	for (bar = 0; bar < ehost_bars(fn); bar += slots) {
		const struct ehost_bar_desc *desc = &fn->desc.bar[bar];

		slots = desc->flags & EHOST_64 ? 2 : 1;
		if (where < ehost_bar_reg(bar) ||
		    where >= ehost_bar_reg(bar + slots))
			continue;
		return desc->size && !(desc->flags & EHOST_IO) ? bar : -1;
	}
	return -1;
}

/* The part of a write that a misbehaving function lets through */
static u32 ehost_distort(struct ehost_fn *fn, unsigned int where, u32 before,
			 u32 after)
{
	const u32 address = PCI_ROM_ADDRESS_MASK;

	if (fn->keep_armed && fn->keep_where == DW(where) &&
	    before != fn->keep_val && after == fn->keep_val)
		return before;

	if (where == ehost_rom_reg(fn) &&
	    fn->desc.quirks & EHOST_ROM_REFUSES) {
		u32 sizing = fn->rw[DW(where)] & address;

		if ((after & address) != sizing)
			return (fn->desc.rom.bar & address) |
			       (after & ~address);
	}
	return after;
}

/*
 * When a function without No_Soft_Reset leaves D3hot, its state is as after a
 * reset (PCI Power Management 1.2, 5.4.1).
 */
static void ehost_soft_reset(struct ehost_fn *fn)
{
	unsigned int bar;

	for (bar = 0; bar < ehost_bars(fn); bar++)
		fn->reg[DW(ehost_bar_reg(bar))] &=
			~fn->rw[DW(ehost_bar_reg(bar))];
	if (fn->desc.rom.size)
		fn->reg[DW(ehost_rom_reg(fn))] = 0;
	fn->reg[DW(PCI_COMMAND)] &= ~fn->rw[DW(PCI_COMMAND)];
}

static void ehost_count_write(struct ehost_fn *fn, unsigned int where,
			      u32 before, u32 after)
{
	struct ehost_counters *counters = &fn->host->counters;
	u16 command = fn->reg[DW(PCI_COMMAND)];

	counters->config_writes++;
	if (fn->desc.rom.size && where == ehost_rom_reg(fn)) {
		counters->rom_writes++;
		if (command & PCI_COMMAND_MEMORY &&
		    before & after & PCI_ROM_ADDRESS_ENABLE &&
		    (before ^ after) & PCI_ROM_ADDRESS_MASK)
			counters->rom_moves_live++;
	}
	if (ehost_memory_bar(fn, where) >= 0) {
		if (command & PCI_COMMAND_MEMORY)
			counters->bar_writes_live++;
		if (command & PCI_COMMAND_MASTER)
			counters->master_moves++;
	}
}

/* Can a change of this register change what decodes? */
static bool ehost_steers(const struct ehost_fn *fn, unsigned int where)
{
	if (where >= EHOST_SRIOV_POS)
		return fn->desc.vfs || fn->desc.caps & EHOST_CAP_REBAR;
	switch (where) {
	case PCI_COMMAND:
		return true;
	case EHOST_PM_POS + PCI_PM_CTRL:
		return fn->desc.caps & EHOST_CAP_PM;
	case PCI_MEMORY_BASE:
	case PCI_PREF_MEMORY_BASE:
	case PCI_PREF_BASE_UPPER32:
	case PCI_PREF_LIMIT_UPPER32:
		if (ehost_is_bridge(fn))
			return true;
		break;
	}
	return where == ehost_rom_reg(fn) || ehost_memory_bar(fn, where) >= 0;
}

static void ehost_store(struct ehost_fn *fn, unsigned int where, u32 after)
{
	u32 before = fn->reg[DW(where)];

	fn->reg[DW(where)] = after;
	if (before == after)
		return;

	if (fn->desc.caps & EHOST_CAP_PM &&
	    where == EHOST_PM_POS + PCI_PM_CTRL &&
	    !(after & PCI_PM_CTRL_NO_SOFT_RESET) &&
	    (before & PCI_PM_CTRL_STATE_MASK) == (__force u32)PCI_D3hot &&
	    (after & PCI_PM_CTRL_STATE_MASK) == (__force u32)PCI_D0)
		ehost_soft_reset(fn);
	if (fn->desc.caps & EHOST_CAP_REBAR &&
	    where == EHOST_REBAR_POS + PCI_REBAR_CTRL)
		ehost_resize(fn);
	if (ehost_steers(fn, where))
		ehost_update(fn);
}

static int ehost_write(struct pci_bus *bus, unsigned int devfn, int where,
		       int size, u32 val)
{
	struct ehost *host = ehost_of(bus);
	unsigned int dword = round_down(where, 4), shift = 8 * (where % 4);
	int ret = PCIBIOS_SUCCESSFUL;
	struct ehost_write entry;
	ehost_hook_t hook = NULL;
	void *hook_arg = NULL;
	struct ehost_fn *fn;
	unsigned long flags;
	u32 mask, before, after;

	raw_spin_lock_irqsave(&host->lock, flags);
	fn = ehost_route(host, bus->number, devfn);
	if (!fn) {
		ret = PCIBIOS_DEVICE_NOT_FOUND;
		goto unlock;
	}
	if (!ehost_access(fn) || DW(dword) >= fn->dwords) {
		host->counters.config_writes++;
		goto unlock;
	}
	if (ehost_fails(&fn->fail_write)) {
		ret = PCIBIOS_SET_FAILED;
		goto unlock;
	}

	mask = ehost_size_mask(size) << shift;
	val <<= shift;
	before = fn->reg[DW(dword)];
	after = (before & ~(fn->rw[DW(dword)] & mask)) |
		(val & fn->rw[DW(dword)] & mask);
	after &= ~(val & mask & fn->w1c[DW(dword)]);
	after = ehost_distort(fn, dword, before, after);

	ehost_count_write(fn, dword, before, after);
	ehost_store(fn, dword, after);

	entry = (struct ehost_write){
		.fn = fn,
		.where = where,
		.size = size,
		.val = (val & mask) >> shift,
		.before = before,
		.after = fn->reg[DW(dword)],
	};
	if (host->journaled < EHOST_JOURNAL)
		host->journal[host->journaled] = entry;
	host->journaled++;

	if (host->hook && !--host->hook_in) {
		hook = host->hook;
		hook_arg = host->hook_arg;
		host->hook = NULL;
	}
unlock:
	raw_spin_unlock_irqrestore(&host->lock, flags);
	if (hook)
		hook(fn, &entry, hook_arg);
	return ret;
}

struct pci_ops ehost_ops = {
	.read = ehost_read,
	.write = ehost_write,
};

/**
 * ehost_peek - read a register behind the core's back
 * @fn: function
 * @where: offset, a multiple of 4
 *
 * Return: the dword, even if the function has vanished
 */
u32 ehost_peek(struct ehost_fn *fn, unsigned int where)
{
	unsigned long flags;
	u32 val;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	val = fn->reg[DW(where)];
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	return val;
}

/**
 * ehost_poke - change a register behind the core's back
 * @fn: function
 * @where: offset, a multiple of 4
 * @val: new value, including read-only bits
 */
void ehost_poke(struct ehost_fn *fn, unsigned int where, u32 val)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->reg[DW(where)] = val;
	ehost_update(fn);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_set_bits - change which bits of a register are writable
 * @fn: function
 * @where: offset, a multiple of 4
 * @rw: writable bits; 0 makes it ignore writes
 * @w1c: bits that a written 1 clears
 */
void ehost_set_bits(struct ehost_fn *fn, unsigned int where, u32 rw, u32 w1c)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->rw[DW(where)] = rw;
	fn->w1c[DW(where)] = w1c;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_vanish_after - let a function read all ones
 * @fn: function; with a bridge, everything below it vanishes too
 * @accesses: config accesses that still work; 0 to vanish now
 */
void ehost_vanish_after(struct ehost_fn *fn, unsigned int accesses)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->vanish_armed = accesses;
	fn->vanish_in = accesses;
	if (!accesses) {
		fn->vanished = true;
		ehost_update(fn);
	}
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_return - undo vanishing, failures, refusals and sickness
 * @fn: function; its registers keep their values
 */
void ehost_return(struct ehost_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->vanish_armed = false;
	fn->vanished = false;
	fn->fail_read.armed = false;
	fn->fail_write.armed = false;
	fn->keep_armed = false;
	fn->sick = false;
	ehost_update(fn);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	ehost_mmio_forget(fn);
}

/**
 * ehost_lose_power - what happens to a function while the machine sleeps
 * @fn: function; nothing decodes, until somebody writes to its registers
 */
void ehost_lose_power(struct ehost_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	ehost_soft_reset(fn);
	ehost_update(fn);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

static void ehost_arm(struct ehost_fn *fn, struct ehost_failure *failure,
		      unsigned int in, bool once)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	*failure = (struct ehost_failure){
		.armed = true,
		.once = once,
		.in = in,
	};
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_fail_reads_after - let config reads fail with an error
 * @fn: function
 * @reads: config reads that still work
 */
void ehost_fail_reads_after(struct ehost_fn *fn, unsigned int reads)
{
	ehost_arm(fn, &fn->fail_read, reads, false);
}

/**
 * ehost_fail_one_read - let a single config read fail with an error
 * @fn: function
 * @reads: config reads before it, which work
 */
void ehost_fail_one_read(struct ehost_fn *fn, unsigned int reads)
{
	ehost_arm(fn, &fn->fail_read, reads, true);
}

/**
 * ehost_fail_one_write - let a single config write fail with an error
 * @fn: function; that write has no effect
 * @writes: config writes before it, which work
 */
void ehost_fail_one_write(struct ehost_fn *fn, unsigned int writes)
{
	ehost_arm(fn, &fn->fail_write, writes, true);
}

/**
 * ehost_refuse_restore - let a register change, but not back
 * @fn: function
 * @where: offset, a multiple of 4; later the register refuses its present value
 */
void ehost_refuse_restore(struct ehost_fn *fn, unsigned int where)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->keep_armed = true;
	fn->keep_where = DW(where);
	fn->keep_val = fn->reg[DW(where)];
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_set_quirks - change how a function misbehaves
 * @fn: function
 * @quirks: EHOST_ROM_...; EHOST_ROM_STUCK only works from ehost_add() on
 */
void ehost_set_quirks(struct ehost_fn *fn, u32 quirks)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->desc.quirks = quirks;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}

/**
 * ehost_counters - read the oracles
 * @host: host
 * @counters: filled
 */
void ehost_counters(struct ehost *host, struct ehost_counters *counters)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	*counters = host->counters;
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * ehost_journal - read the journal of config writes
 * @host: host
 * @entries: filled, or NULL
 * @max: entries that fit
 *
 * Return: number of writes since the last reset, which may be more than were
 * stored
 */
unsigned int ehost_journal(struct ehost *host, struct ehost_write *entries,
			   unsigned int max)
{
	unsigned long flags;
	unsigned int n;

	raw_spin_lock_irqsave(&host->lock, flags);
	n = host->journaled;
	if (entries)
		memcpy(entries, host->journal,
		       min3(n, max, EHOST_JOURNAL) * sizeof(*entries));
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return n;
}

/**
 * ehost_reset_oracles - reset the counters and the journal
 * @host: host
 *
 * A range that decodes now may do so again later, whatever its address: a
 * kernel that turns decoding off and on again is not to blame for that.
 */
void ehost_reset_oracles(struct ehost *host)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	memset(&host->counters, 0, sizeof(host->counters));
	host->journaled = 0;
	ehost_accept_usual(host);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * ehost_hook - call a function at a config write
 * @host: host
 * @write: number of the write, 1 for the next one
 * @hook: called once; NULL to cancel an earlier one
 * @arg: its argument
 */
void ehost_hook(struct ehost *host, unsigned int write, ehost_hook_t hook,
		void *arg)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	host->hook = hook;
	host->hook_arg = arg;
	host->hook_in = write;
	raw_spin_unlock_irqrestore(&host->lock, flags);
}
