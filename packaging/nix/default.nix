# SPDX-License-Identifier: GPL-2.0-only
# NixOS: boot.extraModulePackages = [
#          (config.boot.kernelPackages.callPackage ./packaging/nix { }) ];
#        boot.initrd.kernelModules = [ "shadowbar" ];
# The second line loads it before the drivers. The tool is the output "bin".
{ lib, stdenv, kernel, pkg-config, json_c, openssl, pciutils }:

let
  headers = "${kernel.dev}/lib/modules/${kernel.modDirVersion}/build";
in
stdenv.mkDerivation {
  pname = "shadowbar";
  version = "0.2-${kernel.modDirVersion}";
  src = lib.cleanSource ../..;
  outputs = [ "out" "bin" ];

  nativeBuildInputs = kernel.moduleBuildDependencies ++ [ pkg-config ];
  buildInputs = [ json_c openssl pciutils ];
  hardeningDisable = [ "pic" ];

  buildPhase = ''
    make -C ${headers} M=$PWD CONFIG_SHADOWBAR=m modules
    make tools
  '';
  installPhase = ''
    install -D -m 644 drivers/shadowbar/shadowbar.ko \
      $out/lib/modules/${kernel.modDirVersion}/updates/shadowbar.ko
    make tools_install PREFIX=$bin
  '';

  meta = {
    description = "Pristine copies of PCI option ROMs for passthrough";
    license = lib.licenses.gpl2Only;
    platforms = lib.platforms.linux;
  };
}
