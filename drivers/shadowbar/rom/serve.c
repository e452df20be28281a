// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve: give the shadow to drivers and guests that ask the kernel for the ROM.
 *
 * The kernel has two places for a ROM that is not read from the ROM BAR:
 * pdev->rom, for UEFI's copies; and, for the boot display, the ROM resource,
 * which then has IORESOURCE_ROM_SHADOW and an address in RAM. Both point to
 * pages that stay allocated for as long as anybody might map them, whether the
 * module is loaded or not. Nothing else tracks them: the pages are marked, and
 * the mark says what the resource was before.
 *
 * The kernel does not report when a ROM is mapped. What is published changes
 * only while no driver is bound, and x86 with PAT tracks whether a page is
 * mapped by ioremap(): see sb_kept_free().
 */
#define dev_fmt(fmt) "shadowbar: " fmt

#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vgaarb.h>
#include <xen/xen.h>

#include <shadowbar/compat.h>

#include "bus/gather.h"
#include "bus/kept.h"
#include "bus/use.h"
#include "rom/around.h"
#include "rom/serve.h"
#include "rom/store.h"

/* The flags that the kernel itself gives to a ROM in RAM. */
#define IN_RAM	(IORESOURCE_MEM | IORESOURCE_ROM_SHADOW | IORESOURCE_PCI_FIXED)

/* Where the kernel expects the copy of the boot display's ROM. */
#define COPY_START	0xc0000
#define COPY_END	0xdffff

/* What the ROM resource was before, as recorded in the pages' mark. */
enum before {
	UNCHANGED,
	WAS_NOTHING,
	WAS_COPY,
};

/* Bytes in all copies, including those that an earlier load has left */
static atomic64_t copied;

static struct resource *rom_resource(struct pci_dev *pdev)
{
	return &pdev->resource[PCI_ROM_RESOURCE];
}

/**
 * sb_serve_owns_rom() - does pdev->rom point to memory of the module?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if it does, even if an earlier load of the module set it.
 */
bool sb_serve_owns_rom(struct pci_dev *pdev)
{
	return sb_kept_size(pdev->rom);
}

/**
 * sb_serve_owns_resource() - does the ROM resource point to such memory?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if it does, even if an earlier load of the module set it.
 */
bool sb_serve_owns_resource(struct pci_dev *pdev)
{
	const struct resource *res = rom_resource(pdev);

	return (res->flags & IN_RAM) == IN_RAM && sb_kept_size(res->start);
}

/**
 * sb_serve_is_ours() - does the kernel serve memory of the module?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if it does, in either place.
 */
bool sb_serve_is_ours(struct pci_dev *pdev)
{
	return sb_serve_owns_rom(pdev) || sb_serve_owns_resource(pdev);
}

/* The address of that memory; 0 for none. */
static phys_addr_t published(struct pci_dev *pdev)
{
	if (sb_serve_owns_rom(pdev))
		return pdev->rom;
	if (sb_serve_owns_resource(pdev))
		return rom_resource(pdev)->start;

	return 0;
}

/*
 * Frame numbers of a Xen guest are not the machine's. In domain 0, the tool
 * stack reads the ROM resource and gives these frames of the machine to the
 * guest.
 */
static bool memory_can_be_mapped(void)
{
	return sb_kept_can_be_mapped() && !xen_pv_domain() &&
	       !xen_initial_domain();
}

/* The core may have taken it back: it resizes windows without any event. */
static bool has_our_address(struct pci_dev *pdev,
			    const struct sb_served *served)
{
	return served->way == SB_SERVE_ADDRESS && rom_resource(pdev)->parent;
}

/* The resource as it is without the module. */
static enum sb_serve_found found(const struct sb_serving *serving,
				 const struct sb_served *served)
{
	struct pci_dev *pdev = serving->pdev;
	const struct resource *res = rom_resource(pdev);

	if (has_our_address(pdev, served))
		return served->was;
	if (sb_serve_owns_resource(pdev))
		return sb_kept_note(res->start) == WAS_COPY ?
			SB_SERVE_FOUND_NO_COPY : SB_SERVE_FOUND_NOTHING;
	if (res->flags & IORESOURCE_ROM_SHADOW)
		return serving->copy ? SB_SERVE_FOUND_COPY :
				       SB_SERVE_FOUND_NO_COPY;
	if (res->flags & IORESOURCE_PCI_FIXED)
		return SB_SERVE_FOUND_FIXED;
	if (res->parent)
		return SB_SERVE_FOUND_ADDRESS;

	return res->flags & IORESOURCE_MEM ? SB_SERVE_FOUND_SIZE :
					     SB_SERVE_FOUND_NOTHING;
}

