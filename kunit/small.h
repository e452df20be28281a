/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions with a BAR that is smaller than a page, and what happens to it */
#ifndef SHADOWBAR_KUNIT_SMALL_H
#define SHADOWBAR_KUNIT_SMALL_H

#include <linux/sizes.h>

#include "pages/pages.h"
#include "rig.h"

/* BAR 0 is the one under test: here, at the start of a page. */
#define SMALL_AT	(RIG_WINDOW + SZ_4M)
#define SMALL_SIZE	256

/* More than a look takes, even on an emulated machine with KASAN */
#define SMALL_PATIENCE	(20 * USEC_PER_SEC)

/**
 * struct small_listener - what the tracepoint reported about one function
 * @pdev: the function
 * @told: how often
 * @page: the last report
 */
struct small_listener {
	struct pci_dev *pdev;
	unsigned int told;
	u8 page;
};

struct ehost_fn_desc small_desc(struct kunit *test, u64 addr);
void small_bridge(struct kunit *test);
struct ehost_fn *small_add(struct kunit *test, unsigned int slot, u64 addr);
struct resource *small_bar(struct ehost_fn *fn);
struct sb_page_verdict small_expect_page(struct kunit *test,
					 struct ehost_fn *fn,
					 enum sb_page page);
unsigned int small_changed(struct kunit *test);
void small_expect_no_harm(struct kunit *test);
struct ehost_fn *small_two(struct kunit *test,
			   const struct ehost_fn_desc *desc,
			   struct ehost_fn **first);
bool small_vfio_maps(struct ehost_fn *fn);
void small_expect_padded(struct kunit *test, struct ehost_fn *fn);
void small_expect_bare(struct kunit *test, struct ehost_fn *fn);
void small_listen(struct kunit *test, struct small_listener *listener,
		  struct ehost_fn *fn);
void small_stop_listening(struct small_listener *listener);

#endif /* SHADOWBAR_KUNIT_SMALL_H */
