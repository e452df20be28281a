/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of the module, of the tool and of the packages; what installs
 * them reads it from here.
 */
#ifndef SHADOWBAR_VERSION_H
#define SHADOWBAR_VERSION_H

#define SHADOWBAR_VERSION	"0.2"

#endif
