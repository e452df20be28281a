// SPDX-License-Identifier: GPL-2.0-only
/*
 * An emulated PCI host bridge: the life cycle of the bridge and its functions
 *
 * Only exported symbols are used. The core is called in the same order as by a
 * native host bridge driver.
 */
#define pr_fmt(fmt) "ehost: " fmt

#include <linux/mutex.h>
#include <linux/slab.h>

#include "host_priv.h"

/* Domains from here on are free: ACPI segments have 16 bits. */
#define EHOST_DOMAIN		0x10000

/* Never accessed, and not in the kernel's own tree of ports */
#define EHOST_IO_CPU		0x1000

/* All hosts, for ehost_destroy_all() and to find a free domain */
static DEFINE_MUTEX(ehost_list_lock);
static LIST_HEAD(ehost_list);

/*
 * The core keeps an entry for every domain number ever used, so take the lowest
 * free one.
 */
static int ehost_free_domain(void)
{
	struct ehost *host;
	int domain = EHOST_DOMAIN;
	bool taken;

	lockdep_assert_held(&ehost_list_lock);
	do {
		taken = false;
		list_for_each_entry(host, &ehost_list, node)
			taken |= host->domain == domain;
		domain += taken;
	} while (taken);

	return domain;
}

/**
 * ehost_at - find the window at a CPU address
 * @cpu: address
 * @window: set to the window
 *
 * Return: the host, or NULL
 */
struct ehost *ehost_at(resource_size_t cpu, struct ehost_window **window)
{
	struct ehost *host, *found = NULL;
	unsigned int i;

	mutex_lock(&ehost_list_lock);
	list_for_each_entry(host, &ehost_list, node)
		for (i = 0; i < host->num_windows; i++) {
			struct resource *res = &host->windows[i].res;

			if (resource_type(res) != IORESOURCE_MEM ||
			    cpu < res->start || cpu > res->end)
				continue;
			*window = &host->windows[i];
			found = host;
		}
	mutex_unlock(&ehost_list_lock);

	return found;
}

static void ehost_bus_init(struct ehost_bus *bus, struct ehost_fn *bridge)
{
	bus->bridge = bridge;
	INIT_LIST_HEAD(&bus->bridges);
}

static void ehost_release_windows(struct ehost *host)
{
	while (host->num_windows--) {
		struct resource *res = &host->windows[host->num_windows].res;

		if (res->parent)
			release_resource(res);
	}
}

static int ehost_request_windows(struct ehost *host,
				 const struct ehost_desc *desc)
{
	const struct ehost_window_desc *w = desc->windows;
	unsigned int i;
	int ret;

	for (i = 0; i < EHOST_MAX_WINDOWS && w[i].size; i++) {
		struct ehost_window *window = &host->windows[i];

		host->num_windows++;
		if (w[i].flags & EHOST_IO) {
			window->res.name = host->name;
			window->res.start = EHOST_IO_CPU;
			window->res.end = EHOST_IO_CPU + w[i].size - 1;
			window->res.flags = IORESOURCE_IO;
			window->bus = w[i].identity ? EHOST_IO_CPU : w[i].bus;
			continue;
		}
		ret = ehost_mem_window(host, window, &w[i]);
		if (ret) {
			ehost_release_windows(host);
			return ret;
		}
	}
	return 0;
}

/**
 * ehost_create - build a host bridge
 * @desc: description
 *
 * The core does not know it until ehost_scan().
 *
 * Return: the host, or NULL
 */
struct ehost *ehost_create(const struct ehost_desc *desc)
{
	struct ehost *host = kzalloc(sizeof(*host), GFP_KERNEL);

	if (!host)
		return NULL;
	host->journal = kcalloc(EHOST_JOURNAL, sizeof(*host->journal),
				GFP_KERNEL);
	if (!host->journal || ehost_mem_get())
		goto free;

	raw_spin_lock_init(&host->lock);
	INIT_LIST_HEAD(&host->fns);
	host->decoders = RB_ROOT_CACHED;
	host->mode = desc->mode;
	ehost_bus_init(&host->root, NULL);

