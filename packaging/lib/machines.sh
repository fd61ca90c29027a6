# The machines on which packaging/test runs programs: Wine of 64 bits, Wine of 32 bits in a root of its own,
# and an old Linux. To be read with `.`; $work and $roots name directories.

triple_of() {
    case $1 in
        windows-x64) echo x86_64-win7-windows-gnu ;;
        windows-x86) echo i686-win7-windows-gnu ;;
    esac
}

# A root with a Debian: debian NAME ARCHITECTURE SUITE PACKAGES…; fails where it cannot be made.
debian() {
    local root=$roots/$1 architecture=$2 suite=$3 log=$work/root-$1.log
    shift 3
    if [ "$(id -u)" != 0 ]; then
        echo "NOT RUN: a root of Debian for $architecture, because only root can make one" >&2
        return 1
    fi
    need debootstrap
    install_needed
    if [ ! -e "$root/ready" ]; then
        rm -rf "$root"
        {
            debootstrap --arch="$architecture" --variant=minbase "$suite" "$root" &&
                cp /etc/resolv.conf /etc/hosts "$root/etc/" &&
                DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -qy --no-install-recommends "$@"
        } >"$log" 2>&1 || {
            echo "NOT RUN: a root of Debian $suite for $architecture cannot be made, see $log" >&2
            return 1
        }
        touch "$root/ready"
    fi
    in_root "$root" / true || {
        echo "NOT RUN: programs in $root, because nothing can be mounted there" >&2
        return 1
    }
    echo "$root"
}

# in_root ROOT DIRECTORY COMMAND…: the command finds /proc there, and the repository and the directory of the
# build at their own places. The mounts are seen by this command alone, and end with it: who removes the root
# removes nothing else.
in_root() {
    # shellcheck disable=SC2016
    unshare --mount --propagation private /bin/sh -ec '
        root=$1 top=$2 target=$3 directory=$4
        shift 4
        mount -t proc proc "$root/proc"
        for place in "$top" "$target"; do
            mkdir -p "$root$place"
            mount --bind "$place" "$root$place"
        done
        # The root has no such directory.
        unset TMPDIR
        exec chroot "$root" /bin/sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$directory" "$@"
    ' sh "$1" "$top" "$(realpath "${CARGO_TARGET_DIR:-$top/target}")" "${@:2}"
}

# ---- Wine ----

prepare_wine() {
    case $1 in
        windows-x64)
            if ! command -v wine >/dev/null; then
                need wine wine64
                if ! (install_needed); then
                    echo "NOT RUN: Windows programs of 64 bits, because wine is not installed"
                    return 1
                fi
            fi
            ;;
        windows-x86)
            if ! debian i386 i386 bookworm wine wine32 ca-certificates >/dev/null; then
                echo "NOT RUN: Windows programs of 32 bits, because there is no root for them"
                return 1
            fi
            ;;
    esac
    # A fresh one: tests change what is trusted.
    rm -rf "$(wine_place "$1")/prefix"
    wine_in "$1" "$(wine_place "$1")" wineboot -i >/dev/null 2>&1 || true
    wine_in "$1" "$(wine_place "$1")" cmd /c ver 2>/dev/null | tr -d '\r' | grep . || {
        echo "NOT RUN: programs for $1, because wine does not start"
        return 1
    }
}

wine_place() {
    case $1 in
        windows-x64) echo "$work/wine-x64" ;;
        windows-x86) echo "$roots/i386/ymchat" ;;
    esac
}

# An empty directory that programs see as their own.
run_directory() {
    local place
    place=$(wine_place "$1")/run
    rm -rf "$place"
    mkdir -p "$place"
    echo "$place"
}

# wine_in MACHINE DIRECTORY PROGRAM ARGUMENTS…: the directory is one of this machine's, or of the root's own.
wine_in() {
    local name=$1 directory=$2
    shift 2
    mkdir -p "$directory"
    # A backtrace of Rust ends Wine of 32 bits.
    export WINEDEBUG=-all RUST_BACKTRACE=0 LC_ALL=C.UTF-8
    case $name in
        windows-x64) (cd "$directory" && WINEPREFIX=$work/wine-x64/prefix exec timeout --foreground 1800 wine "$@") ;;
        windows-x86)
            in_root "$roots/i386" "${directory#"$roots/i386"}" \
                env WINEPREFIX=/ymchat/prefix timeout --foreground 1800 wine "$@"
            ;;
    esac
}

# in_wine MACHINE PROGRAM ARGUMENTS…: a program of the run directory.
in_wine() {
    local name=$1
    shift
    wine_in "$name" "$(wine_place "$name")/run" "$@"
}

# ---- the old Linux ----

old_root() { debian old amd64 bullseye gcc libc6-dev pkg-config ca-certificates; }

in_old_root() {
    local root=$1
    shift
    in_root "$root" /ymchat timeout --foreground 1800 "$@"
}

# ---- a Market that the tested machine runs itself ----

own_market() {
    : >"$work/own-market"
    # A process group of its own, which ends as a whole.
    set -m
    "$@" --auto-reply on --big-ids on >"$work/own-market" 2>&1 &
    own_market_job=$!
    set +m
    local tries=0 line
    until line=$(grep -a '^Simulated Market' "$work/own-market"); do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { cat "$work/own-market"; fail "$*: it does not start"; }
        sleep 0.1
    done
    line=${line//$'\r'/}
    YMCHAT_BASE_URL=$(sed 's/.* at \([^,]*\),.*/\1/' <<<"$line")
    YMCHAT_API_KEY=$(sed 's/.*Api-Key \([^,]*\),.*/\1/' <<<"$line")
    YMCHAT_BUSINESS_ID=$(sed 's/.*businessId \([0-9]*\).*/\1/' <<<"$line")
    export YMCHAT_BASE_URL YMCHAT_API_KEY YMCHAT_BUSINESS_ID
}

end_own_market() {
    kill -- "-$own_market_job" 2>/dev/null || true
    wait "$own_market_job" 2>/dev/null || true
}
