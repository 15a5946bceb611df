#!/usr/bin/env bash
# base.sh FOLDER: an OCI image layout with what a .NET program needs to run, made of this machine's own files: the C library and the
# .NET runtime. Two layers, so that they are shared by every image that is put on top.
set -euo pipefail
out=$1
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
runtime=$(find "$dotnet_root/shared/Microsoft.NETCore.App" -mindepth 1 -maxdepth 1 -name '10.*' | sort -V | tail -1)
[ -n "$runtime" ] || { echo "base.sh: no .NET 10 runtime below $dotnet_root" >&2; exit 1; }
blobs=$out/blobs/sha256
mkdir -p "$blobs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# blob FILE: moves a file to its place and prints its digest.
blob() {
  local digest
  digest=$(sha256sum "$1" | cut -d' ' -f1)
  mv "$1" "$blobs/$digest"
  echo "$digest"
}

# layer NAME TAR-ARGUMENTS…: packs a layer and sets NAME_id (of the archive), NAME_digest and NAME_size (of the compressed blob).
layer() {
  local name=$1 id digest
  shift
  tar --create --numeric-owner --owner=0 --group=0 --sort=name --mtime=@0 --file "$work/$name.tar" "$@"
  id=$(sha256sum "$work/$name.tar" | cut -d' ' -f1)
  gzip -1 -n "$work/$name.tar"
  digest=$(blob "$work/$name.tar.gz")
  printf -v "${name}_id" %s "$id"
  printf -v "${name}_digest" %s "$digest"
  printf -v "${name}_size" %s "$(stat -c %s "$blobs/$digest")"
}

# Libraries under the names by which programs ask for them, and the usual folders.
root=$work/root
mkdir -p "$root"/{etc,tmp,usr/bin,usr/share/dotnet}
chmod 1777 "$root/tmp"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
ldd "$dotnet_root/dotnet" "$runtime"/*.so 2>/dev/null | grep -o '/[^ :)]*' | grep -v "^$dotnet_root" | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
ln -s ../share/dotnet/dotnet "$root/usr/bin/dotnet"
layer system --directory "$root" .
layer dotnet --directory "$dotnet_root" --transform 's,^,usr/share/dotnet/,' dotnet host "${runtime#"$dotnet_root"/}"

case $(uname -m) in aarch64) architecture=arm64 ;; *) architecture=amd64 ;; esac
cat >"$work/config" <<JSON
{"architecture":"$architecture","os":"linux","config":{"Env":["PATH=/usr/bin:/bin","DOTNET_ROOT=/usr/share/dotnet","DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1","DOTNET_EnableDiagnostics=0"]},"rootfs":{"type":"layers","diff_ids":["sha256:$system_id","sha256:$dotnet_id"]}}
JSON
config_size=$(stat -c %s "$work/config")
config=$(blob "$work/config")
oci=application/vnd.oci.image
cat >"$work/manifest" <<JSON
{"schemaVersion":2,"mediaType":"$oci.manifest.v1+json","config":{"mediaType":"$oci.config.v1+json","digest":"sha256:$config","size":$config_size},"layers":[{"mediaType":"$oci.layer.v1.tar+gzip","digest":"sha256:$system_digest","size":$system_size},{"mediaType":"$oci.layer.v1.tar+gzip","digest":"sha256:$dotnet_digest","size":$dotnet_size}]}
JSON
manifest_size=$(stat -c %s "$work/manifest")
manifest=$(blob "$work/manifest")
echo '{"imageLayoutVersion":"1.0.0"}' >"$out/oci-layout"
echo "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"$oci.manifest.v1+json\",\"digest\":\"sha256:$manifest\",\"size\":$manifest_size,\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}]}" >"$out/index.json"