	mutex_lock(&ehost_list_lock);
	host->domain = desc->domain ?: ehost_free_domain();
	list_add(&host->node, &ehost_list);
	mutex_unlock(&ehost_list_lock);

	snprintf(host->name, sizeof(host->name), "ehost %x", host->domain);
	if (!ehost_request_windows(host, desc))
		return host;

	mutex_lock(&ehost_list_lock);
	list_del(&host->node);
	mutex_unlock(&ehost_list_lock);
	ehost_mem_put();
free:
	kfree(host->journal);
	kfree(host);
	return NULL;
}

static void ehost_fn_free(struct ehost_fn *fn)
{
	ehost_mmio_forget(fn);
	ehost_config_free(fn);
	kfree(fn->below);
	kfree(fn);
}

static struct ehost_fn *ehost_fn_alloc(struct ehost *host, struct ehost_bus *on,
				       unsigned int devfn,
				       const struct ehost_fn_desc *desc,
				       struct ehost_fn *vf_of,
				       unsigned int vf_index)
{
	struct ehost_fn *fn = kzalloc(sizeof(*fn), GFP_KERNEL);
	unsigned int i;

	if (!fn)
		return NULL;
	fn->host = host;
	fn->on = on;
	fn->devfn = devfn;
	fn->desc = *desc;
	fn->vf_of = vf_of;
	fn->vf_index = vf_index;
	for (i = 0; i < EHOST_NUM_DECODERS; i++) {
		fn->decoders[i].fn = fn;
		fn->decoders[i].index = i;
	}
	if (desc->bridge) {
		fn->below = kzalloc(sizeof(*fn->below), GFP_KERNEL);
		if (!fn->below)
			goto free;
		ehost_bus_init(fn->below, fn);
	}
	if (ehost_config_init(fn))
		goto free;
	return fn;

free:
	ehost_fn_free(fn);
	return NULL;
}

/* Every function of a multi-function device has header type bit 7 set. */
static void ehost_mark_multifunction(struct ehost_bus *bus, unsigned int devfn)
{
	unsigned int slot = devfn & ~7u, i;
	bool multi = false;

	for (i = 1; i < 8; i++)
		multi |= !!bus->slot[slot + i];
	for (i = 0; multi && i < 8; i++)
		if (bus->slot[slot + i])
			bus->slot[slot + i]->reg[PCI_CACHE_LINE_SIZE / 4] |=
				0x80 << 16;
}