static struct sb_serve_facts gather(const struct sb_serving *serving,
				    const struct sb_served *served)
{
	struct pci_dev *pdev = serving->pdev;

	return (struct sb_serve_facts) {
		.length = serving->best ? serving->best->size : 0,
		.found = found(serving, served),
		.given = pdev->rom && !sb_serve_owns_rom(pdev),
		.bridge = pdev->hdr_type != PCI_HEADER_TYPE_NORMAL,
		.on = serving->on,
		.denied = serving->denied,
		.bound = serving->bound,
		.memory = memory_can_be_mapped(),
		.from_bar = serving->from_bar && serving->rom_size,
		.marks = sb_serve_marks(pdev->class, pdev->vendor,
					vga_default_device()),
	};
}

/* Do readers get the right bytes? */
static bool reads_as(phys_addr_t start, const struct sb_shadow *shadow)
{
	void __iomem *mapped = ioremap(start, shadow->size);
	bool same = true;
	u32 i;

	if (!mapped)
		return false;

	/* Images are multiples of 512 bytes. */
	for (i = 0; i < shadow->size && same; i += sizeof(u32)) {
		same = readl(mapped + i) ==
		       le32_to_cpup((const __le32 *)(shadow->data + i));
		if (IS_ALIGNED(i, SZ_4K))
			cond_resched();
	}

	iounmap(mapped);
	return same;
}

/* Memory that is still mapped is lost, and stays counted. */
static bool free_copy(phys_addr_t start)
{
	u64 size = sb_kept_size(start);

	if (!sb_kept_free(start))
		return false;

	atomic64_sub(size, &copied);
	return true;
}

/*
 * A power of two, like the size of a BAR. The ROM is followed by what an empty
 * flash chip contains.
 */
static phys_addr_t make_copy(const struct sb_shadow *shadow, enum before before)
{
	unsigned int order = get_order(shadow->size);
	u64 size = PAGE_SIZE << order;
	struct page *page = NULL;
	phys_addr_t start;

	if (atomic64_add_return(size, &copied) <= sb_store_limit())
		page = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY,
				   order);
	if (!page) {
		atomic64_sub(size, &copied);
		return 0;
	}

	memcpy(page_address(page), shadow->data, shadow->size);
	memset(page_address(page) + shadow->size, 0xff, size - shadow->size);
	sb_kept_mark(page, size, before);
	start = page_to_phys(page);
	if (reads_as(start, shadow))
		return start;

	free_copy(start);
	return 0;
}

/*
 * The kernel reads the resource without a lock. A reader who looks in between
 * sees a resource that cannot be assigned, and gets no ROM.
 */
static void set_resource(struct pci_dev *pdev, resource_size_t start,
			 resource_size_t end, unsigned long flags)
{
	struct resource *res = rom_resource(pdev);

	/* The core may have claimed the address of the copy in a window. */
	if (res->parent)
		release_resource(res);

	WRITE_ONCE(res->flags, 0);
	smp_wmb();	/* no flags before another address */
	res->start = start;
	res->end = end;
	smp_wmb();	/* the address before its flags */
	WRITE_ONCE(res->flags, flags);
}

static void set_rom(struct pci_dev *pdev, phys_addr_t start, size_t length)
{
	pdev->romlen = length;
	/* A reader who sees the address reads the length after it. */
	smp_store_release(&pdev->rom, start);
}

static bool publish(struct pci_dev *pdev, const struct sb_shadow *shadow,
		    const struct sb_serve_plan *plan,
		    enum sb_serve_found found)
{
	enum before before = UNCHANGED;
	phys_addr_t start;

