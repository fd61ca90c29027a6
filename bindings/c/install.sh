#!/bin/sh
# Installs what `cargo build --release` has built, on Linux: the libraries, the headers for C and
# C++, and what pkg-config and CMake (`find_package(ymchat)`) look for.
#
#     bindings/c/install.sh [--prefix=/usr/local] [--libdir=PREFIX/lib] [--destdir=DIR] [--from=DIR]
#
# --destdir is put before all that is written, for packages; --from is where the libraries lie.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
prefix=/usr/local libdir='' destdir='' from=${CARGO_TARGET_DIR:-$root/target}/release

for argument; do
    case $argument in
        --prefix=*) prefix=${argument#*=} ;;
        --libdir=*) libdir=${argument#*=} ;;
        --destdir=*) destdir=${argument#*=} ;;
        --from=*) from=${argument#*=} ;;
        *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done
: "${libdir:=$prefix/lib}"

for library in libymchat.so libymchat.a; do
    [ -f "$from/$library" ] || {
        echo "install.sh: there is no $from/$library: run cargo build --release first" >&2
        exit 1
    }
done
version=$(sed -n 's/^#define YMCHAT_VERSION "\(.*\)"$/\1/p' "$root/include/ymchat.h")

put() { install -D -m "$1" "$2" "$destdir$3"; }

put 755 "$from/libymchat.so" "$libdir/libymchat.so.$version"
ln -sf "libymchat.so.$version" "$destdir$libdir/libymchat.so.0"
ln -sf libymchat.so.0 "$destdir$libdir/libymchat.so"
put 644 "$from/libymchat.a" "$libdir/libymchat.a"
put 644 "$root/include/ymchat.h" "$prefix/include/ymchat.h"
(cd "$root/bindings/cpp" && find . -name '*.hpp') | while read -r file; do
    put 644 "$root/bindings/cpp/$file" "$prefix/include/$file"
done
for file in ymchat-config.cmake ymchat-config-version.cmake; do
    put 644 "$here/cmake/$file" "$prefix/share/cmake/ymchat/$file"
done
mkdir -p "$destdir$libdir/pkgconfig"
sed -e "s|@PREFIX@|$prefix|" -e "s|@LIBDIR@|$libdir|" -e "s|@VERSION@|$version|" \
    "$here/ymchat.pc.in" >"$destdir$libdir/pkgconfig/ymchat.pc"
