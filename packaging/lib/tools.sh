# What the scripts of packaging/ share. To be read by them with `.`.

needed=()

# Debian packages that the caller cannot do without.
need() { needed+=("$@"); }

installed() {
    local package
    for package; do
        [ "$(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || return 1
    done
}

# Installs those that are missing, or ends with their names.
install_needed() {
    local missing=() package
    for package in "${needed[@]}"; do
        installed "$package" || missing+=("$package")
    done
    needed=()
    [ ${#missing[@]} != 0 ] || return 0
    if [ "$(id -u)" != 0 ] || [ "${YMCHAT_INSTALL:-yes}" = no ]; then
        echo "${0##*/}: this needs Debian 12 with these packages: ${missing[*]}" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >&2
    apt-get install -qy --no-install-recommends "${missing[@]}" >&2
}

# The time of the commit, which stands in the archives in place of that of the build.
source_date() { git log -1 --format=%ct 2>/dev/null || echo 315532800; }

# The version of everything here.
version() { sed -n 's/^#define YMCHAT_VERSION "\(.*\)"$/\1/p' include/ymchat.h; }

# The names that a DLL exports, one in a line: exports_of_dll PREFIX-OF-BINUTILS FILE
exports_of_dll() {
    "$1-objdump" -p "$2" | awk '
        /Ordinal\/Name Pointer/ { names = 1; next }
        names && /^\t*\[/ { print $NF; next }
        /^$/ { names = 0 }'
}

# The DLLs that a DLL or a program needs, in lower case, one in a line.
imports_of_dll() {
    "$1-objdump" -p "$2" | sed -n 's/^\tDLL Name: //p' | tr A-Z a-z | sort -u
}
