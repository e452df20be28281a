# SPDX-License-Identifier: GPL-2.0-only
#
# fish completion for shadowbar(8).

set -l commands list show explain dump install parse verify fix capture \
	isolate check-host baseline check log export igd-rom plan report trust help version
set -l sources 'in-place borrowed hole vga-shadow platform vfct acpi-rom'

function __shadowbar_addresses
	path basename /sys/bus/pci/devices/*
end

complete -c shadowbar -f
complete -c shadowbar -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c shadowbar -s j -l json -d 'print JSON'
complete -c shadowbar -s p -l pretty -d 'print JSON with line breaks'
complete -c shadowbar -s h -l help -d 'print help'
complete -c shadowbar -n "not __fish_seen_subcommand_from $commands" -s V -l version -d 'print the version'
complete -c shadowbar -n "not __fish_seen_subcommand_from $commands" -l sysfs -r -d 'where sysfs is mounted'
complete -c shadowbar -n "not __fish_seen_subcommand_from $commands" -l dev -r -d 'where device nodes are'
complete -c shadowbar -n "not __fish_seen_subcommand_from $commands" -l proc -r -d 'where procfs is mounted'

complete -c shadowbar -n '__fish_seen_subcommand_from list show explain dump install capture isolate igd-rom plan trust' -a '(__shadowbar_addresses)'
complete -c shadowbar -n '__fish_seen_subcommand_from parse verify fix log trust' -F
complete -c shadowbar -n '__fish_seen_subcommand_from help' -a "$commands"

complete -c shadowbar -n '__fish_seen_subcommand_from list' -s c -l class -x -d 'only this class'
complete -c shadowbar -n '__fish_seen_subcommand_from list' -s s -l status -x -a 'pending none captured deferred skipped failed' -d 'only this status'
complete -c shadowbar -n '__fish_seen_subcommand_from list' -s P -l problems -d 'only what needs attention'
complete -c shadowbar -n '__fish_seen_subcommand_from dump fix igd-rom report export' -s o -l output -r -d 'the file to write'
complete -c shadowbar -n '__fish_seen_subcommand_from dump install' -s s -l source -x -a "$sources" -d 'which copy'
complete -c shadowbar -n '__fish_seen_subcommand_from capture' -s w -l whole -d 'also what follows the last image'
complete -c shadowbar -n '__fish_seen_subcommand_from dump fix' -s r -l raw -d 'all bytes'
complete -c shadowbar -n '__fish_seen_subcommand_from dump' -s a -l all -r -d 'every copy of every ROM'
complete -c shadowbar -n '__fish_seen_subcommand_from install' -s f -l for -x -a 'proxmox libvirt qemu' -d 'hypervisor'
complete -c shadowbar -n '__fish_seen_subcommand_from install' -s R -l root -r -d 'use this instead of /'
complete -c shadowbar -n '__fish_seen_subcommand_from fix' -s i -l in-place -d 'replace the file itself'
complete -c shadowbar -n '__fish_seen_subcommand_from fix' -s V -l vendor -x -d 'vendor ID'
complete -c shadowbar -n '__fish_seen_subcommand_from fix' -s D -l device -x -d 'device ID'
complete -c shadowbar -n '__fish_seen_subcommand_from export' -s m -l prometheus -d 'metrics'
complete -c shadowbar -n '__fish_seen_subcommand_from export' -s n -l nfd -d 'labels'
complete -c shadowbar -n '__fish_seen_subcommand_from log' -s l -l pcrlock -r -d 'component file for systemd-pcrlock'
complete -c shadowbar -n '__fish_seen_subcommand_from baseline check export' -s f -l file -r -d 'the baseline'
complete -c shadowbar -n '__fish_seen_subcommand_from parse verify fix' -s n -l rom -x -d 'which ROM in the file'
complete -c shadowbar -n '__fish_seen_subcommand_from verify' -s f -l for -x -a '(__shadowbar_addresses)' -d 'the function that it is for'
complete -c shadowbar -n '__fish_seen_subcommand_from isolate' -s a -l all -d 'every small BAR that is not exclusive'
complete -c shadowbar -n '__fish_seen_subcommand_from isolate' -s n -l dry-run -d 'only say what would be done'
complete -c shadowbar -n '__fish_seen_subcommand_from plan' -s f -l from -r -d 'plan for the machine that a file describes'
complete -c shadowbar -n '__fish_seen_subcommand_from plan' -s P -l page-size -x -a '4K 16K 64K' -d 'plan for pages of this size'
complete -c shadowbar -n '__fish_seen_subcommand_from trust' -s d -l db -r -d 'db of another machine'
complete -c shadowbar -n '__fish_seen_subcommand_from trust' -s x -l dbx -r -d 'dbx of another machine'
complete -c shadowbar -n '__fish_seen_subcommand_from trust' -s e -l emit -x -a 'hash esl' -d 'write the hashes'