	if (plan->in_resource)
		before = found == SB_SERVE_FOUND_NO_COPY ? WAS_COPY :
							   WAS_NOTHING;
	start = make_copy(shadow, before);
	if (!start)
		return false;

	if (plan->in_resource)
		set_resource(pdev, start, start + sb_kept_size(start) - 1,
			     IN_RAM);
	if (plan->in_rom)
		set_rom(pdev, start, shadow->size);
	return true;
}

static u64 count_room(void *context, u64 start, u64 end)
{
	sb_serve_room_add(context, start, end);
	return U64_MAX;
}

static u64 choose_room(void *context, u64 start, u64 end)
{
	return sb_serve_room_place(context, start, end);
}

/* Reserve a place for the ROM, if there is enough room. */
static bool hold_room(const struct sb_serving *serving, struct sb_hold *hold)
{
	struct sb_gathered gathered = {};
	struct sb_serve_room room = {
		.facts = &gathered.facts,
		.part = U64_MAX,
	};
	struct pci_dev *pdev = serving->pdev;
	u64 size = serving->rom_size;
	bool held = false;

	if (sb_gather_registers(pdev, &gathered.facts))
		return false;

	gathered.facts.rom_size = size;
	if (!sb_around_look(pdev, &gathered, serving->found)) {
		sb_around_place(pdev, hold, size, count_room, &room);
		held = !sb_around_place(pdev, hold, size, choose_room, &room);
	}
	sb_around_release(&gathered);
	return held;
}

/*
 * The flags of a ROM that the core assigns. The real entry replaces our
 * reservation while nobody else can take the address; as above, it cannot be
 * assigned until its flags are set.
 */
static bool give_address(const struct sb_serving *serving,
			 struct sb_served *served, enum sb_serve_found found)
{
	struct sb_hold hold = {};
	struct pci_dev *pdev = serving->pdev;
	struct resource *res = rom_resource(pdev), *window;
	const struct resource before = *res;

	if (sb_use_of(pdev, false) != SB_IDLE || !hold_room(serving, &hold))
		return false;

	/* The core may have taken it away, see sb_hold_drop(). */
	window = READ_ONCE(hold.res->parent);
	sb_hold_drop(&hold);
	if (!window)
		return false;

	set_resource(pdev, hold.start, hold.start + hold.size - 1, 0);
	if (request_resource(window, res)) {
		set_resource(pdev, before.start, before.end, before.flags);
		return false;
	}
	smp_wmb();	/* the address before its flags */
	WRITE_ONCE(res->flags, IORESOURCE_MEM | IORESOURCE_PREFETCH |
			       IORESOURCE_READONLY | IORESOURCE_SIZEALIGN);
	served->was = found;
	served->flags = before.flags;
	return true;
}

/*
 * While somebody reads the kernel's file "rom", the address stays: it is good.
 */
static bool is_being_read(struct pci_dev *pdev)
{
	u32 rom;

	return sb_gather_rom_bar(pdev, &rom) || rom & PCI_ROM_ADDRESS_ENABLE;
}

static void take_address_back(struct pci_dev *pdev,
			      const struct sb_served *served)
{
	if (!has_our_address(pdev, served) || is_being_read(pdev))
		return;

	if (served->was == SB_SERVE_FOUND_NO_COPY)
		set_resource(pdev, COPY_START, COPY_END, IN_RAM);
	else
		set_resource(pdev, 0, 0, served->flags);
}

/* What is published is what would be published now. */
static bool is_up_to_date(const struct sb_serving *serving,
			  const struct sb_served *served,
			  const struct sb_serve_plan *plan)
{
	const struct sb_shadow *shadow = serving->best;
	struct pci_dev *pdev = serving->pdev;
	phys_addr_t start = published(pdev);

	if (plan->way == SB_SERVE_ADDRESS)
		return has_our_address(pdev, served);
	if (!start || plan->way != SB_SERVE_MEMORY ||
	    plan->in_rom != sb_serve_owns_rom(pdev) ||
	    plan->in_resource != sb_serve_owns_resource(pdev) ||
	    sb_kept_size(start) != PAGE_SIZE << get_order(shadow->size))
		return false;
	if (plan->in_rom && pdev->romlen != shadow->size)
		return false;

	return !memcmp(phys_to_virt(start), shadow->data, shadow->size);
}

