#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by dracut before udev starts.
# -b: modprobe.blacklist=shadowbar on the command line is a way out.
modprobe -b -q shadowbar || :
