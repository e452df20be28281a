/* SPDX-License-Identifier: GPL-2.0-only */
/* trace: begin and end of each capture, and changes of pages. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM shadowbar

#if !defined(SHADOWBAR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SHADOWBAR_TRACE_H

#include <linux/pci.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <shadowbar/choose.h>
#include <shadowbar/page.h>
#include <shadowbar/reason.h>

#ifndef SB_WORD
/* Longer than any word for a status, a source or a page */
#define SB_WORD	16
static_assert(SB_SOURCE_NAME_SIZE <= SB_WORD, "a source's name is too long");

static inline void sb_trace_capture(const struct sb_outcome *outcome,
				    char *status, char *source)
{
	strscpy(status, sb_status_name(sb_outcome_status(outcome)), SB_WORD);
	strscpy(source, outcome->source == SB_SOURCE_NONE ? "none" :
		sb_source_name(outcome->source), SB_WORD);
}
#endif

/**
 * shadowbar_capture_begin() - a capture begins
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
 * shadowbar_capture_end() - a capture has ended
 * @pdev: the function
 * @outcome: its outcome
 * @config_writes: writes to config space, including the undo
 * @bus_reads: dwords read from the ROM
 * @ns: its duration
 */
TRACE_EVENT(shadowbar_capture_end,
	    TP_PROTO(struct pci_dev *pdev, const struct sb_outcome *outcome,
		     unsigned int config_writes, unsigned int bus_reads,
		     u64 ns),
	    TP_ARGS(pdev, outcome, config_writes, bus_reads, ns),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)
			     __array(char, status, SB_WORD)
			     __array(char, source, SB_WORD)
			     __field(u32, bytes)
			     __field(unsigned int, config_writes)
			     __field(unsigned int, bus_reads)
			     __field(u64, ns)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;
			   sb_trace_capture(outcome, __entry->status,
					    __entry->source);
			   __entry->bytes = outcome->length;
			   __entry->config_writes = config_writes;
			   __entry->bus_reads = bus_reads;
			   __entry->ns = ns;),
	    TP_printk("%04x:%02x:%02x.%x status=%s source=%s bytes=%u config_writes=%u bus_reads=%u ns=%llu",
		      __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn),
		      __entry->status, __entry->source,
		      __entry->bytes, __entry->config_writes,
		      __entry->bus_reads, __entry->ns)
);

/**
 * shadowbar_reread() - a ROM was read again and compared with its shadow
 * @pdev: the function
 * @changed: the result, an enum sb_changed
 */
TRACE_EVENT(shadowbar_reread,
	    TP_PROTO(struct pci_dev *pdev, u8 changed),
	    TP_ARGS(pdev, changed),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)
			     __array(char, changed, SB_WORD)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;
			   strscpy(__entry->changed, sb_changed_name(changed),
				   SB_WORD);),
	    TP_printk("%04x:%02x:%02x.%x changed=%s",
		      __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn),
		      __entry->changed)
);

/**
 * shadowbar_page() - the state of the page behind a BAR has changed
 * @pdev: the function
 * @nr: the BAR
 * @page: the new state, an enum sb_page
 */
TRACE_EVENT(shadowbar_page,
	    TP_PROTO(struct pci_dev *pdev, unsigned int nr, u8 page),
	    TP_ARGS(pdev, nr, page),
	    TP_STRUCT__entry(__field(int, domain)
			     __field(u8, bus)
			     __field(u8, devfn)
			     __field(unsigned int, nr)
			     __array(char, page, SB_WORD)),
	    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
			   __entry->bus = pdev->bus->number;
			   __entry->devfn = pdev->devfn;
			   __entry->nr = nr;
			   strscpy(__entry->page, sb_page_name(page), SB_WORD);),
	    TP_printk("%04x:%02x:%02x.%x bar=%u page=%s",
		      __entry->domain, __entry->bus,
		      PCI_SLOT(__entry->devfn), PCI_FUNC(__entry->devfn),
		      __entry->nr, __entry->page)
);

#endif /* SHADOWBAR_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