/**
 * sb_serve_start() - no copies are known yet
 *
 * Context: any; nothing is served yet.
 */
void sb_serve_start(void)
{
	atomic64_set(&copied, 0);
}

/**
 * sb_serve_count() - count what an earlier load has left for a function
 * @pdev: the function, for which nothing has been done yet
 *
 * Context: any.
 */
void sb_serve_count(struct pci_dev *pdev)
{
	atomic64_add(sb_kept_size(published(pdev)), &copied);
}

/**
 * sb_serve_take_back() - withdraw everything that is published for a function
 * @pdev: the function; no driver is bound that could read it
 * @served: how its shadow is served; nothing is served when this returns
 *
 * Context: may sleep.
 */
void sb_serve_take_back(struct pci_dev *pdev, struct sb_served *served)
{
	phys_addr_t start = published(pdev);

	take_address_back(pdev, served);
	served->way = SB_SERVE_NO;
	if (!start)
		return;

	if (sb_serve_owns_resource(pdev)) {
		if (sb_kept_note(start) == WAS_COPY)
			set_resource(pdev, COPY_START, COPY_END, IN_RAM);
		else
			set_resource(pdev, 0, 0, 0);
	}
	if (sb_serve_owns_rom(pdev)) {
		WRITE_ONCE(pdev->rom, 0);
		pdev->romlen = 0;
	}
	if (!free_copy(start))
		pci_warn(pdev, "its ROM is still mapped; that memory is lost until the next boot\n");
}

/**
 * sb_serve_look() - serve the best shadow, or withdraw it
 * @serving: the function
 * @served: how it was served before; replaced by how it is served now
 *
 * Nothing changes while a driver is bound.
 *
 * Context: may sleep; the device lock is held unless a driver is bound.
 */
void sb_serve_look(const struct sb_serving *serving, struct sb_served *served)
{
	struct pci_dev *pdev = serving->pdev;
	struct sb_serve_facts facts = gather(serving, served);
	struct sb_serve_plan plan;

	sb_serve_plan_make(&facts, &plan);
	if (serving->bound && sb_serve_is_ours(pdev)) {
		plan.way = SB_SERVE_MEMORY;
		plan.why = SB_SERVE_WHY_SERVED;
	} else if (serving->bound && has_our_address(pdev, served)) {
		plan.way = SB_SERVE_ADDRESS;
		plan.why = SB_SERVE_WHY_SERVED;
	} else if (!serving->bound &&
		   !(serving->best && is_up_to_date(serving, served, &plan))) {
		sb_serve_take_back(pdev, served);
		/*
		 * An address that could not be withdrawn is now the kernel's.
		 */
		facts = gather(serving, served);
		sb_serve_plan_make(&facts, &plan);
		if (plan.way == SB_SERVE_MEMORY &&
		    !publish(pdev, serving->best, &plan, facts.found)) {
			facts.no_memory = true;
			sb_serve_plan_make(&facts, &plan);
		}
		if (plan.way == SB_SERVE_ADDRESS &&
		    !give_address(serving, served, facts.found)) {
			facts.no_room = true;
			sb_serve_plan_make(&facts, &plan);
		}
	}

	served->way = plan.way;
	served->why = plan.why;
}

/**
 * sb_serve_leave() - leave a shadow for the next load of the module
 * @pdev: the function, whose driver prevents its ROM from being read again
 * @shadow: its ROM, read from the ROM BAR
 *
 * It goes where UEFI's copies are; a copy that firmware left there stays.
 *
 * Context: may sleep; the module is being unloaded.
 */
void sb_serve_leave(struct pci_dev *pdev, const struct sb_shadow *shadow)
{
	static const struct sb_serve_plan in_rom = { .in_rom = true };

	if (pdev->rom || sb_serve_owns_resource(pdev))
		return;

	if (!memory_can_be_mapped() || shadow->size > SB_SERVE_MAX ||
	    !publish(pdev, shadow, &in_rom, SB_SERVE_FOUND_NOTHING))
		pci_warn(pdev, "no room to leave a copy of its ROM; it is gone until %s is unbound\n",
			 dev_driver_string(&pdev->dev));
}
