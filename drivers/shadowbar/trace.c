// SPDX-License-Identifier: GPL-2.0-only
/* trace: the tracepoints are made here, once. */
#define CREATE_TRACE_POINTS
#include "trace.h"