static void ehost_plug(struct ehost_fn *fn)
{
	struct ehost *host = fn->host;
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	fn->id = host->num_fns++;
	fn->on->slot[fn->devfn] = fn;
	list_add_tail(&fn->node, &host->fns);
	if (fn->below)
		list_add_tail(&fn->sibling, &fn->on->bridges);
	ehost_mark_multifunction(fn->on, fn->devfn);
	ehost_update(fn);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

static int ehost_add_vfs(struct ehost_fn *pf)
{
	struct ehost_fn_desc desc = {
		.device = pf->desc.device,
		.class = pf->desc.class,
		.caps = EHOST_CAP_PCIE,
	};
	unsigned int i;

	memcpy(desc.bar, pf->desc.vf_bar, sizeof(desc.bar));
	for (i = 0; i < pf->desc.vfs; i++) {
		unsigned int devfn = pf->devfn + 1 + i;
		struct ehost_fn *vf;

		if (devfn >= EHOST_MAX_DEVFN || pf->on->slot[devfn])
			return -EBUSY;
		vf = ehost_fn_alloc(pf->host, pf->on, devfn, &desc, pf, i);
		if (!vf)
			return -ENOMEM;
		ehost_plug(vf);
	}
	return 0;
}

/**
 * ehost_add - plug in a function
 * @host: host
 * @bridge: bridge above it, NULL for the root bus
 * @devfn: device and function number, from PCI_DEVFN()
 * @desc: description
 *
 * After ehost_scan(), ehost_rescan() lets the core find it.
 *
 * Return: the function, which lives as long as the host; NULL without memory,
 * or if the place is taken
 */
struct ehost_fn *ehost_add(struct ehost *host, struct ehost_fn *bridge,
			   unsigned int devfn,
			   const struct ehost_fn_desc *desc)
{
	struct ehost_bus *on = bridge ? bridge->below : &host->root;
	struct ehost_fn *fn;

	if (!on || devfn >= EHOST_MAX_DEVFN || on->slot[devfn])
		return NULL;
	fn = ehost_fn_alloc(host, on, devfn, desc, NULL, 0);
	if (!fn)
		return NULL;
	ehost_plug(fn);
	if (desc->caps & EHOST_CAP_SRIOV && ehost_add_vfs(fn))
		return NULL;
	return fn;
}

/* Firmware numbers buses depth first, like the core. */
static u8 ehost_number_buses(struct ehost_bus *bus, u8 number)
{
	struct ehost_fn *bridge;
	u8 last = number;

	list_for_each_entry(bridge, &bus->bridges, sibling) {
		u8 secondary = last + 1;

		last = ehost_number_buses(bridge->below, secondary);
		bridge->reg[PCI_PRIMARY_BUS / 4] =
			number | secondary << 8 | last << 16;
	}
	return last;
}

static void ehost_add_resources(struct ehost *host,
				struct pci_host_bridge *bridge)
{
	unsigned int i;

	/* All bus numbers, or a bridge that is plugged in later gets none. */
	host->busn = (struct resource){
		.name = host->name,
		.start = 0,
		.end = 0xff,
		.flags = IORESOURCE_BUS,
	};
	pci_add_resource(&bridge->windows, &host->busn);
	for (i = 0; i < host->num_windows; i++) {
		struct ehost_window *window = &host->windows[i];

		pci_add_resource_offset(&bridge->windows, &window->res,
					window->res.start - window->bus);
	}
}

/**
 * ehost_scan_begin - let the core find the functions
 * @host: host with its functions
 *
 * Return: 0 or a negative error
 */
int ehost_scan_begin(struct ehost *host)
{
	struct pci_host_bridge *bridge = pci_alloc_host_bridge(0);
	int ret;

	if (!bridge)
		return -ENOMEM;

	ret = ehost_sysdata_init(&host->sysdata, bridge, host->domain);
	if (ret) {
		pci_free_host_bridge(bridge);
		return ret;
	}
	bridge->sysdata = &host->sysdata.arch;
	bridge->ops = &ehost_ops;
	bridge->busnr = 0;
	ehost_add_resources(host, bridge);

	if (host->mode == EHOST_FIRMWARE)
		ehost_number_buses(&host->root, 0);

	pci_lock_rescan_remove();
	ret = pci_scan_root_bus_bridge(bridge);
	pci_unlock_rescan_remove();
	if (ret) {
		pci_free_host_bridge(bridge);
		ehost_sysdata_exit(&host->sysdata);
		return ret;
	}
	host->bridge = bridge;
	host->bus = bridge->bus;
	return 0;
}

/**
 * ehost_scan_end - let the core assign addresses and bind drivers
 * @host: host after ehost_scan_begin()
 *
 * In firmware mode the core claims what the registers say and assigns nothing;
 * what it cannot claim stays without an address. As for any new host bridge,
 * this happens without the rescan lock.
 */
void ehost_scan_end(struct ehost *host)
{
	if (host->mode == EHOST_FIRMWARE)
		pci_bus_claim_resources(host->bus);
	else
		pci_assign_unassigned_bus_resources(host->bus);
	pci_lock_rescan_remove();
	pci_bus_add_devices(host->bus);
	pci_unlock_rescan_remove();
}

/**
 * ehost_scan - let the core find the functions and set them up
 * @host: host with its functions
 *
 * Return: 0 or a negative error
 */
int ehost_scan(struct ehost *host)
{
	int ret = ehost_scan_begin(host);

	if (!ret)
		ehost_scan_end(host);
	return ret;
}

/**
 * ehost_rescan - let the core look for functions that were plugged in
 * @host: host that was scanned before
 *
 * Both modes: the core assigns whatever has no address yet.
 */
void ehost_rescan(struct ehost *host)
{
	pci_lock_rescan_remove();
	pci_rescan_bus(host->bus);
	pci_unlock_rescan_remove();
}

/**
 * ehost_bus - the core's root bus
 * @host: host
 *
 * Return: the bus, NULL before ehost_scan()
 */
struct pci_bus *ehost_bus(struct ehost *host)
{
	return host->bus;
}

/**
 * ehost_dev - the core's view of a function
 * @fn: function
 *
 * Return: its device, without a reference: the caller decides when it is
 * removed. NULL if the core does not know it
 */
struct pci_dev *ehost_dev(struct ehost_fn *fn)
{
	unsigned int busnr = 0;
	struct pci_dev *pdev;

	if (fn->on->bridge)
		busnr = (fn->on->bridge->reg[PCI_PRIMARY_BUS / 4] >> 8) & 0xff;
	pdev = pci_get_domain_bus_and_slot(fn->host->domain, busnr, fn->devfn);
	pci_dev_put(pdev);
	return pdev;
}

/**
 * ehost_vf - a virtual function, enabled or not
 * @pf: its physical function
 * @index: its index
 *
 * Return: the function
 */
struct ehost_fn *ehost_vf(struct ehost_fn *pf, unsigned int index)
{
	return pf->on->slot[pf->devfn + 1 + index];
}

/**
 * ehost_remove - let the core remove a function that stays plugged in
 * @fn: function; ehost_rescan() finds it again
 */
void ehost_remove(struct ehost_fn *fn)
{
	struct pci_dev *pdev;

	pci_lock_rescan_remove();
	pdev = ehost_dev(fn);
	if (pdev)
		pci_stop_and_remove_bus_device(pdev);
	pci_unlock_rescan_remove();
}

/**
 * ehost_has_vfs - does the core handle virtual functions here?
 *
 * On pSeries the hypervisor says where they are; if it does not, the core
 * removes their BARs.
 *
 * Return: true if so
 */
bool ehost_has_vfs(void)
{
	return IS_ENABLED(CONFIG_PCI_IOV) && !IS_ENABLED(CONFIG_PPC_PSERIES);
}

/**
 * ehost_enable_vfs - let the core enable virtual functions
 * @fn: physical function
 * @nr: how many
 *
 * Works like a write to sriov_numvfs, including the lock.
 *
 * Return: 0 or a negative error
 */
int ehost_enable_vfs(struct ehost_fn *fn, int nr)
{
	int ret;

	pci_lock_rescan_remove();
	ret = pci_enable_sriov(ehost_dev(fn), nr);
	pci_unlock_rescan_remove();
	return ret;
}

/**
 * ehost_disable_vfs - let the core disable virtual functions
 * @fn: physical function
 */
void ehost_disable_vfs(struct ehost_fn *fn)
{
	pci_lock_rescan_remove();
	pci_disable_sriov(ehost_dev(fn));
	pci_unlock_rescan_remove();
}

/**
 * ehost_unplug - let the core remove a function, then unplug it
 * @fn: function; with a bridge, everything below it goes too
 */
void ehost_unplug(struct ehost_fn *fn)
{
	struct ehost *host = fn->host;
	unsigned long flags;

	ehost_remove(fn);
	raw_spin_lock_irqsave(&host->lock, flags);
	fn->unplugged = true;
	ehost_update(fn);
	fn->on->slot[fn->devfn] = NULL;
	if (fn->below)
		list_del(&fn->sibling);
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * ehost_window - a window of the host bridge, with CPU addresses
 * @host: host
 * @index: index in the host's description
 *
 * Return: the resource
 */
const struct resource *ehost_window(struct ehost *host, unsigned int index)
{
	return &host->windows[index].res;
}

/**
 * ehost_window_bus - first bus address of a window
 * @host: host
 * @index: index in the host's description
 *
 * Return: bus address
 */
u64 ehost_window_bus(struct ehost *host, unsigned int index)
{
	return host->windows[index].bus;
}

/**
 * ehost_claims - count the resources in the windows
 * @host: host
 *
 * Return: number of resources directly below the windows
 */
unsigned int ehost_claims(struct ehost *host)
{
	unsigned int i, claims = 0;
	struct resource *res;

	for (i = 0; i < host->num_windows; i++)
		for (res = host->windows[i].res.child; res; res = res->sibling)
			claims++;
	return claims;
}

/**
 * struct ehost_state - a snapshot of the registers of all functions
 * @host: host
 * @num_fns: number of functions at that time
 * @regs: their registers, one function after the other
 */
struct ehost_state {
	struct ehost *host;
	unsigned int num_fns;
	u32 regs[];
};

/**
 * ehost_save - save all registers of all functions
 * @host: host
 *
 * Return: the state for ehost_changed(), or NULL
 */
struct ehost_state *ehost_save(struct ehost *host)
{
	struct ehost_state *state;
	unsigned int dwords = 0;
	struct ehost_fn *fn;
	unsigned long flags;
	u32 *reg;

	list_for_each_entry(fn, &host->fns, node)
		dwords += fn->dwords;
	state = kvzalloc(struct_size(state, regs, dwords), GFP_KERNEL);
	if (!state)
		return NULL;
	state->host = host;
	reg = state->regs;
	raw_spin_lock_irqsave(&host->lock, flags);
	list_for_each_entry(fn, &host->fns, node) {
		memcpy(reg, fn->reg, fn->dwords * sizeof(u32));
		reg += fn->dwords;
		state->num_fns++;
	}
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return state;
}

/**
 * ehost_changed - compare the registers with a saved state
 * @state: from ehost_save()
 * @fn: if not NULL, set to the first function with a difference
 * @where: if not NULL, set to its first register that differs
 *
 * Functions that were plugged in later are ignored.
 *
 * Return: number of dwords that differ
 */
unsigned int ehost_changed(struct ehost_state *state, struct ehost_fn **fn,
			   unsigned int *where)
{
	unsigned int i, n = 0, differ = 0;
	const u32 *reg = state->regs;
	struct ehost_fn *pos;
	unsigned long flags;

	raw_spin_lock_irqsave(&state->host->lock, flags);
	list_for_each_entry(pos, &state->host->fns, node) {
		if (n++ == state->num_fns)
			break;
		for (i = 0; i < pos->dwords; i++) {
			if (pos->reg[i] == reg[i])
				continue;
			if (!differ && fn)
				*fn = pos;
			if (!differ && where)
				*where = i * sizeof(u32);
			differ++;
		}
		reg += pos->dwords;
	}
	raw_spin_unlock_irqrestore(&state->host->lock, flags);
	return differ;
}

/**
 * ehost_state_free - free what ehost_save() returned
 * @state: may be NULL
 */
void ehost_state_free(struct ehost_state *state)
{
	kvfree(state);
}

/**
 * ehost_destroy - let the core remove the host, and take it down
 * @host: host
 *
 * Return: number of resources left in its windows. If not 0, they were never
 * released, and the resource tree contains memory that the core has freed
 */
unsigned int ehost_destroy(struct ehost *host)
{
	struct ehost_fn *fn, *next;
	unsigned int claims;

	if (host->bus) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(host->bus);
		pci_remove_root_bus(host->bus);
		pci_unlock_rescan_remove();
		pci_free_host_bridge(host->bridge);
		ehost_sysdata_exit(&host->sysdata);
	}
	claims = ehost_claims(host);
	WARN(claims, "%u resources left in the windows of %s\n", claims,
	     host->name);

	list_for_each_entry(fn, &host->fns, node) {
		fn->unplugged = true;
		ehost_update(fn);
	}
	list_for_each_entry_safe(fn, next, &host->fns, node)
		ehost_fn_free(fn);

	mutex_lock(&ehost_list_lock);
	list_del(&host->node);
	mutex_unlock(&ehost_list_lock);
	ehost_release_windows(host);
	ehost_mem_put();
	kfree(host->journal);
	kfree(host);

	return claims;
}

/**
 * ehost_destroy_all - take down every host that is left
 *
 * For a suite's exit function, which also runs after a test was aborted.
 */
void ehost_destroy_all(void)
{
	struct ehost *host, *next;

	ehost_hook_mmio(0, NULL, NULL);
	list_for_each_entry_safe(host, next, &ehost_list, node)
		ehost_destroy(host);
}
