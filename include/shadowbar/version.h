/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of the module, the tool and the packages; their build reads it
 * here.
 */
#ifndef SHADOWBAR_VERSION_H
#define SHADOWBAR_VERSION_H

#define SHADOWBAR_VERSION	"0.2"

#endif
