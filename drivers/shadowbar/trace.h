/* SPDX-License-Identifier: GPL-2.0-only */
/* trace: begin and end of each capture, and changes of pages. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM shadowbar

#if !defined(SHADOWBAR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SHADOWBAR_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>
#include <shadowbar/choose.h>
#include <shadowbar/page.h>
#include <shadowbar/reason.h>

/**
 * shadowbar_capture_begin() - a function is about to be read
 * @pdev: the function
 */
TRACE_EVENT(shadowbar_capture_begin,
	    TP_PROTO(struct pci_dev *pdev),
	    TP_ARGS(pdev),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;),
	    TP_printk("%04x:%02x:%02x.%x", __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn))
);

/**
 * shadowbar_capture_end() - a function was read, or could not be
 * @pdev: the function
 * @outcome: what became of it
 * @config_writes: writes to its config space, undoing included
 * @bus_reads: dwords read from its ROM
 * @ns: how long it took
 */
TRACE_EVENT(shadowbar_capture_end,
	    TP_PROTO(struct pci_dev *pdev, const struct sb_outcome *outcome,
		     unsigned int config_writes, unsigned int bus_reads,
		     u64 ns),
	    TP_ARGS(pdev, outcome, config_writes, bus_reads, ns),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)
			     __field(u8, status)
			     __field(u8, source)
			     __field(u32, bytes)
			     __field(unsigned int, config_writes)
			     __field(unsigned int, bus_reads)
			     __field(u64, ns)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;
			   __entry->status = sb_outcome_status(outcome);
			   __entry->source = outcome->source;
			   __entry->bytes = outcome->length;
			   __entry->config_writes = config_writes;
			   __entry->bus_reads = bus_reads;
			   __entry->ns = ns;),
	    TP_printk("%04x:%02x:%02x.%x status=%s source=%s bytes=%u config_writes=%u bus_reads=%u ns=%llu",
		      __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn),
		      __print_symbolic(__entry->status,
				       { SB_STATUS_NONE, "none" },
				       { SB_STATUS_CAPTURED, "captured" },
				       { SB_STATUS_SKIPPED, "skipped" },
				       { SB_STATUS_FAILED, "failed" }),
		      __print_symbolic(__entry->source,
				       { SB_SOURCE_NONE, "none" },
				       { SB_SOURCE_IN_PLACE, "in-place" },
				       { SB_SOURCE_BORROWED, "borrowed" },
				       { SB_SOURCE_HOLE, "hole" }),
		      __entry->bytes, __entry->config_writes,
		      __entry->bus_reads, __entry->ns)
);

/**
 * shadowbar_reread() - a ROM was read again and compared with its shadow
 * @pdev: the function
 * @changed: what came of it, an enum sb_changed
 */
TRACE_EVENT(shadowbar_reread,
	    TP_PROTO(struct pci_dev *pdev, u8 changed),
	    TP_ARGS(pdev, changed),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)
			     __field(u8, changed)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;
			   __entry->changed = changed;),
	    TP_printk("%04x:%02x:%02x.%x changed=%s",
		      __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn),
		      __print_symbolic(__entry->changed,
				       { SB_CHANGED_UNKNOWN, "unknown" },
				       { SB_CHANGED_NO, "no" },
				       { SB_CHANGED_YES, "yes" },
				       { SB_CHANGED_GONE, "gone" }))
);

/**
 * shadowbar_page() - the page behind a BAR is not what it was
 * @pdev: the function
 * @nr: the BAR
 * @page: what it is now, an enum sb_page
 */
TRACE_EVENT(shadowbar_page,
	    TP_PROTO(struct pci_dev *pdev, unsigned int nr, u8 page),
	    TP_ARGS(pdev, nr, page),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)
			     __field(unsigned int, nr)
			     __field(u8, page)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;
			   __entry->nr = nr;
			   __entry->page = page;),
	    TP_printk("%04x:%02x:%02x.%x bar=%u page=%s",
		      __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn),
		      __entry->nr,
		      __print_symbolic(__entry->page,
				       { SB_PAGE_UNASSIGNED, "unassigned" },
				       { SB_PAGE_WHOLE, "whole" },
				       { SB_PAGE_UNALIGNED, "unaligned" },
				       { SB_PAGE_SHARED, "shared" },
				       { SB_PAGE_UNPADDED, "unpadded" },
				       { SB_PAGE_EXCLUSIVE, "exclusive" }))
);

#endif /* SHADOWBAR_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
